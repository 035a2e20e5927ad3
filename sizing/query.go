package sizing

import (
	"github.com/implycheck/implycheck/internal/text"
)

// broker merges what Historicals and tasks answer.
func (b *builder) broker() {
	r := b.request
	want, source := b.brokerHeap()
	b.heap(want.plus(2*r.Lookups, " for lookups, twice their size").atMost(maxHeap, beyondShort).up(256<<20), source)

	size, count := b.buffers(b.school.buffer, brokerBuffers)
	threads, merge := b.merging(count)
	b.direct(DirectMemory(r.Target.Release, "broker", size, threads, merge))
	if CountsThreads(r.Target.Release, "broker") {
		b.setInt(numThreads, threads, b.brokerThreads())
	}
	b.setInt(numMerge, merge, because(templates, "one for each groupBy that runs at the same time; {%d|cores} %s", b.machine.Cores, plural(b.machine.Cores, "core")))
	b.setBytes(bufferSize, size, b.bufferReason(size, brokerBuffers))
	conns := b.connections()
	b.setInt("druid.broker.http.numConnections", conns, b.connectionsReason(conns))
	b.http(conns, "{%d|connections} connections + 10", conns)
	if r.Target.Release >= 13 {
		b.queuedBytes()
	}
	b.groupBy()
}

// brokerThreads says why a process that only merges has processing threads.
func (b *builder) brokerThreads() reason {
	if b.school.brokerThreads {
		return because(b.school.name, "as Imply has it; a Broker only merges, and 1 would do with fewer buffers")
	}
	return because(tuningGuide, "1: a Broker only merges, and Druid counts a buffer for each thread")
}

// connectionsReason says how the threads of the data processes are shared.
func (b *builder) connectionsReason(n int64) reason {
	switch {
	case !b.school.connectionsAll:
		return because(b.school.name, "to each data process, as Imply has it")
	case n < b.school.connections/b.brokers():
		return because(templates, "to each data process: 5 for each of {%d|cores} %s", b.machine.Cores, plural(b.machine.Cores, "core"))
	}
	return because(tuningGuide, "to each data process: %d shared by {%d|brokers} %s", b.school.connections, b.brokers(), plural(b.brokers(), "Broker"))
}

// brokerHeap is what the school wants.
func (b *builder) brokerHeap() (calc, string) {
	memory := of(b.machine.Memory, "memory")
	switch {
	case !b.school.connectionsAll:
		return memory.part(2, 5, "two fifths").round().atMost(30<<30, ""), "docs/content/operations/performance-faq.md, 0.14"
	case b.allInOne:
		return memory.part(1, 16, "a sixteenth").round().atLeast(1<<30).atMost(16<<30, ""), templates
	}
	return b.request.stateHeap()
}

// mostMerging is where the threads and merge buffers of a Broker end: the largest
// template, for 64 cores, has 16.
const mostMerging = 16

// merging is how many threads and merge buffers a Broker has.
func (b *builder) merging(buffers int64) (threads, merge int64) {
	if !b.school.connectionsAll {
		threads = min(ProcessingThreads(b.machine.Cores), threadsWithin(buffers), mostMerging)
		merge = MergeBuffers(threads)
		if !b.school.brokerThreads {
			threads = 1
		}
		return threads, merge
	}
	want := min(mostMerging, max(2, b.machine.Cores*3/4))
	if b.allInOne {
		want = min(mostMerging, max(2, b.machine.Cores/4))
	}
	if CountsThreads(b.request.Target.Release, "broker") {
		return 1, min(want, buffers-2)
	}
	return 1, min(want, buffers-1)
}

// queuedBytes bounds the answers that wait in a Broker. From 24 on Druid computes
// a bound itself.
func (b *builder) queuedBytes() {
	servers := b.request.dataServers()
	n := max(10<<20, 2<<20*servers)
	why := because(tuningGuide, "2 MiB for each of {%d|data servers} %s, at least 10 MiB", servers, plural(servers, "Historical"))
	if b.request.Target.Release >= 24 {
		n = max(25<<20, b.Heap/50>>20<<20)
		why = because("DruidHttpClientConfig", "2 %% of {%s|heap}, at least 25 MiB", text.Size(b.Heap))
	}
	b.setBytes("druid.broker.http.maxQueuedBytes", n, why)
}

// router only passes queries on.
func (b *builder) router() {
	b.heap(fixed(b.school.routerHeap, " to pass queries on"), templates)
	b.Direct = networkDirect
	b.set("-XX:MaxDirectMemorySize", JVM(networkDirect), because(templates, "for the network; a Router has no buffers"))
	b.setInt("druid.router.http.numConnections", 50, because(templates, "to each Broker"))
	b.set("druid.router.http.readTimeout", "PT5M", because(templates, "as long as a query may take"))
	b.setInt("druid.router.http.numMaxThreads", 100, because(templates, "for answers of the Brokers"))
	b.setInt(httpThreads, 100, because(templates, "many clients that mostly wait"))
}

// pivot is no JVM, and no setting bounds its memory.
func (b *builder) pivot() { b.Other = min(2<<30, b.room[PartOther]>>24<<24) }
