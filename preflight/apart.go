package preflight

import (
	"net"
	"net/url"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/preflight/facts"
)

// addressesOf are who a question goes to over the network.
func addressesOf(q *facts.Question) []string {
	switch {
	case q.Dial != nil:
		return []string{q.Dial.Address}
	case q.Server != nil:
		return []string{q.Server.Address}
	case q.Session != nil:
		return q.Session.Servers
	case q.Database != nil:
		return q.Database.Servers
	case q.Store != nil:
		if u, err := url.Parse(q.Store.Endpoint); err == nil {
			return []string{u.Host}
		}
	case q.HDFS != nil:
		return q.HDFS.NameNodes
	case q.Kafka != nil:
		return q.Kafka.Servers
	}
	return nil
}

// asksLoopback reports whether a question goes to the loopback: in a container that is the
// container's own, and what answers outside of it is somebody else.
func asksLoopback(q *facts.Question) bool {
	return slices.ContainsFunc(addressesOf(q), func(address string) bool {
		if host, _, err := net.SplitHostPort(address); err == nil {
			address = host
		}
		return conf.IsLoopback(address)
	})
}
