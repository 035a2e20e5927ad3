package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conftree"
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

// Server is one machine of the cluster and what runs on it, as a supervise file
// says or, without any, as Imply's three servers are cut.
type Server struct {
	// Role is master, query or data; empty where all run together.
	Role string
	// Name is the file it comes from, or the role.
	Name     string
	Services []*conftree.Service
	// Commands are those of the supervise file, nil without one.
	Commands []conftree.Command
	File     *conftree.File
}

// serverRoles says where a process runs in Imply's and Druid's templates.
var serverRoles = map[string]string{
	"coordinator": "master", "coordinator-overlord": "master", "overlord": "master",
	"broker": "query", "router": "query",
	"historical": "data", "middleManager": "data", "indexer": "data",
}

// servers are the machines of the tree.
func (p *Pass) servers() []Server {
	var list []Server
	for _, f := range p.Files(conftree.SuperviseConfig) {
		if s := p.supervised(f); len(s.Commands) > 0 {
			list = append(list, s)
		}
	}
	if len(list) > 0 {
		return list
	}
	if p.Deployment.Single() {
		return []Server{{Name: "the machine", Services: p.Tree.Services}}
	}
	for _, role := range []string{"master", "query", "data"} {
		s := Server{Role: role, Name: "the " + role + " server"}
		for _, service := range p.Tree.Services {
			if serverRoles[service.Name] == role {
				s.Services = append(s.Services, service)
			}
		}
		if len(s.Services) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// supervised is the server that a supervise file starts.
func (p *Pass) supervised(f *conftree.File) Server {
	s := Server{Name: f.Base(), File: f, Commands: f.Supervise.Commands}
	var roles []string
	for _, c := range s.Commands {
		service := p.Tree.Service(c.Service)
		if service == nil || elsewhere(f, c) {
			continue
		}
		s.Services = append(s.Services, service)
		if role := serverRoles[service.Name]; role != "" && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	if len(roles) == 1 {
		s.Role = roles[0]
	}
	return s
}

// elsewhere reports whether a command names another conf folder than the one
// the supervise file stands in.
func elsewhere(f *conftree.File, c conftree.Command) bool {
	root, _, ok := strings.Cut(f.Path, "/supervise/")
	if c.ConfDir == nil || !ok {
		return false
	}
	return !slices.Contains(strings.Split(c.ConfDir.Text, "/"), path.Base(root))
}

// starts reports whether a server runs a tool such as run-zk.
func (s Server) starts(tool string) bool {
	return slices.ContainsFunc(s.Commands, func(c conftree.Command) bool { return strings.HasPrefix(c.Tool, tool) })
}

// machine is the hardware of a server, where the user has told.
func (p *Pass) machine(s Server) (sizing.Machine, bool) {
	if m, ok := p.Topology.Machines[s.Role]; ok {
		return m, true
	}
	m, ok := p.Topology.Machines[""]
	return m, ok
}
