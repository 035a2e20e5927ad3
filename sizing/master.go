package sizing

import "fmt"

// bytesPerSegment is what a Coordinator or a Broker keeps of a segment: nothing is
// published officially; maintainers estimate 1 to 2 KB for the metadata and call it
// low.
const bytesPerSegment = 5 << 10

const segmentSource = "GitHub apache/druid#19252, derived"

// stateHeap is the heap of a process that keeps the state of the whole cluster, a
// Broker or a Coordinator: by Data servers as the tuning guide has it, and by
// segments where their number is known.
func (r Request) stateHeap() (calc, string) {
	n := r.dataServers()
	bySize := fixed(8<<30, " for up to 15 Historicals")
	if n > 15 {
		bySize = bySize.plus((n-15)<<29, fmt.Sprintf(" for %d beyond", n-15)).named("data servers", fmt.Sprint(n))
	}
	if bySegments := segmentHeap(4<<30, r.Segments); bySegments.n > bySize.n {
		return bySegments.up(1 << 28), segmentSource
	}
	return bySize, tuningGuide
}

// segmentHeap is a heap with room for so many segments.
func segmentHeap(base, segments int64) calc {
	return fixed(base, "").add(segments*bytesPerSegment, fmt.Sprintf(" + 5 KiB for each of %s segments", grouped(segments))).named("segments", fmt.Sprint(segments))
}

// coordinatorLeast and overlordLeast are the heaps below which so many segments do
// not fit.
func coordinatorLeast(segments int64) int64 { return ceilHeap(segmentHeap(1<<30, segments).n) }

func overlordLeast(segments int64) int64 { return ceilHeap(coordinatorLeast(segments) / 2) }

// coordinator assigns segments. Its heap is a Broker's: both have the state of the
// whole cluster. Joined with an Overlord it has both on one heap.
func (b *builder) coordinator() {
	want, source := b.request.stateHeap()
	if b.Service == "coordinator-overlord" {
		want = want.add(want.n/2, " and half of it for the Overlord")
	}
	b.masterHeap(want, source)
}

// overlord assigns tasks: 25 to 50 % of a Coordinator's heap, and Imply's 3 GiB
// where that is more.
func (b *builder) overlord() {
	want, source := b.request.stateHeap()
	want = want.part(1, 2, "half of a Coordinator's heap")
	if !b.school.connectionsAll && want.n < implyOverlord {
		want, source = fixed(implyOverlord, " as Imply has it"), b.school.name
	}
	b.masterHeap(want, source)
}

const implyOverlord = 3 << 30

// masterHeap is what a process of a Master gets: what it wants and, where the number
// of segments is not known, no more than the part of a server that the templates
// give.
func (b *builder) masterHeap(want calc, source string) {
	if template, from := b.templateHeap(); b.request.Segments == 0 && template.n > 0 && (template.n < want.n || b.allInOne) {
		want, source = template, from
	}
	b.heap(want.atMost(maxHeap, beyondShort).round().atLeast(leastMasterHeap), source)
}

// templateHeap is a fifth of Imply's Master server for each process; of Druid's
// 15 of 32 GB for both, and a fourteenth where all run together.
func (b *builder) templateHeap() (calc, string) {
	memory := of(b.machine.Memory, "memory")
	switch {
	case b.allInOne:
		return memory.part(1, 14, "a fourteenth").atMost(18<<30, ""), templates
	case b.machine.Limited || len(b.services) == 1:
		return calc{}, ""
	case !b.school.connectionsAll:
		return memory.part(1, 5, "a fifth"), b.school.name
	case b.Service == "coordinator-overlord":
		return memory.part(15, 32, "15/32"), "conf/druid/cluster/master of Druid 0.15"
	case b.Service == "overlord":
		return memory.part(5, 32, "5/32"), "conf/druid/cluster/master of Druid 0.15"
	}
	return memory.part(10, 32, "10/32"), "conf/druid/cluster/master of Druid 0.15"
}

// zooKeeper keeps little, but all of it on its heap.
func (b *builder) zooKeeper() { b.heap(fixed(b.school.zooKeeperHeap, " for all nodes"), b.school.name) }
