package sizing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
)

// Advise answers a request. Its error says what a machine lacks, and which would
// do.
func Advise(r Request) (Plan, error) {
	plan := Plan{Target: r.Target, Flags: flags}
	for _, s := range r.Servers {
		server, err := r.server(s)
		if err != nil {
			return plan, fmt.Errorf("the %s server: %w", s.Role, err)
		}
		plan.Servers = append(plan.Servers, server)
	}
	plan.Peers = r.peers(plan)
	if note := plan.Peers.Note(plan.Servers); note != "" && !r.alone() {
		plan.Notes = append(plan.Notes, note)
	}
	return plan, nil
}

// server fills one machine, and says what the numbers do not.
func (r Request) server(s ServerRequest) (Server, error) {
	server, err := r.fill(s)
	if err == nil {
		server.Notes = r.notes(s, server)
	}
	return server, err
}

// fill divides the memory of a machine, then lets every process take of its room
// what it wants.
func (r Request) fill(s ServerRequest) (Server, error) {
	server := Server{Role: s.Role, Machine: s.Machine, Reserved: r.Reserve}
	services := s.Services
	if len(services) == 0 {
		var err error
		if services, err = ServicesOf(s.Role, r.Target); err != nil {
			return server, err
		}
	}
	if err := r.checkServices(services); err != nil {
		return server, err
	}
	if slices.Contains(services, "historical") {
		if err := checkDisks(s.Machine); err != nil {
			return server, err
		}
	}
	if s.Machine.Cores < 1 {
		return server, fmt.Errorf("%d cores: it needs one at least", s.Machine.Cores)
	}
	claims := r.claimsOf(s, services)
	if least := leastMemory(claims, r.Reserve, s.Machine.Limited); s.Machine.Memory < least {
		return server, fmt.Errorf("%s of memory are not enough for %s: %s would do", text.About(s.Machine.Memory), strings.Join(services, ", "), text.About(least))
	}
	rooms := divide(s.Machine.budget()-r.Reserve, claims)
	for _, name := range services {
		b := builder{request: r, school: schoolOf(r.Target), machine: s.Machine, services: services, room: rooms[name], allInOne: s.Role == AllInOne}
		b.Service = name
		builders.Get()[name](&b)
		if b.Heap > 0 && name != "zookeeper" {
			b.place()
		}
		server.Processes = append(server.Processes, b.Process)
		server.Committed += b.Memory()
	}
	server.Free = s.Machine.Memory - server.Committed - server.Reserved
	server.Segments = segmentSpace(s.Machine, services, s.Role == AllInOne)
	return server, nil
}

// builders knows what each service wants.
var builders = lazy.Value[map[string]func(*builder)]{New: func() map[string]func(*builder) {
	return map[string]func(*builder){
		"historical": (*builder).historical, "middleManager": (*builder).middleManager, "indexer": (*builder).indexer,
		"broker": (*builder).broker, "router": (*builder).router,
		"coordinator": (*builder).coordinator, "coordinator-overlord": (*builder).coordinator, "overlord": (*builder).overlord,
		"zookeeper": (*builder).zooKeeper, "pivot": (*builder).pivot,
	}
}}

// checkServices checks what a user put together.
func (r Request) checkServices(services []string) error {
	for i, name := range services {
		switch {
		case builders.Get()[name] == nil:
			return fmt.Errorf("unknown service %q: write one of %s", name, strings.Join(ServiceNames(), ", "))
		case slices.Contains(services[:i], name):
			return fmt.Errorf("%s is there twice", name)
		case name == "indexer" && r.Target.Release < 16:
			return fmt.Errorf("%s has no Indexer: it came with Druid 0.16", r.Target.Name)
		}
	}
	return nil
}

// process is the server's process of that name, nil if it has none.
func (s Server) process(name string) *Process {
	for i := range s.Processes {
		if s.Processes[i].Service == name {
			return &s.Processes[i]
		}
	}
	return nil
}
