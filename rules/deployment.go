package rules

import (
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
	hosts := t.ZooKeepers()
	remote := conf.Remote(hosts)
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
