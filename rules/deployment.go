package rules

import "github.com/implycheck/implycheck/conf"

// DeploymentOf takes what the user says, else what the tree tells.
func DeploymentOf(t *conf.Tree, o Options) conf.Deployment {
	switch {
	case o.Deployment == string(conf.SingleMachine) || o.Deployment == string(conf.Cluster):
		return conf.Deployment{Kind: conf.DeploymentKind(o.Deployment), Reason: "given"}
	case o.HA:
		return conf.Deployment{Kind: conf.Cluster, Reason: "high availability was asked for"}
	case o.Topology.severalServers():
		return conf.Deployment{Kind: conf.Cluster, Reason: "the numbers of servers were given"}
	}
	return t.Deployment()
}
