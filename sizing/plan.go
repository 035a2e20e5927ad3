package sizing

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// Request is what somebody asks to be sized.
type Request struct {
	Target schema.Target
	// Servers are the machines to fill, in order.
	Servers []ServerRequest
	// Brokers and DataServers are how many there are in the cluster, 0 where that is
	// not said.
	Brokers, DataServers int64
	// Segments is how many the cluster has, 0 if that is not known; it decides
	// the Coordinator's heap.
	Segments int64
	// Lookups is the size of all lookup maps, in bytes.
	Lookups  int64
	Workload Workload
	// Reserve is memory to leave alone for other programs, in bytes.
	Reserve int64
	NoCache bool
}

// ServerRequest is one kind of server: a role, or services of one's own choice
// under any name.
type ServerRequest struct {
	Role     string
	Services []string
	Machine  Machine
}

// Workload says what Data servers do most.
type Workload string

// The workloads; empty is balanced.
const (
	Balanced    Workload = "balanced"
	QueryHeavy  Workload = "query"
	IngestHeavy Workload = "ingest"
)

// Workloads are the names of all.
func Workloads() []string { return []string{string(QueryHeavy), string(Balanced), string(IngestHeavy)} }

// taskPercent is the part of what tasks usually get.
func (r Request) taskPercent() int64 {
	switch r.Workload {
	case QueryHeavy:
		return 50
	case IngestHeavy:
		return 200
	}
	return 100
}

// Plan is the answer: what each process of each server should get.
type Plan struct {
	Target  schema.Target
	Servers []Server
	// Flags are what every JVM of Druid should have, whatever its size.
	Flags []Figure
	// Peers are the numbers of servers that it holds for.
	Peers Peers
	// Notes are what concerns no server alone.
	Notes []string
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
	// Other is memory that no setting bounds, of what is no JVM.
	Other int64
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
	// Place is set where the value is where something lies and no amount of anything.
	Place bool `json:"-"`
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
	PartOther    PartKind = "other memory"
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
		add(p.Service, PartOther, p.Other)
		add(p.Service, PartOverhead, p.Memory()-p.Heap-p.Direct-p.Other-p.Tasks*(p.TaskHeap+p.TaskDirect))
	}
	add("", PartReserved, s.Reserved)
	add("", PartFree, s.Free)
	return parts
}

// Memory is all that the process and its tasks may take.
func (p Process) Memory() int64 {
	return p.Heap + p.Direct + p.Other + p.overhead() + p.Tasks*p.task()
}

// overhead is what its JVM takes beside heap and direct memory.
func (p Process) overhead() int64 {
	if p.Heap == 0 {
		return 0
	}
	return baseOf(p.Service) + p.Heap/jvmShare
}

// task is what one task may take.
func (p Process) task() int64 { return p.TaskHeap + p.TaskDirect + Overhead(p.TaskHeap) }

// Figure finds a figure by its key.
func (p Process) Figure(key string) (Figure, bool) {
	for _, f := range p.Figures {
		if f.Key == key {
			return f, true
		}
	}
	return Figure{}, false
}

// Flag is the figure as an argument of java: -Xmx8g,
// -XX:MaxDirectMemorySize=8g, -XX:+UseG1GC. It is empty for a property.
func (f Figure) Flag() string {
	switch {
	case !strings.HasPrefix(f.Key, "-"):
		return ""
	case f.Value == "", f.Key == "-Xms", f.Key == "-Xmx":
		return f.Key + f.Value
	}
	return f.Key + "=" + f.Value
}

// JVM writes bytes as the JVM's flags take them, rounded down to MiB.
func JVM(bytes int64) string {
	if bytes%(1<<30) == 0 {
		return fmt.Sprintf("%dg", bytes>>30)
	}
	return fmt.Sprintf("%dm", bytes>>20)
}
