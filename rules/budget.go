package rules

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// budgetRules are about memory that is enough to start and not enough to work.
func budgetRules() []*Rule {
	return []*Rule{
		memAutoBuffer, memQuarter, memTight, memBufferSmall, memOversubscribed, memPageCache, memHistoricalHeap, memGroupByDictionary, memGroupByDisk,
		memBrokerHeap, memTaskHeap, memDirectUnused,
	}
}

// querying is a process with query buffers: its JVM and its need.
type querying struct {
	java
	need sizing.Direct
	set  buffers
}

// querying are the processes, and tasks, whose need of direct memory is known.
func (p *Pass) querying() []querying {
	if p.queriers == nil {
		p.queriers = p.findQuerying()
	}
	return p.queriers
}

func (p *Pass) findQuerying() []querying {
	list := []querying{}
	add := func(j java, process string, b buffers) {
		if need, ok := b.need(p.Release(), process); ok {
			list = append(list, querying{j, need, b})
		}
	}
	for _, j := range p.druids() {
		if sizing.UsesDirect(j.service.Process()) {
			add(j, j.service.Process(), p.buffersOf(j.service))
		}
	}
	for _, j := range p.tasks() {
		add(j, "peon", p.taskBuffers(j.service, j.flags))
	}
	return list
}

var memTight = &Rule{
	ID: "mem-direct-tight-without-flag", Severity: finding.Warning, Area: Memory,
	Title:    "Buffers that need nearly the whole heap's size of direct memory, and no flag that grants it.",
	Why:      "Without -XX:MaxDirectMemorySize Java allows what it calls its maximum memory: with the parallel collector, the default of Java 8, that is 8/9 of -Xmx, or 23/24 if -Xms is the same.",
	Effect:   "With that collector the process stops at start: Not enough direct memory.",
	Fix:      "Write -XX:MaxDirectMemorySize.",
	Source:   "run on JDK 17 with the parallel, serial and G1 collectors; apache/druid#7085 and #7310 have the numbers of Java 8",
	DefersTo: []string{"mem-direct-insufficient", "mem-peon-direct"},
	Check: func(p *Pass) {
		for _, q := range p.querying() {
			limit, ok := directLimit(q.flags)
			if !ok || limit.explicit || !q.known() || !p.mayBeParallel(q.java) {
				continue
			}
			start, given := syntax.LastFlag(q.flags, syntax.Size, "Xms", "InitialHeapSize")
			least, _ := sizing.MaxDirectUnset(limit.bytes, given && start.Bytes == limit.bytes)
			if q.need.Bytes <= least || q.need.Bytes > limit.bytes {
				continue
			}
			f := p.Report(q.at(limit.flag), "%s needs %s of direct memory, and with the parallel collector may have %s", q.name, text.Amount(q.need.Bytes), text.Amount(least))
			f.Help = "Write -XX:MaxDirectMemorySize=" + jvmText(q.need.Bytes) + "."
			q.set.relate(f)
		}
	},
}

// mayBeParallel reports whether a process may run with the parallel collector:
// it is told to, or runs on Java 8 and is not told.
func (p *Pass) mayBeParallel(j java) bool {
	if list := j.collectors(); len(list) > 0 {
		return list[0].Name == "UseParallelGC" || list[0].Name == "UseParallelOldGC"
	}
	return p.javaVersions()[0] == 8
}

// share is a part of a server's memory: how much, at most, and for whom.
type share struct {
	name  string
	bytes int64
	heap  int64
}

// shares are the memory that the processes of a server may take, as far as
// their flags tell; false where a process has no heap to count.
func (p *Pass) shares(server ports.Server) ([]share, bool) {
	var list []share
	machine, _ := p.machine(server)
	for _, s := range server.Services {
		if s.JVM == nil {
			return nil, false
		}
		heap, ok := heapOf(s.JVM.SureFlags(), machine)
		if !ok {
			return nil, false
		}
		own := share{s.Name, heap + sizing.Overhead(heap), heap}
		if sizing.UsesDirect(s.Process()) {
			own.bytes += p.directShare(s.JVM.SureFlags(), p.buffersOf(s), s.Process())
		}
		list = append(list, own)
		if tasks, ok := p.taskShare(s, machine); ok {
			list = append(list, tasks)
		}
	}
	return list, len(list) > 0
}

