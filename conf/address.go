package conf

import (
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// Address is a host, in lower case, and a port, 0 where none is known.
type Address struct {
	Host string
	Port int64
}

// String is host, or host:port.
func (a Address) String() string {
	if a.Port == 0 {
		return a.Host
	}
	return text.JoinHostPort(a.Host, strconv.FormatInt(a.Port, 10))
}

// Addresses reads host:port pairs with commas between, as ZooKeeper's connect
// strings have them; port is that of a host without one. What follows a / is a
// path.
func Addresses(text string, port int64) []Address {
	servers, _, _ := strings.Cut(text, "/")
	var list []Address
	known := map[Address]bool{}
	for server := range strings.SplitSeq(servers, ",") {
		if a, ok := ParseAddress(server, port); ok && !known[a] {
			known[a] = true
			list = append(list, a)
		}
	}
	return list
}

// ParseAddress reads host or host:port, the host perhaps an IPv6 address in
// brackets; false if there is no host.
func ParseAddress(address string, port int64) (Address, bool) {
	address = strings.TrimSpace(address)
	if host, after, ok := text.SplitHostPort(address); ok {
		n, err := strconv.ParseInt(after, 10, 64)
		if err != nil || !IsPort(n) {
			n = port
		}
		return Address{strings.ToLower(host), n}, host != ""
	}
	host := strings.ToLower(strings.Trim(address, "[]"))
	return Address{host, port}, host != ""
}

// URLAddresses are the hosts of scheme://user@host:port,host:port/path; a JDBC
// URI has the scheme jdbc:mysql.
func URLAddresses(text string, port int64) []Address {
	_, rest, _ := strings.Cut(text, "://")
	rest = rest[:strings.IndexAny(rest+"/", "/;?")]
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	if strings.ContainsAny(rest, "()") {
		return nil // MySQL's address=(host=...) form
	}
	return Addresses(rest, port)
}

// IsPort reports whether a number is a TCP port that a process can listen on.
func IsPort(n int64) bool { return n > 0 && n <= 65535 }

// IsLoopback reports whether a host names the machine itself.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") || strings.EqualFold(host, "localhost.localdomain") {
		return true
	}
	ip, ok := text.ParseIP(host)
	return ok && (ip.IsLoopback() || ip.IsUnspecified())
}

// IsAnyAddress reports whether listening there means on all addresses.
func IsAnyAddress(host string) bool {
	ip, ok := text.ParseIP(host)
	return ok && ip.IsUnspecified()
}

// Loopback reports whether the address is the machine's own.
func (a Address) Loopback() bool { return IsLoopback(a.Host) }

// Remote are the addresses of other machines.
func Remote(list []Address) []Address {
	return slices.DeleteFunc(slices.Clone(list), Address.Loopback)
}

// JoinAddresses writes addresses as people list them.
func JoinAddresses(list []Address) string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = a.String()
	}
	return strings.Join(texts, ", ")
}
