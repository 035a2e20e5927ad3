package ports

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/lazy"
)

// Server is one machine of the cluster and what runs on it, as a supervise file
// says or, without any, as Imply's three servers are cut.
type Server struct {
	// Role is master, query or data; empty where all run together.
	Role string
	// Name is the file it comes from, or the role.
	Name     string
	Services []*conf.Service
	// Commands are those of the supervise file, nil without one.
	Commands []syntax.Command
	File     *conf.File
}

// The roles of servers, in the order of their reading.
const (
	Master = "master"
	Query  = "query"
	Data   = "data"
	// Clients are what stands outside of the cluster and calls it.
	Clients = "clients"
)

// Roles are those of a cluster's servers.
var Roles = []string{Master, Query, Data}

// processRoles says where a process runs in Imply's and Druid's templates.
var processRoles = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{
		"coordinator": Master, "coordinator-overlord": Master, "overlord": Master,
		"broker": Query, "router": Query,
		"historical": Data, "middleManager": Data, "indexer": Data, "realtime": Data,
	}
}}

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
			if processRoles.Get()[service.Name] == role {
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
	s := Server{Name: f.Base(), File: f, Commands: f.Supervise.Commands}
	var roles []string
	for _, c := range s.Commands {
		service := t.Service(c.Service)
		if service == nil || Elsewhere(f, c) {
			continue
		}
		s.Services = append(s.Services, service)
		if role := processRoles.Get()[service.Name]; role != "" && !slices.Contains(roles, role) {
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

// Elsewhere reports whether a command names another conf folder than the one
// the supervise file stands in.
func Elsewhere(f *conf.File, c syntax.Command) bool {
	root, _, ok := strings.Cut(f.Path, "/supervise/")
	if c.ConfDir == nil || !ok {
		return false
	}
	return !slices.Contains(strings.Split(c.ConfDir.Text, "/"), path.Base(root))
}

// starts is the command of a server that runs one of some tools, such as
// run-zk, with this tree; nil without one.
func (s Server) starts(tools ...string) *syntax.Command {
	for i, c := range s.Commands {
		if slices.ContainsFunc(tools, func(tool string) bool { return strings.HasPrefix(c.Tool, tool) }) && !Elsewhere(s.File, c) {
			return &s.Commands[i]
		}
	}
	return nil
}