// heapOf is the most heap that a JVM takes: -Xmx, else its part of the machine.
func heapOf(flags []syntax.Flag, machine sizing.Machine) (int64, bool) {
	if heap, ok := (java{flags: flags}).heap(); ok {
		return heap.Bytes, true
	}
	_, given := syntax.LastFlag(flags, syntax.Size, "Xmx", "MaxHeapSize")
	percent := int64(25)
	for _, f := range flags {
		if !strings.HasPrefix(f.Name, "MaxRAM") {
			continue
		}
		part, err := strconv.ParseFloat(f.Value, 64)
		if f.Name != "MaxRAMPercentage" || err != nil || !(part > 0 && part <= 100) {
			return 0, false
		}
		percent = int64(part)
	}
	return sizing.HeapUnset(machine.Memory, percent), machine.Memory > 0 && !given
}

// noLimit is what people write for no limit of direct memory: examples of the
// druid-operator say 10240g.
const noLimit = 1 << 40

// directShare is the direct memory that a process may take: what it is allowed, or
// what its buffers need where nothing limits them below the heap.
func (p *Pass) directShare(flags []syntax.Flag, b buffers, process string) int64 {
	limit, ok := directLimit(flags)
	if ok && limit.explicit && limit.bytes < noLimit {
		return limit.bytes
	}
	need, known := b.need(p.Release(), process)
	if !known || ok && need.Bytes > limit.bytes {
		return 0 // it does not start: mem-direct-insufficient says so
	}
	return need.Bytes
}

// taskShare is what all tasks of a MiddleManager may take together.
func (p *Pass) taskShare(s *conf.Service, machine sizing.Machine) (share, bool) {
	if s.Name != "middleManager" {
		return share{}, false
	}
	flags, opts, known := taskFlags(s)
	heap, ok := heapOf(flags, machine)
	capacity, counted := s.Get("druid.worker.capacity").Int64()
	if !counted && machine.Cores > 0 && s.Get("druid.worker.capacity").Absent() {
		capacity, counted = max(1, machine.Cores-1), true
	}
	if !known || !opts.Set || !ok || !counted {
		return share{}, false
	}
	each := heap + sizing.Overhead(heap) + p.directShare(flags, p.taskBuffers(s, flags), "peon")
	return share{fmt.Sprintf("%d tasks", capacity), capacity * each, capacity * heap}, true
}

// anchor is where something about a server is reported: its supervise file, or
// the jvm.config of its first process.
func anchor(s ports.Server) Place {
	if s.File != nil {
		return In(s.File)
	}
	for _, service := range s.Services {
		if service.JVM != nil {
			return In(service.JVM)
		}
	}
	return In(s.Services[0].Runtime)
}

var memOversubscribed = &Rule{
	ID: "mem-server-oversubscribed", Severity: finding.Error, Area: Memory,
	Title:  "The processes of a server may take more memory than it has.",
	Why:    "Heaps, direct memory and tasks add up.",
	Effect: "The kernel kills a process, or the server swaps and everything becomes slow.",
	Fix:    "Lower heaps, buffers or druid.worker.capacity, or take a larger server.",
	Source: "docs/operations/basic-cluster-tuning.md (total memory usage), 0.18",
	Check: func(p *Pass) {
		for _, server := range p.servers() {
			machine, ok := p.machine(server)
			list, okShares := p.shares(server)
			if !ok || machine.Memory == 0 || !okShares {
				continue
			}
			bytes, heap := addUp(list)
			if bytes <= sizing.Budget(machine.Memory) {
				continue
			}
			f := p.Report(anchor(server), "%s", sumOf(server.Name, bytes, machine.Memory, list))
			if heap <= machine.Memory {
				f.Severity = finding.Warning // direct memory and classes are taken as they are needed
			}
		}
	},
}

var memPageCache = &Rule{
	ID: "mem-no-page-cache", Severity: finding.Warning, Area: Memory,
	Title:    "A Historical without memory for the pages of its segments.",
	Why:      "Segments are mapped into memory; what the kernel can keep of them is read at the speed of memory, and the rest at that of the disk.",
	Effect:   "Each query reads its segments from disk.",
	Fix:      "Leave memory free: a tenth of druid.server.maxSize, or a sixth of the server where its disks are much larger; or take a larger server.",
	Source:   "docs/operations/basic-cluster-tuning.md (free system memory / druid.server.maxSize), 0.18",
	DefersTo: []string{"mem-server-oversubscribed"},
	Check: func(p *Pass) {
		for _, server := range p.servers() {
			machine, ok := p.machine(server)
			list, okShares := p.shares(server)
			if !ok || machine.Memory == 0 || !okShares {
				continue
			}
			bytes, _ := addUp(list)
			free := machine.Memory - bytes
			for _, s := range server.Services {
				if s.Process() != "historical" {
					continue
				}
				size, ok := p.cacheSize(s)
				if ok && free > 0 && !sizing.EnoughPages(free, machine.Memory, size) {
					p.Report(anchor(server).Of(s), "%s: %d %% of %s is left for the pages of up to %s of segments", server.Name, free*100/machine.Memory, text.About(machine.Memory), text.About(size))
				}
			}
		}
	},
}

