package ports

import (
	"net"
	"slices"
	"strconv"
	"strings"
)

// Address is a host and a port, 0 where none is known.
type Address struct {
	Host string
	Port int64
}

// addresses reads host:port pairs with commas between; what follows a / is a
// path.
func addresses(text string, port int64) []Address {
	servers, _, _ := strings.Cut(text, "/")
	var list []Address
	for server := range strings.SplitSeq(servers, ",") {
		if a, ok := address(server, port); ok && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// address reads host or host:port, the host perhaps an IPv6 address in brackets.
func address(text string, port int64) (Address, bool) {
	text = strings.TrimSpace(text)
	if host, after, err := net.SplitHostPort(text); err == nil {
		n, err := strconv.ParseInt(after, 10, 64)
		if err != nil || !isPort(n) {
			n = port
		}
		return Address{strings.ToLower(host), n}, host != ""
	}
	host := strings.ToLower(strings.Trim(text, "[]"))
	return Address{host, port}, host != ""
}

// urlAddresses are the hosts of scheme://user@host:port,host:port/path; a JDBC
// URI has the scheme jdbc:mysql.
func urlAddresses(text string, port int64) []Address {
	_, rest, ok := strings.Cut(text, "://")
	if !ok {
		return nil
	}
	rest = rest[:strings.IndexAny(rest+"/", "/;?")]
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	if strings.ContainsAny(rest, "()") {
		return nil // MySQL's address=(host=...) form
	}
	return addresses(rest, port)
}

// schemePort is the port of http and https.
func schemePort(url string) int64 {
	if strings.HasPrefix(strings.ToLower(url), "http:") {
		return 80
	}
	return 443
}

// isLoopback reports whether a host names the machine itself.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

func shareHost(a, b []Address) bool {
	return slices.ContainsFunc(a, func(x Address) bool {
		return slices.ContainsFunc(b, func(y Address) bool { return x.Host == y.Host })
	})
}

// remote are the addresses of other machines.
func remote(list []Address) []Address {
	return slices.DeleteFunc(slices.Clone(list), func(a Address) bool { return isLoopback(a.Host) })
}

func (a Address) String() string {
	if a.Port == 0 {
		return a.Host
	}
	return net.JoinHostPort(a.Host, strconv.FormatInt(a.Port, 10))
}

func join(list []Address) string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = a.String()
	}
	return strings.Join(texts, ", ")
}
