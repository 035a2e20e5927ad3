package ports

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
)

// Server is one machine of the cluster and what runs on it, as a supervise file
// says or, without any, as Imply's three servers are cut.
type Server struct {
	// Role is master, query or data; empty where all run together.
	Role string
	// Name is the file it comes from, or the role.
	Name     string
	Services []*conf.Service
	// Commands are those of the supervise file that are given this tree, nil
	// without one.
	Commands []syntax.Command
	File     *conf.File
}

// The roles of servers, in the order of their reading.
const (
	Master = conf.Master
	Query  = conf.Query
	Data   = conf.Data
	// Clients are what stands outside of the cluster and calls it.
	Clients = "clients"
)

// Roles are those of a cluster's servers.
var Roles = []string{Master, Query, Data}

// Servers are the machines of a tree; single says that there is one.
func Servers(t *conf.Tree, single bool) []Server {
	var list []Server
	for _, f := range t.Readable(conf.SuperviseConfig) {
		if s := supervised(t, f); len(s.Commands) > 0 {
			list = append(list, s)
		}
	}
	if len(list) > 0 {
		return list
	}
	if single {
		return []Server{{Name: "the machine", Services: t.Services}}
	}
	for _, role := range Roles {
		s := Server{Role: role, Name: "the " + role + " server"}
		for _, service := range t.Services {
			if service.ServerRole() == role {
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
func supervised(t *conf.Tree, f *conf.File) Server {
	s := Server{Name: f.Base(), File: f}
	var roles []string
	for _, c := range f.Supervise.Commands {
		if t.Elsewhere(c) {
			continue
		}
		s.Commands = append(s.Commands, c)
		service := t.Service(c.Service)
		if service == nil {
			continue
		}
		s.Services = append(s.Services, service)
		if role := service.ServerRole(); role != "" && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	if len(roles) == 1 {
		s.Role = roles[0]
	}
	return s
}

// Supervised is how many roles have a supervise file of their own.
func Supervised(t *conf.Tree) int {
	roles := map[string]bool{}
	for _, s := range Servers(t, false) {
		if s.File != nil && s.Role != "" {
			roles[s.Role] = true
		}
	}
	return len(roles)
}

// starts is the command of a server that runs one of some tools, such as
// run-zk, with this tree; nil without one.
func (s Server) starts(tools ...string) *syntax.Command {
	for i, c := range s.Commands {
		if slices.ContainsFunc(tools, func(tool string) bool { return strings.HasPrefix(c.Tool, tool) }) {
			return &s.Commands[i]
		}
	}
	return nil
}