// cacheSize is how much a Historical may hold: its maxSize, else its locations.
func (p *Pass) cacheSize(s *conf.Service) (int64, bool) {
	if n, ok := s.Get("druid.server.maxSize").Int64(); ok && n > 0 {
		return n, true
	}
	list, _, ok := p.locations(s)
	sum, sized := total(list)
	return sum, ok && sized && sum > 0
}

var memHistoricalHeap = &Rule{
	ID: "mem-historical-heap-rule", Severity: finding.Info, Area: Memory,
	Title:  "A small heap for the threads and the cache of a Historical.",
	Why:    "Each processing thread wants some 250 MB of heap for what queries collect, and the query cache is on the heap too.",
	Effect: "Long collections under load, or OutOfMemoryError.",
	Fix:    "Raise -Xmx, or lower druid.processing.numThreads or druid.cache.sizeInBytes.",
	Source: "docs/content/operations/performance-faq.md, 0.14.2; docs/operations/basic-cluster-tuning.md, 0.18",
	Check: func(p *Pass) {
		if p.Deployment.Single() {
			return
		}
		for _, j := range p.druids() {
			heap, ok := j.heap()
			threads, okThreads := j.service.Get(threadsKey).Int64()
			if j.service.Process() != "historical" || !ok || !okThreads {
				continue
			}
			cache, _, _ := p.heapCache(j.service)
			if want := sizing.HeapForThreads(threads, cache); heap.Bytes < want && cache <= heap.Bytes/2 { // else mem-cache-vs-heap speaks
				p.Report(j.at(heap), "%s of heap for %d threads and a cache of %s; %s are advised", text.Amount(heap.Bytes), threads, text.Amount(cache), text.Amount(want))
			}
		}
	},
}

var memGroupByDictionary = &Rule{
	ID: "mem-groupby-dictionary-heap", Severity: finding.Warning, Area: Memory, Releases: schema.Range{Until: 23},
	Title:  "Dictionaries of grouped queries that may take most of the heap.",
	Why:    "Each running groupBy may keep druid.query.groupBy.maxMergingDictionarySize on the heap, and as many run at once as there are merge buffers.",
	Effect: "OutOfMemoryError when that many large groupBys run together.",
	Fix:    "Lower druid.query.groupBy.maxMergingDictionarySize, or raise -Xmx.",
	Source: "processing/src/main/java/org/apache/druid/query/groupby/GroupByQueryConfig.java:70, 0.14.2; from 24 on Druid sizes it by the heap",
	Check: func(p *Pass) {
		for _, q := range p.querying() {
			get := q.service.Get
			if q.file == nil {
				get = func(key string) conf.Value { return taskValue(q.service, key) }
			}
			v := get("druid.query.groupBy.maxMergingDictionarySize")
			size, ok := v.Int64()
			merge, okMerge := q.set.merge.Int64()
			heap, okHeap := q.heap()
			if !okMerge || merge < 1 {
				merge = 1
			}
			if !v.Set || !ok || !okHeap || size <= heap.Bytes/2/merge {
				continue
			}
			f := p.Report(Val(v).Of(q.service), "%d groupBys may keep %s each on a heap of %s", merge, text.Amount(size), text.Amount(heap.Bytes))
			if q.file != nil {
				relate(f, q.at(heap), "the heap")
			}
		}
	},
}

var memGroupByDisk = &Rule{
	ID: "mem-groupby-disk-tiny", Severity: finding.Warning, Area: Memory,
	Title:  "Grouped queries may use a few bytes of disk.",
	Why:    "druid.query.groupBy.maxOnDiskStorage counts bytes, up to 23 without units, and is each query's share of the disk when its buffer is full.",
	Effect: "Large groupBy queries fail as if there were no disk at all: Not enough disk space to execute this query.",
	Fix:    "Write a number of bytes, as in 1000000000; 0 forbids disk.",
	Source: "processing/src/main/java/org/apache/druid/query/groupby/epinephelinae/LimitedTemporaryStorage.java and GroupByQueryConfig.java (maxOnDiskStorage), 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.processes() {
			v := s.Get("druid.query.groupBy.maxOnDiskStorage")
			if n, ok := v.Int64(); ok && v.Set && n > 0 && n < 1<<20 {
				p.Report(Val(v), "grouped queries may use %s of disk", text.Size(n))
			}
		}
	},
}

