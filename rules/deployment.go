package rules

import (
	"net"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// Deployment is how a tree is run. What is fine on one machine loses data on
// several, so rules ask.
type Deployment struct {
	// Kind is single or cluster.
	Kind string
	// Certain is false where the tree does not tell: rules then warn rather
	// than call something an error.
	Certain bool
}

// Cluster reports whether processes run, or may run, on several machines.
func (d Deployment) Cluster() bool { return d.Kind == "cluster" }

// Single reports whether everything runs on one machine.
func (d Deployment) Single() bool { return d.Kind == "single" }

// DeploymentOf takes what the user says, else what the tree tells.
func DeploymentOf(t *conf.Tree, o Options) Deployment {
	if o.Deployment == "single" || o.Deployment == "cluster" {
		return Deployment{o.Deployment, true}
	}
	if o.HA || o.Topology.severalServers() {
		return Deployment{"cluster", true}
	}
	if isQuickstart(t) {
		return Deployment{"single", true}
	}
	hosts := zooKeeperHosts(t)
	remote := slices.DeleteFunc(slices.Clone(hosts), IsLoopback)
	switch {
	case len(remote) > 1:
		return Deployment{"cluster", true}
	case len(hosts) > 0 && len(remote) == 0 && !strings.Contains(t.Path, "cluster"):
		return Deployment{"single", false}
	}
	return Deployment{"cluster", false}
}

// isQuickstart knows the folders of Imply's and Druid's one-machine templates.
func isQuickstart(t *conf.Tree) bool {
	path := strings.ToLower(t.Files[0].Path)
	return slices.ContainsFunc([]string{"quickstart", "single-server", "tutorial", "/auto/", "/large/", "/small/", "/medium/", "/xlarge/"},
		func(mark string) bool { return strings.Contains(path, mark) })
}

// zooKeeperHosts are the hosts in druid.zk.service.host, without ports.
func zooKeeperHosts(t *conf.Tree) []string {
	v := t.Get("druid.zk.service.host")
	if !v.Set {
		return nil
	}
	servers, _, _ := strings.Cut(v.Text, "/")
	var hosts []string
	for server := range strings.SplitSeq(servers, ",") {
		if host := hostOf(server); host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// hostOf is the host in host:port.
func hostOf(address string) string {
	address = strings.TrimSpace(address)
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return strings.Trim(address, "[]")
}

// IsLoopback reports whether a host names the machine itself.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") || strings.EqualFold(host, "localhost.localdomain") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// anyAddress reports whether listening there means on all addresses.
func anyAddress(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsUnspecified()
}
