package sizing

import (
	"fmt"

	"github.com/implycheck/implycheck/internal/text"
)

// Container is what one process of a plan asks of whatever runs it in a container:
// Kubernetes, an operator, a chart or Compose.
type Container struct {
	Service string
	// Request is what must be free where the process starts, Limit what it may use.
	Request, Limit Resources
	// Figures are the four numbers as resources has them, with their reasons:
	// requests.memory, limits.memory, requests.cpu and limits.cpu.
	Figures []Figure
}

// Resources are those of a container.
type Resources struct {
	// Memory is in bytes, and a whole number of MiB.
	Memory int64
	// CPU is in thousandths of a core.
	CPU int64
}

// The keys of a container's figures.
const (
	requestsMemory = "requests.memory"
	limitsMemory   = "limits.memory"
	requestsCPU    = "requests.cpu"
	limitsCPU      = "limits.cpu"
)

const cgroupSource = "Linux cgroup-v2.rst, memory.max: anonymous memory and the page cache are charged alike, and the latter can be reclaimed"

// Containers are what the processes of the server ask for, one each, in their
// order. Together their requests fit into the server.
func (s Server) Containers() []Container {
	list := make([]Container, len(s.Processes))
	cores := s.busyCores()
	for i, p := range s.Processes {
		list[i] = s.container(p, cores[i])
	}
	return list
}

// container asks for all that a process may take: a JVM with less is killed when it
// uses what it was told. A Historical's limit has room for the pages of its
// segments as well, because the files that it maps are charged to its group.
func (s Server) container(p Process, cpu int64) Container {
	need := p.memoryCalc().up(1 << 20)
	limit := need.plus(s.pages(p)>>20<<20, " for the pages of "+s.paged(p))
	c := Container{
		Service: p.Service,
		Request: Resources{need.n, cpu},
		Limit:   Resources{limit.n, s.Machine.cpu()},
	}
	add := func(key, value string, why reason) {
		c.Figures = append(c.Figures, Figure{Key: key, Value: value, Formula: why.formula, Inputs: why.inputs, Source: why.source})
	}
	add(requestsMemory, Quantity(need.n), need.because(overheadSource))
	add(limitsMemory, Quantity(limit.n), limit.because(cgroupSource))
	add(requestsCPU, CPUs(cpu), because("derived", "the cores that it keeps busy, as far as the server has them"))
	add(limitsCPU, CPUs(c.Limit.CPU), because("jdk.internal.platform, Runtime.availableProcessors", "whole cores: Java rounds a part of one up, and the kernel stops the process when the part is used; the plan counts on {%d|cores}", s.Machine.Cores))
	return c
}

// memoryCalc is Memory with its formula.
func (p Process) memoryCalc() calc {
	if p.Heap == 0 {
		return fixed(p.Other, " that no setting bounds")
	}
	c := fixed(p.Heap, " of heap").plus(p.Direct, " of direct memory").plus(p.overhead(), " for classes, code and threads")
	if p.Tasks > 0 {
		c = c.plus(p.Tasks*p.task(), fmt.Sprintf(" for %d %s of %s each", p.Tasks, plural(p.Tasks, "task"), text.About(p.task())))
	}
	return c.plus(p.Other, " that no setting bounds")
}

// pages is the memory for a Historical's pages: what its server has left, but for a
// twentieth of it, which is the kernel's. A container that was asked for has its
// limit already.
func (s Server) pages(p Process) int64 {
	switch {
	case s.Machine.Limited:
		return max(0, s.Free)
	case p.Service != "historical":
		return 0
	}
	return max(0, s.Free-s.Machine.Memory/20)
}

// paged is whose pages they are.
func (s Server) paged(p Process) string {
	if p.Service == "historical" {
		return "segments"
	}
	return "files"
}

// busyCores are the thousandths of a core that each process keeps busy, scaled down
// where the server has fewer.
func (s Server) busyCores() []int64 {
	list, sum := make([]int64, len(s.Processes)), int64(0)
	for i, p := range s.Processes {
		list[i] = p.busy(s.Machine.Cores)
		sum += list[i]
	}
	if all := s.Machine.cpu(); sum > all {
		for i := range list {
			list[i] = max(100, list[i]*all/sum/100*100)
		}
	}
	return list
}

// busy is what a process keeps busy on a server of so many cores: a thread that
// scans segments or a task fills a core, merging takes half of them, and what only
// passes things on takes part of one.
func (p Process) busy(cores int64) int64 {
	switch p.Service {
	case "historical":
		return 1000 * figureInt(p, numThreads, ProcessingThreads(cores))
	case "middleManager":
		return 1000*p.Tasks + 100
	case "indexer":
		return 1000 * figureInt(p, "druid.worker.capacity", 1)
	case "broker":
		return max(1000, 500*cores)
	case "coordinator", "coordinator-overlord":
		return 1000
	}
	return 500
}

// Quantity writes bytes as Kubernetes reads them, rounded up to whole MiB; for
// Compose, JVM writes them.
func Quantity(bytes int64) string {
	if bytes%(1<<30) == 0 {
		return fmt.Sprintf("%dGi", bytes>>30)
	}
	return fmt.Sprintf("%dMi", roundUp(bytes, 1<<20)>>20)
}

// CPUs writes thousandths of a core: 2, 1500m.
func CPUs(thousandths int64) string {
	if thousandths%1000 == 0 {
		return fmt.Sprint(thousandths / 1000)
	}
	return fmt.Sprintf("%dm", thousandths)
}