// ordinaryHeaps are the heaps that the tuning guide has for processes that do
// little on their own heap, from and to.
var ordinaryHeaps = lazy.Value[map[string]struct{ least, most int64 }]{New: func() map[string]struct{ least, most int64 } {
	return map[string]struct{ least, most int64 }{
		"broker":        {least: 4 << 30},
		"router":        {most: 1 << 30},
		"middleManager": {most: 512 << 20},
	}
}}

var memBrokerHeap = &Rule{
	ID: "mem-broker-heap-small", Severity: finding.Info, Area: Memory,
	Title:    "A heap of unusual size for a Broker, Router or MiddleManager.",
	Why:      "Brokers merge results on the heap and want 4 GiB and more; Routers and MiddleManagers only pass things on.",
	Effect:   "A small Broker spends its time collecting garbage; memory given to the others is wasted.",
	Fix:      "Give Brokers 4 GiB or more, Routers up to 1 GiB and MiddleManagers up to 512 MiB (tasks have heaps of their own).",
	Source:   "docs/operations/basic-cluster-tuning.md, 0.18",
	DefersTo: []string{"jvm-heap-unit"},
	Check: func(p *Pass) {
		if p.Deployment.Single() {
			return
		}
		for _, j := range p.druids() {
			usual, ok := ordinaryHeaps.Get()[j.service.Name]
			heap, okHeap := j.heap()
			switch {
			case !ok || !okHeap:
			case heap.Bytes < usual.least:
				p.Report(j.at(heap), "%s has a heap of %s; %s and more are usual", j.name, text.Amount(heap.Bytes), text.Amount(usual.least))
			case usual.most > 0 && heap.Bytes > 2*usual.most:
				p.Report(j.at(heap), "%s has a heap of %s; up to %s are enough", j.name, text.Amount(heap.Bytes), text.Amount(usual.most))
			}
		}
	},
}

var memTaskHeap = &Rule{
	ID: "mem-task-heap-tiny", Severity: finding.Warning, Area: Memory,
	Title:  "Tasks with a heap that is too small to start in.",
	Why:    "A task is a whole Druid process: its classes and settings alone take some 50 MB of heap.",
	Effect: "The MiddleManager runs, and tasks fail: java.lang.OutOfMemoryError: Java heap space, or GC overhead limit exceeded.",
	Fix:    "Give tasks 1 GiB or more: -Xmx1g in druid.indexer.runner.javaOpts.",
	Source: "docs/operations/basic-cluster-tuning.md (Task JVM: 1 GiB), 0.18; the smallest template of Druid's, nano-quickstart, has 256m",
	Check: func(p *Pass) {
		for _, j := range p.tasks() {
			if heap, ok := j.heap(); ok && heap.Bytes < 64<<20 {
				f := p.Report(j.at(heap), "each task has a heap of %s", text.Size(heap.Bytes))
				if heap.Bytes < 1<<20 {
					f.Message += "; -Xmx counts bytes unless a letter follows the number"
				}
			}
		}
	},
}

var memDirectUnused = &Rule{
	ID: "mem-direct-unused", Severity: finding.Info, Area: Memory,
	Title:  "Direct memory for a process without query buffers.",
	Why:    "Coordinators, Overlords, Routers and MiddleManagers answer no queries and hold no buffers.",
	Effect: "None: the limit is never reached, but it misleads anyone who adds up the server's memory.",
	Fix:    "Delete the flag.",
	Source: "services/src/main/java/org/apache/druid/cli/CliCoordinator.java, CliOverlord.java and CliRouter.java (no DruidProcessingModule), 0.14.2",
	Check: func(p *Pass) {
		used := map[finding.Location]bool{} // a variable of all containers is for those that hold buffers
		for _, j := range p.druids() {
			if f, ok := syntax.LastFlag(j.flags, syntax.Size, "MaxDirectMemorySize"); ok && sizing.UsesDirect(j.service.Process()) {
				used[j.at(f).Location()] = true
			}
		}
		for _, j := range p.druids() {
			f, ok := syntax.LastFlag(j.flags, syntax.Size, "MaxDirectMemorySize")
			if ok && f.BytesOK && f.Bytes > 2<<30 && f.Bytes < noLimit && !sizing.UsesDirect(j.service.Process()) && !used[j.at(f).Location()] {
				p.Report(j.at(f), "%s holds no query buffers, and may have %s of direct memory", j.name, text.Size(f.Bytes))
			}
		}
	},
}
