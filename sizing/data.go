package sizing

import (
	"errors"
	"fmt"
)

// dataChoice is one way to fill a Data server, from the one to be wished for to
// the least that works.
type dataChoice struct {
	cores         int64
	heapPerCore   int64
	buffer        int64
	directPercent int64
	capacity      int64
	peonHeap      int64
}

// The direct memory of a task: what its own check asks for, and room for the
// dictionaries of merges.
const (
	peonBuffer = 100_000_000
	peonMerge  = 2
)

// shrink are the steps by which a choice gets smaller until it fits: first what
// is comfort, last what is speed.
var shrink = []func(*dataChoice){
	func(c *dataChoice) { c.directPercent = 100 },
	func(c *dataChoice) { c.heapPerCore = min(c.heapPerCore, 512<<20) },
	func(c *dataChoice) { c.capacity = min(c.capacity, max(2, c.cores/8)) },
	func(c *dataChoice) { c.buffer = min(c.buffer, 256<<20) },
	func(c *dataChoice) { c.peonHeap = min(c.peonHeap, 1<<30) },
	func(c *dataChoice) { c.buffer = min(c.buffer, 128<<20) },
	func(c *dataChoice) { c.capacity = 1 },
	func(c *dataChoice) { c.heapPerCore = 256 << 20 },
	func(c *dataChoice) { c.buffer = min(c.buffer, 64<<20) },
	func(c *dataChoice) { c.heapPerCore = 128 << 20 },
}

// data is a Historical and a MiddleManager with its tasks. A quarter of the
// memory is kept for the pages of segments as long as that is possible.
func (r Request) data(m Machine, budget int64) ([]Process, int64, error) {
	p := profileOf(r.Target)
	choice := dataChoice{
		cores: m.Cores, heapPerCore: p.heapPerCore, buffer: p.buffer, directPercent: p.directPercent,
		capacity: r.capacity(m.Cores), peonHeap: p.peonHeap,
	}
	fits := func(limit int64) bool {
		historical, manager := r.historical(choice, m), r.middleManager(choice)
		return historical.Memory()+manager.Memory() <= limit
	}
	comfortable := min(budget, m.Memory*3/4)
	for _, step := range shrink {
		if fits(comfortable) {
			break
		}
		step(&choice)
	}
	if !fits(budget) {
		need := r.historical(choice, m).Memory() + func() int64 { mm := r.middleManager(choice); return mm.Memory() }()
		return nil, 0, fmt.Errorf("a Historical and one task take %s, and %s are there for them", About(need), About(max(0, budget)))
	}
	historical, manager := r.historical(choice, m), r.middleManager(choice)
	segments := r.segments(m)
	if segments <= 0 {
		return nil, 0, errors.New("there is no disk for segments")
	}
	historical.add("druid.segmentCache.locations", fmt.Sprintf(`[{"path":"%s","maxSize":%d}]`, SegmentPath, segments), "docs/operations/basic-cluster-tuning.md", "%s", r.segmentsFormula(m))
	historical.add("druid.server.maxSize", fmt.Sprint(segments), "DruidServerConfig (0.20 and later: the sum by default)", "the sum of the locations")
	return []Process{historical, manager}, segments, nil
}

// SegmentPath is where a plan puts the segment cache.
const SegmentPath = "var/druid/segment-cache"

// segments is the space for segments: nine tenths of the disk, or twice the
// memory where the disk is not known.
func (r Request) segments(m Machine) int64 {
	const unit = 10_000_000_000
	if m.DiskSpace() > 0 {
		space := m.DiskSpace() / 10 * 9
		return space - space%1_000_000_000
	}
	return max(unit, 2*m.Memory/unit*unit)
}

func (r Request) segmentsFormula(m Machine) string {
	if m.DiskSpace() > 0 {
		return "nine tenths of the disk, " + About(m.DiskSpace())
	}
	return "twice the memory, " + About(m.Memory) + "; the disk is not known and must have that"
}

// capacity is how many tasks a server runs at once.
func (r Request) capacity(cores int64) int64 {
	n := cores / 4
	switch {
	case cores <= 4:
		n = 2
	case cores < 16:
		n = 3
	}
	switch r.Workload {
	case "ingest":
		n *= 2
	case "query":
		n = max(1, n/2)
	}
	return n
}

