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
	r.Brokers, r.DataServers = max(1, r.Brokers), max(1, r.DataServers)
	plan := Plan{Target: r.Target, Flags: flags}
	for _, s := range r.Servers {
		server, err := r.server(s)
		if err != nil {
			return plan, fmt.Errorf("the %s server: %w", s.Role, err)
		}
		plan.Servers = append(plan.Servers, server)
	}
	return plan, nil
}

// server fills one machine: divide its memory, then let every process take of
// its room what it wants.
func (r Request) server(s ServerRequest) (Server, error) {
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
		server.Processes = append(server.Processes, b.Process)
		server.Committed += b.Memory()
	}
	server.Free = s.Machine.Memory - server.Committed - server.Reserved
	server.Segments = segmentSpace(s.Machine, services)
	server.Notes = r.notes(server)
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

// notes are what the numbers do not say by themselves.
func (r Request) notes(s Server) []string {
	var notes []string
	if s.Segments > 0 {
		notes = append(notes, fmt.Sprintf("%s are left to the page cache, %d %% of the %s of segments that the server may hold: the rest is read from disk.",
			text.About(s.Free), min(100, 100*s.Free/s.Segments), text.Decimal(s.Segments)))
		if len(s.Machine.Disks) == 0 {
			notes = append(notes, "The disks are not known: the segment cache is twice the memory, and needs that much of a fast disk.")
		}
	}
	if h := s.process("historical"); h != nil {
		if f, _ := h.Figure(numThreads); f.Value != fmt.Sprint(ProcessingThreads(s.Machine.Cores)) {
			notes = append(notes, fmt.Sprintf("Memory, not cores, limits the Historical to %s processing threads.", f.Value))
		}
	}
	if slices.ContainsFunc(s.Processes, func(p Process) bool { return p.Service == "pivot" }) {
		notes = append(notes, "Pivot runs on Node.js and has no memory setting of its own; what it gets is an estimate, nothing is published.")
	}
	return notes
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
