package scaffold

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// ensemble is where ZooKeeper is: servers with their ports, and perhaps a
// folder in it.
type ensemble struct {
	servers []string
	chroot  string
}

const ensembleExample = "zk1.internal:2181,zk2.internal:2181,zk3.internal:2181"

// parseEnsemble reads h1,h2:2181,h3/folder.
func parseEnsemble(text string) (*ensemble, error) {
	if scheme, _, found := strings.Cut(text, "://"); found {
		return nil, fmt.Errorf("%s:// does not belong there: write %s", scheme, ensembleExample)
	}
	if err := plain(text, ensembleExample); err != nil {
		return nil, err
	}
	servers, chroot, found := strings.Cut(text, "/")
	e := &ensemble{}
	if found && chroot != "" {
		e.chroot = "/" + chroot
	}
	for server := range strings.SplitSeq(servers, ",") {
		if server == "" {
			return nil, errors.New("a host is missing between two commas: write " + ensembleExample)
		}
		address, err := hostPort(server, 2181)
		if err != nil {
			return nil, err
		}
		if slices.Contains(e.servers, address) {
			return nil, fmt.Errorf("%s is given twice", address)
		}
		e.servers = append(e.servers, address)
	}
	return e, nil
}

// hostPort reads host or host:port.
func hostPort(server string, port int) (string, error) {
	host, number := server, strconv.Itoa(port)
	if strings.Contains(server, "]:") || strings.Count(server, ":") == 1 {
		var ok bool
		if host, number, ok = text.SplitHostPort(server); !ok {
			return "", fmt.Errorf("%q is not host:port", server)
		}
	}
	host = strings.Trim(host, "[]")
	_, isIP := text.ParseIP(host)
	switch n, err := strconv.Atoi(number); {
	case err != nil || n < 1 || n > 65535:
		return "", fmt.Errorf("%q is not a port: write a number from 1 to 65535", number)
	case !isIP && !isHostName(host):
		return "", fmt.Errorf("%q is not a host name", host)
	}
	return text.JoinHostPort(host, number), nil
}

// isHostName reports whether a name is made of what host names are made of.
func isHostName(name string) bool {
	for _, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_') {
			return false
		}
	}
	return name != "" && name[0] != '-' && name[0] != '.'
}

// zooKeeper are the lines of the common file.
func (s site) zooKeeper() []setting {
	return []setting{
		{"druid.zk.service.host", strings.Join(s.ensemble.servers, ",") + s.ensemble.chroot, ""},
		{"druid.zk.paths.base", "/druid", ""},
	}
}