// historical is the process that serves segments.
func (r Request) historical(c dataChoice, m Machine) Process {
	p := profileOf(r.Target)
	h := Process{Service: "historical"}
	threads := ProcessingThreads(m.Cores)
	merge := MergeBuffers(threads)
	need := DirectMemory(r.Target.Release, "historical", c.buffer, threads, merge)
	base := min(24<<30, c.heapPerCore*m.Cores)
	cache := r.cache(base)
	heap := base + 2*r.Lookups
	formula := fmt.Sprintf("%s x %d cores", Size(c.heapPerCore), m.Cores)
	if !r.Target.Imply {
		heap += cache
		formula += " + cache"
	}
	if r.Lookups > 0 {
		formula += " + 2 x " + About(r.Lookups) + " of lookups, which are swapped whole"
	}
	heap = wholeMiB(min(heap, maxHeap))
	direct := roomFor(need.Bytes, c.directPercent)
	h.memory(heap, direct, p.name, formula, fmt.Sprintf("%s = %s, with room", About(need.Bytes), need.Formula))
	h.add("druid.processing.numThreads", fmt.Sprint(threads), "ExecutorServiceConfig", "%d cores - 1", m.Cores)
	h.add("druid.processing.numMergeBuffers", fmt.Sprint(merge), "DruidProcessingConfig", "max(2, %d threads / 4)", threads)
	h.add("druid.processing.buffer.sizeBytes", fmt.Sprint(c.buffer), p.name, "%s for each thread and merge buffer", Size(c.buffer))
	conns := r.connections()
	h.add("druid.server.http.numThreads", fmt.Sprint(r.dataThreads(m.Cores)), "docs/operations/basic-cluster-tuning.md", "%d connections of %d Brokers + 10, and no less than Druid's default", conns, r.Brokers)
	if cache > 0 {
		h.add("druid.historical.cache.useCache", "true", p.name, "results of segments are cached where the segments are")
		h.add("druid.historical.cache.populateCache", "true", p.name, "as useCache")
		h.add("druid.cache.type", "caffeine", "CacheModule", "on the heap")
		h.add("druid.cache.sizeInBytes", fmt.Sprint(cache), p.name, "a quarter of %s, in a round number", About(base))
	}
	return h
}

// cache is a quarter of a heap, with one digit that counts.
func (r Request) cache(heap int64) int64 {
	if r.NoCache {
		return 0
	}
	quarter, unit := heap/4, int64(1)
	for quarter/unit >= 10 {
		unit *= 10
	}
	return quarter / unit * unit
}

// roomFor raises a need by percent, to whole GiB where there is room for that.
func roomFor(need, percent int64) int64 {
	if percent <= 100 {
		return wholeMiB(need)
	}
	return (need*percent/100 + 1<<30 - 1) >> 30 << 30
}

func wholeMiB(bytes int64) int64 { return (bytes + 1<<20 - 1) >> 20 << 20 }

// connections are those of one Broker to each data process.
func (r Request) connections() int64 {
	c := profileOf(r.Target).connections
	if r.Target.Imply {
		return c
	}
	return max(5, c/r.Brokers)
}

// dataThreads serve all Brokers, and some requests besides.
func (r Request) dataThreads(cores int64) int64 {
	byDefault := max(10, cores*17/16+2) + 30
	return max(byDefault, r.connections()*r.Brokers+10)
}

// middleManager starts tasks.
func (r Request) middleManager(c dataChoice) Process {
	p := profileOf(r.Target)
	m := Process{Service: "middleManager", Tasks: c.capacity}
	m.memory(p.managerHeap, 0, p.name, "it only starts tasks", "")
	need := DirectMemory(r.Target.Release, "peon", peonBuffer, p.peonThreads, peonMerge)
	m.TaskHeap, m.TaskDirect = wholeMiB(c.peonHeap+2*r.Lookups), max(1<<30/2, wholeMiB(need.Bytes))
	if c.directPercent > 100 {
		m.TaskDirect = 1 << 30
	}
	m.add("druid.worker.capacity", fmt.Sprint(c.capacity), "the templates of Druid and Imply", "%d cores: 2 up to 4 cores, 3 up to 15, a quarter of them from 16 on", c.cores)
	options := fmt.Sprintf(`["-server","-Xms%s","-Xmx%s","-XX:MaxDirectMemorySize=%s","-XX:+ExitOnOutOfMemoryError","-Duser.timezone=UTC","-Dfile.encoding=UTF-8","-Djava.io.tmpdir=var/tmp"]`,
		JVM(m.TaskHeap), JVM(m.TaskHeap), JVM(m.TaskDirect))
	m.add("druid.indexer.runner.javaOptsArray", options, p.name, "heap %s, direct memory %s = %s", Size(m.TaskHeap), About(need.Bytes), need.Formula)
	const fork = "druid.indexer.fork.property."
	m.add(fork+"druid.processing.numThreads", fmt.Sprint(p.peonThreads), p.name, "tasks mostly ingest")
	m.add(fork+"druid.processing.numMergeBuffers", fmt.Sprint(peonMerge), "docs/operations/basic-cluster-tuning.md", "2, for nested queries")
	m.add(fork+"druid.processing.buffer.sizeBytes", fmt.Sprint(peonBuffer), "docs/operations/basic-cluster-tuning.md", "100 MB")
	m.add("druid.server.http.numThreads", fmt.Sprint(r.dataThreads(c.cores)), "docs/operations/basic-cluster-tuning.md", "as a Historical: tasks answer the Brokers' queries too")
	return m
}
