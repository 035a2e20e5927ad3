package sizing

import (
	"fmt"

	"github.com/implycheck/implycheck/schema"
)

// Request is what somebody asks to be sized.
type Request struct {
	Target schema.Target
	// Servers are the machines to fill, in order, each with a role: master,
	// query, data, or all for one machine that does everything.
	Servers []ServerRequest
	// Brokers and DataServers are how many there are in the cluster; 1 if 0.
	Brokers, DataServers int64
	// Segments is how many the cluster has; it decides the Coordinator's heap.
	Segments int64
	// Lookups is the size of all lookup maps, in bytes.
	Lookups int64
	// Workload is query, balanced or ingest; empty is balanced.
	Workload string
	// Reserve is memory to leave alone for other programs, in bytes.
	Reserve int64
	NoCache bool
}

// ServerRequest is one kind of server.
type ServerRequest struct {
	Role    string
	Machine Machine
}

// Plan is the answer: what each process of each server should get.
type Plan struct {
	Target  schema.Target
	Servers []Server
}

// Server is one kind of server and the processes on it.
type Server struct {
	Role      string
	Machine   Machine
	Processes []Process
	// Committed is the memory that all processes may take together, Reserved
	// what was kept for other programs, and Free what is left to the kernel and
	// its page cache.
	Committed, Reserved, Free int64
	// Segments is the space for segments on the server, in bytes.
	Segments int64
	// Notes are what else there is to know.
	Notes []string
}

// Process is one Druid process, or ZooKeeper or Pivot.
type Process struct {
	Service string
	// Heap and Direct are in bytes; Direct is 0 where none is needed.
	Heap, Direct int64
	// Tasks is how many tasks a MiddleManager runs; each has its own heap and
	// direct memory.
	Tasks                int64
	TaskHeap, TaskDirect int64
	// Figures are the properties and flags, with their reasons.
	Figures []Figure
}

// Figure is one number of a plan and where it comes from.
type Figure struct {
	// Key is a property, or a flag such as -Xmx.
	Key string `json:"key"`
	// Value is the text to write.
	Value string `json:"value"`
	// Formula is how the value came about, with the numbers in it: "512 MiB x (7
	// threads + 2 merge buffers + 1)".
	Formula string `json:"formula"`
	// Inputs are those numbers by name.
	Inputs []Input `json:"inputs,omitempty"`
	// Source says who says so: a class or page of Druid, or a template.
	Source string `json:"source"`
}

// Input is a number that a figure is made of.
type Input struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Part is a piece of a server's memory. The parts of a server add up to all of
// it.
type Part struct {
	// Process is whose it is; empty for what belongs to none.
	Process string
	Kind    PartKind
	Bytes   int64
}

// PartKind says what a piece of memory is used for.
type PartKind string

// The kinds, in the order in which a memory map shows them.
const (
	PartHeap     PartKind = "heap"
	PartDirect   PartKind = "direct memory"
	PartTasks    PartKind = "tasks"
	PartOverhead PartKind = "JVM overhead"
	PartReserved PartKind = "reserved"
	PartFree     PartKind = "page cache and system"
)

// Parts is the memory map of the server: process by process, then what was
// reserved, then what is left.
func (s Server) Parts() []Part {
	var parts []Part
	add := func(process string, kind PartKind, bytes int64) {
		if bytes > 0 {
			parts = append(parts, Part{process, kind, bytes})
		}
	}
	for _, p := range s.Processes {
		add(p.Service, PartHeap, p.Heap)
		add(p.Service, PartDirect, p.Direct)
		add(p.Service, PartTasks, p.Tasks*(p.TaskHeap+p.TaskDirect))
		add(p.Service, PartOverhead, p.Memory()-p.Heap-p.Direct-p.Tasks*(p.TaskHeap+p.TaskDirect))
	}
	add("", PartReserved, s.Reserved)
	add("", PartFree, s.Free)
	return parts
}

// Memory is all that the process and its tasks may take.
func (p Process) Memory() int64 {
	total := p.Heap + p.Direct + overhead(p.Heap+p.Direct)
	return total + p.Tasks*(p.TaskHeap+p.TaskDirect+overhead(p.TaskHeap+p.TaskDirect))
}

// overhead is what a JVM takes besides heap and buffers: classes, stacks, code;
// a twentieth, and no less than 64 MiB.
func overhead(bytes int64) int64 { return max(64<<20, bytes/20) }

// Figure finds a figure by its key.
func (p Process) Figure(key string) (Figure, bool) {
	for _, f := range p.Figures {
		if f.Key == key {
			return f, true
		}
	}
	return Figure{}, false
}

// add appends a figure.
func (p *Process) add(key, value, source, formula string, args ...any) {
	p.Figures = append(p.Figures, Figure{Key: key, Value: value, Formula: fmt.Sprintf(formula, args...), Source: source})
}

