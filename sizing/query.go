package sizing

import (
	"github.com/implycheck/implycheck/internal/text"
)

// broker merges what Historicals and tasks answer.
func (b *builder) broker() {
	r := b.request
	want, why := b.brokerHeap()
	if r.Lookups > 0 {
		want += 2 * r.Lookups
		why.formula += " + 2 x " + text.About(r.Lookups) + " of lookups"
	}
	b.heap(roundUp(min(maxHeap, want), 256<<20), why)

	size, count := b.buffers(b.school.buffer, brokerBuffers)
	threads, merge := b.merging(count)
	b.direct(DirectMemory(r.Target.Release, "broker", size, threads, merge))
	if CountsThreads(r.Target.Release, "broker") {
		b.setInt(numThreads, threads, because(b.school.name, "a Broker only merges; Druid counts its threads' buffers all the same"))
	}
	b.setInt(numMerge, merge, because(templates, "one for each groupBy that runs at the same time; {%d|cores} %s", b.machine.Cores, plural(b.machine.Cores, "core")))
	b.setBytes(bufferSize, size, b.bufferReason(size, brokerBuffers))
	conns := b.connections()
	b.setInt("druid.broker.http.numConnections", conns, because(tuningGuide, "to each data process, whose threads {%d|brokers} %s may take", r.Brokers, plural(r.Brokers, "Broker")))
	b.http(conns, "{%d|connections} connections + 10", conns)
	if r.Target.Release >= 13 {
		b.queuedBytes()
	}
	b.groupBy()
}

// brokerHeap is what the school wants.
func (b *builder) brokerHeap() (int64, reason) {
	if !b.school.connectionsAll {
		return min(30<<30, roundHeap(b.machine.Memory/5*2)), because("docs/content/operations/performance-faq.md, 0.14", "two fifths of {%s|memory}, at most 30 GiB", text.About(b.machine.Memory))
	}
	if b.allInOne {
		return min(16<<30, max(1<<30, roundHeap(b.machine.Memory/16))), because(templates, "a sixteenth of {%s|memory}, 1 to 16 GiB", text.About(b.machine.Memory))
	}
	n := b.request.DataServers
	return 8<<30 + max(0, n-15)<<29, because(tuningGuide, "8 GiB for up to 15 Historicals, and 512 MiB for each of {%d|data servers} beyond", n)
}

// merging is how many threads and merge buffers a Broker has.
func (b *builder) merging(buffers int64) (threads, merge int64) {
	if !b.school.connectionsAll {
		threads = min(ProcessingThreads(b.machine.Cores), threadsWithin(buffers))
		return threads, MergeBuffers(threads)
	}
	want := min(16, max(2, b.machine.Cores*3/4))
	if b.allInOne {
		want = min(16, max(2, b.machine.Cores/4))
	}
	if CountsThreads(b.request.Target.Release, "broker") {
		return 1, min(want, buffers-2)
	}
	return 1, min(want, buffers-1)
}

// queuedBytes bounds the answers that wait in a Broker. From 24 on Druid computes
// a bound itself.
func (b *builder) queuedBytes() {
	n := max(10<<20, 2<<20*b.request.DataServers)
	why := because(tuningGuide, "2 MiB for each of {%d|data servers} %s, at least 10 MiB", b.request.DataServers, plural(b.request.DataServers, "Historical"))
	if b.request.Target.Release >= 24 {
		n = max(25<<20, b.Heap/50>>20<<20)
		why = because("DruidHttpClientConfig", "2 %% of {%s|heap}, at least 25 MiB", text.Size(b.Heap))
	}
	b.setBytes("druid.broker.http.maxQueuedBytes", n, why)
}

const routerDirect = 128 << 20

// router only passes queries on.
func (b *builder) router() {
	b.heap(b.school.routerHeap, because(templates, "it only passes queries on"))
	b.Direct = routerDirect
	b.set("-XX:MaxDirectMemorySize", JVM(routerDirect), because(templates, "for the network; a Router has no buffers"))
	b.setInt("druid.router.http.numConnections", 50, because(templates, "to each Broker"))
	b.set("druid.router.http.readTimeout", "PT5M", because(templates, "as long as a query may take"))
	b.setInt("druid.router.http.numMaxThreads", 100, because(templates, "for answers of the Brokers"))
	b.setInt(httpThreads, 100, because(templates, "many clients that mostly wait"))
}

// pivot is no JVM, and no setting bounds its memory.
func (b *builder) pivot() { b.Other = min(2<<30, b.room[PartOther]>>24<<24) }
