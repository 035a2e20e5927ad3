package sizing

import (
	"github.com/implycheck/implycheck/internal/text"
)

// bytesPerSegment is what a Coordinator keeps of a segment: nothing is published
// officially; maintainers estimate 1 to 2 KB for the metadata and call it low.
const bytesPerSegment = 5 << 10

// coordinatorNeed is the heap for so many segments.
func coordinatorNeed(segments int64) int64 {
	return ceilHeap(1<<30 + segments*bytesPerSegment)
}

// overlordNeed is half of a Coordinator's.
func overlordNeed(segments int64) int64 { return ceilHeap(coordinatorNeed(segments) / 2) }

// coordinator assigns segments; its heap grows with their number. joined with an
// Overlord it has both on one heap.
func (b *builder) coordinator() {
	b.masterHeap(coordinatorNeed(b.request.Segments), "1 GiB + 5 KiB for each of {%d|segments} segments")
}

// overlord assigns tasks.
func (b *builder) overlord() {
	b.masterHeap(overlordNeed(b.request.Segments), "half of a Coordinator with {%d|segments} segments")
}

// masterHeap is by segments where their number is known, else the part of the
// server that the templates give.
func (b *builder) masterHeap(need int64, formula string) {
	want, why := need, because("GitHub apache/druid#19252, derived", formula, b.request.Segments)
	if b.request.Segments == 0 {
		want, why = b.templateHeap()
	}
	b.heap(max(leastMasterHeap, roundHeap(min(maxHeap, want))), why)
}

// templateHeap is a fifth of Imply's Master server for each process; of Druid's
// 15 of 32 GB for both in one, and a fourteenth where all run together.
func (b *builder) templateHeap() (int64, reason) {
	memory := b.machine.Memory
	switch {
	case b.allInOne:
		return min(18<<30, memory/14), because(templates, "a fourteenth of {%s|memory}, at most 18 GiB, as the number of segments is not known", text.About(memory))
	case b.Service == "coordinator-overlord":
		return memory / 32 * 15, because("conf/druid/cluster/master of Druid 0.15", "15/32 of {%s|memory}, as the number of segments is not known", text.About(memory))
	}
	return memory / 5, because(b.school.name, "a fifth of {%s|memory}, as the number of segments is not known", text.About(memory))
}

// zooKeeper keeps little, but all of it on its heap.
func (b *builder) zooKeeper() {
	b.heap(b.school.zooKeeperHeap, because(b.school.name, "all nodes are on the heap"))
}