// memory sets heap and direct memory, and writes the flags.
func (p *Process) memory(heap, direct int64, source, heapFormula, directFormula string) {
	p.Heap, p.Direct = heap, direct
	p.Figures = append(p.Figures,
		Figure{Key: "-Xms", Value: JVM(heap), Formula: "as -Xmx: the heap does not grow and shrink", Source: "docs/operations/basic-cluster-tuning.md"},
		Figure{Key: "-Xmx", Value: JVM(heap), Formula: heapFormula, Source: source})
	if direct > 0 {
		p.Figures = append(p.Figures, Figure{Key: "-XX:MaxDirectMemorySize", Value: JVM(direct), Formula: directFormula, Source: "DruidProcessingModule (verifyDirectMemory)"})
	}
}

// JVM writes bytes as the JVM's flags take them, rounded down to MiB.
func JVM(bytes int64) string {
	if bytes%(1<<30) == 0 {
		return fmt.Sprintf("%dg", bytes>>30)
	}
	return fmt.Sprintf("%dm", bytes>>20)
}

// profile is a school of sizing: what Imply ships, or what Druid's guide says.
type profile struct {
	name string
	// heapPerCore is a Historical's heap for each core.
	heapPerCore int64
	buffer      int64
	// directPercent is the direct memory in percent of what the check asks for.
	directPercent int64
	connections   int64
	peonHeap      int64
	peonThreads   int64
	managerHeap   int64
	brokerPercent int64 // of the server's memory
}

var (
	implyProfile = profile{
		name: "conf of Imply 2.7.8", heapPerCore: 1 << 30, buffer: 512 << 20, directPercent: 150,
		connections: 5, peonHeap: 2 << 30, peonThreads: 2, managerHeap: 64 << 20, brokerPercent: 40,
	}
	druidProfile = profile{
		name: "docs/operations/basic-cluster-tuning.md", heapPerCore: 512 << 20, buffer: 500 << 20, directPercent: 100,
		connections: 50, peonHeap: 1 << 30, peonThreads: 1, managerHeap: 256 << 20, brokerPercent: 25,
	}
)

// maxHeap is where a heap stops: from 32 GiB on references take twice the room.
const maxHeap = 31 << 30

func profileOf(t schema.Target) profile {
	if t.Imply {
		return implyProfile
	}
	return druidProfile
}

// Advise answers a request. Its error says what a machine lacks.
func Advise(r Request) (Plan, error) {
	r.Brokers, r.DataServers = max(1, r.Brokers), max(1, r.DataServers)
	plan := Plan{Target: r.Target}
	for _, s := range r.Servers {
		if s.Machine.Cores < 1 || s.Machine.Memory < 1<<30 {
			return plan, fmt.Errorf("the %s server: %d cores and %s of memory are not enough for Druid", s.Role, s.Machine.Cores, About(s.Machine.Memory))
		}
		server, err := r.server(s)
		if err != nil {
			return plan, err
		}
		plan.Servers = append(plan.Servers, server)
	}
	return plan, nil
}

// server fills one machine by its role.
func (r Request) server(s ServerRequest) (Server, error) {
	server := Server{Role: s.Role, Machine: s.Machine}
	budget := s.Machine.Memory - max(1<<30, s.Machine.Memory/10) - r.Reserve
	var err error
	switch s.Role {
	case "master":
		server.Processes = r.master(s.Machine, budget)
	case "query":
		server.Processes, err = r.query(s.Machine, budget)
	case "data":
		server.Processes, server.Segments, err = r.data(s.Machine, budget)
	case "all":
		err = r.all(&server, budget)
	default:
		err = fmt.Errorf("unknown role %q", s.Role)
	}
	if err != nil {
		return server, fmt.Errorf("the %s server: %w", s.Role, err)
	}
	for _, p := range server.Processes {
		server.Committed += p.Memory()
	}
	server.Reserved = r.Reserve
	server.Free = s.Machine.Memory - server.Committed - server.Reserved
	if server.Committed > budget {
		return server, fmt.Errorf("the %s server: its processes take %s at least, and %s of %s are there for them",
			s.Role, About(server.Committed), About(max(0, budget)), About(s.Machine.Memory))
	}
	return server, nil
}

// all puts every process on one machine: most for data, a quarter each of the
// cores for query and master.
func (r Request) all(server *Server, budget int64) error {
	m := server.Machine
	part := func(percent int64) (Machine, int64) {
		return Machine{Cores: max(1, m.Cores*percent/100), Memory: m.Memory * percent / 100, Disks: m.Disks}, budget * percent / 100
	}
	master, masterBudget := part(15)
	query, queryBudget := part(30)
	data, dataBudget := part(55)
	data.Cores = max(1, m.Cores*3/4)
	server.Processes = r.master(master, masterBudget)
	processes, err := r.query(query, queryBudget)
	if err != nil {
		return err
	}
	server.Processes = append(server.Processes, processes...)
	processes, server.Segments, err = r.data(data, dataBudget)
	server.Processes = append(server.Processes, processes...)
	return err
}
