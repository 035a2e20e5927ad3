package sizing

// What a server keeps back, and what a JVM takes beside its heap: size plans with
// these numbers, and lint judges with them.

// Budget is how much of a server's memory its processes may take together: 85 %.
// The rest is the kernel's, its page cache's and everything else's that runs.
func Budget(memory int64) int64 { return memory / 100 * 85 }

// budget is that of a machine. A container's limit counts its processes alone: they
// may take all but a twentieth, which is for the files that they read and write.
func (m Machine) budget() int64 {
	if m.Limited {
		return m.Memory / 100 * 95
	}
	return Budget(m.Memory)
}

// jvmBase and jvmShare are the two parts of a JVM's overhead: classes, compiled code
// and libraries, which a MiddleManager of Druid 33 had 154 MiB of resident beside
// its heap, and what grows with the heap. ZooKeeper has fewer classes.
const (
	jvmBase       = 176 << 20
	jvmShare      = 20
	zooKeeperBase = 64 << 20
)

const overheadSource = "docs/operations/basic-cluster-tuning.md (JVM overhead); measured, see docs/sizing.md"

// Overhead is what a JVM takes beside heap and direct memory: classes, compiled
// code, threads' stacks and the collector's own tables. The tuning guide has 5 to
// 10 % for it and no formula.
func Overhead(heap int64) int64 { return jvmBase + heap/jvmShare }

// baseOf is the part of the overhead that no heap decides.
func baseOf(service string) int64 {
	if service == "zookeeper" {
		return zooKeeperBase
	}
	return jvmBase
}

// heapWithin is the largest heap that fits into an amount with its overhead.
func heapWithin(service string, bytes int64) int64 {
	return max(0, bytes-baseOf(service)) / (jvmShare + 1) * jvmShare
}

// heapRoom is the amount that heapWithin gives at least that heap for.
func heapRoom(service string, heap int64) int64 {
	return (heap+jvmShare-1)/jvmShare*(jvmShare+1) + baseOf(service)
}

// EnoughPages reports whether free memory is enough for the pages of a
// Historical's segments: a tenth of them, or a sixth of the server's memory
// where its disks hold much more than memory could.
func EnoughPages(free, memory, segments int64) bool {
	return free >= min(segments/10, memory/6)
}

// HeapForThreads is the heap that a Historical's processing threads collect
// their results on, 250 MB each, beside its cache.
func HeapForThreads(threads, cache int64) int64 { return threads*heapPerThread + cache }

// ThreadsForHeap is how many threads a heap is enough for beside a cache that
// takes up to a quarter of it; one at least.
func ThreadsForHeap(heap int64) int64 { return max(1, heap/4*3/heapPerThread) }

const heapPerThread = 250_000_000

// heapUnit is what heaps of a size are multiples of.
func heapUnit(bytes int64) int64 {
	switch {
	case bytes >= 4<<30:
		return 1 << 30
	case bytes >= 1<<30:
		return 1 << 28
	}
	return 1 << 24
}

// roundHeap rounds a heap down to a number that people would write.
func roundHeap(bytes int64) int64 { return bytes / heapUnit(bytes) * heapUnit(bytes) }

// ceilHeap rounds a heap up to a number that roundHeap leaves alone.
func ceilHeap(bytes int64) int64 {
	switch {
	case bytes > 4<<30:
		return roundUp(bytes, 1<<30)
	case bytes > 1<<30:
		return roundUp(bytes, 1<<28)
	}
	return roundUp(bytes, 1<<24)
}

// roundUp rounds up to a multiple of unit.
func roundUp(bytes, unit int64) int64 { return (bytes + unit - 1) / unit * unit }
