package live

import (
	"context"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// node is a process as the cluster announces it.
type node struct {
	Host          string `json:"host"`
	PlaintextPort int    `json:"plaintextPort"`
	TLSPort       int    `json:"tlsPort"`
}

// roles are those of processes that stay; tasks come and go.
var roles = [...]string{"coordinator", "overlord", "router", "broker", "historical", "middleManager", "indexer"}

// discover finds the processes: what the Coordinator has discovered, and the workers of
// the Overlord and the servers with segments, which older releases have instead.
func (c *collector) discover(ctx context.Context, base string) {
	listing := c.get(ctx, base, "/druid/coordinator/v1/cluster")
	if nodes, ok := decode[map[string][]node](listing); ok {
		c.cluster.Listing = listing
		for _, role := range roles {
			for _, n := range nodes[role] {
				c.add(role, n, listing)
			}
		}
	}
	servers := c.get(ctx, base, "/druid/coordinator/v1/servers?simple")
	list, ok := decode[[]struct{ Host, Type string }](servers)
	if ok {
		c.cluster.Servers = servers
		if c.cluster.Listing == nil {
			c.cluster.Listing = servers
		}
	}
	for _, s := range list {
		if s.Type == "historical" {
			c.addAddress("historical", s.Host, servers)
		}
	}
	if c.cluster.Listing == nil {
		return
	}
	workers := c.get(ctx, base, "/druid/indexer/v1/workers")
	known, _ := decode[[]struct{ Worker struct{ Host string } }](workers)
	for _, w := range known {
		c.addAddress("middleManager", w.Worker.Host, workers)
	}
	c.addOwn()
}

// addOwn adds the process at the address that was named, which may be announced under
// another name of its host.
func (c *collector) addOwn() {
	same := func(p *Process) bool {
		return p.Host == c.own.Host && p.Port == c.own.Port || p.Role == c.own.Role && p.Port == c.own.Port && p.Host == property(c.own.Properties, "druid.host")
	}
	var alike []*Process
	for _, p := range c.cluster.Processes {
		if same(p) {
			p.Status, p.Properties, p.Discovered = c.own.Status, c.own.Properties, c.own.Discovered
			p.URL = c.own.URL
			return
		}
		if p.Role == c.own.Role {
			alike = append(alike, p)
		}
	}
	// An address of a load balancer, say: one of those that are announced has answered.
	if len(alike) == 0 && c.own.Role != "" {
		own := c.own
		own.Announced = own.Status
		c.cluster.Processes = append(c.cluster.Processes, &own)
	}
}

// addAddress adds a process of which host:port is known.
func (c *collector) addAddress(role, address string, announced *Answer) {
	host, after, ok := text.SplitHostPort(address)
	port, bad := strconv.Atoi(after)
	if !ok || bad != nil {
		return
	}
	n := node{Host: host, PlaintextPort: port}
	if c.base.Scheme == "https" {
		n = node{Host: host, TLSPort: port}
	}
	c.add(role, n, announced)
}

// add adds a process that is not yet known: a Coordinator that is Overlord too is
// announced twice.
func (c *collector) add(role string, n node, announced *Answer) {
	p := &Process{Role: role, Host: n.Host, Announced: announced}
	scheme := c.base.Scheme
	switch {
	case scheme == "https" && n.TLSPort > 0:
		p.Port = n.TLSPort
	case n.PlaintextPort > 0:
		scheme, p.Port = "http", n.PlaintextPort
	default:
		scheme, p.Port = "https", n.TLSPort
	}
	for _, known := range c.cluster.Processes {
		if known.Host == p.Host && (known.Port == n.PlaintextPort || known.Port == n.TLSPort) {
			return
		}
	}
	if len(c.cluster.Processes) == maxProcesses {
		c.cluster.Omitted++
		return
	}
	p.URL = address(scheme, p.Host, p.Port)
	switch {
	case !isHost(p.Host) || p.Port <= 0 || p.Port > 65535:
		p.URL = ""
		p.Status = &Answer{Problem: "it is announced without a host and a port that could be asked"}
	case c.base.Scheme == "https" && scheme == "http" && c.login:
		p.Status = &Answer{URL: p.URL + "/status", Problem: "it has no TLS, and a login is not sent in the clear"}
	}
	c.cluster.Processes = append(c.cluster.Processes, p)
}

// isHost reports whether a text can be the name or the number of a host, and nothing
// more.
func isHost(text string) bool {
	return text != "" && len(text) <= 253 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%") == ""
}
