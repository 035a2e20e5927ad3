package rules

import (
	"math"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/sizing"
)

// Topology is what a user may say of a cluster that its files do not tell.
// Zero means that it is not known.
type Topology struct {
	Masters, QueryServers, DataServers, Brokers int64
	// Java is the major version of Java on the servers.
	Java int
	// Machines are the servers by role: master, query, data.
	Machines map[string]sizing.Machine
}

// severalServers reports whether the numbers alone make it a cluster.
func (t Topology) severalServers() bool {
	return max(t.Masters, t.QueryServers, t.DataServers, t.Brokers) > 1
}

// seen is the topology with what a running cluster tells of itself, where nobody has
// said it.
func (t Topology) seen(tree *conf.Tree) Topology {
	number := func(said *int64, role string) {
		if *said == 0 {
			*said = tree.Announced(role)
		}
	}
	number(&t.Masters, "coordinator")
	number(&t.Brokers, "broker")
	number(&t.DataServers, "historical")
	if t.Java == 0 {
		t.Java = tree.Java()
	}
	return t
}

// servers are the machines of the tree.
func (p *Pass) servers() []ports.Server {
	if p.machines == nil {
		p.machines = ports.Servers(p.Tree, p.Deployment.Single())
	}
	return p.machines
}

// machineOf is the hardware that a process runs on, where the user has told, or the
// limits of its container, which Java takes for its machine.
func (p *Pass) machineOf(s *conf.Service) sizing.Machine {
	var m sizing.Machine
	for _, server := range p.servers() {
		if slices.Contains(server.Services, s) {
			m, _ = p.machine(server)
			break
		}
	}
	limits, ok := s.Limits()
	if !ok {
		return m
	}
	if n := int64(math.Ceil(limits.CPUs)); n > 0 && (m.Cores == 0 || n < m.Cores) {
		m.Cores = n
	}
	if limits.Memory > 0 && (m.Memory == 0 || limits.Memory < m.Memory) {
		m.Memory = limits.Memory
	}
	return m
}

// machine is the hardware of a server, where the user has told.
func (p *Pass) machine(s ports.Server) (sizing.Machine, bool) {
	if m, ok := p.Topology.Machines[s.Role]; ok {
		return m, true
	}
	m, ok := p.Topology.Machines[""]
	return m, ok
}
