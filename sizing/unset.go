package sizing

import "github.com/implycheck/implycheck/schema"

// Unset stands for a setting that is left to the release.
const Unset int64 = -1

// Buffers are the query buffers of a process as somebody configured them.
type Buffers struct {
	// Size, Threads and Merge are Unset where the release decides.
	Size, Threads, Merge int64
}

// Runtime is what decides the values that are left unset. Zero is not known.
type Runtime struct {
	// Cores are those that Java counts, Heap its limit and Direct that of the direct
	// memory, as Druid sees it.
	Cores, Heap, Direct int64
	// Java is the major version.
	Java int
}

// SeesDirect reports whether a release can ask this Java for the limit of direct
// memory: from 0.15 to 24 it cannot on Java 9 and later, and takes a quarter of the
// heap for it.
func SeesDirect(r schema.Release, java int) bool { return r < 15 || r > 24 || java < 9 }

// Filled has the release's own values where there were none; false where one of them
// depends on what is not known. Without cores there is one processing thread, the
// least there can be.
func (b Buffers) Filled(r schema.Release, j Runtime) (Buffers, bool) {
	if b.Threads == Unset {
		b.Threads = ProcessingThreads(max(1, j.Cores))
	}
	if b.Merge == Unset {
		b.Merge = MergeBuffers(b.Threads)
	}
	if b.Size != Unset {
		return b, true
	}
	have := j.Direct
	if !SeesDirect(r, j.Java) {
		have = j.Heap / 4
	}
	switch {
	case !BufferSizesItself(r):
		b.Size = FixedBuffer
	case have <= 0:
		return b, false
	default:
		b.Size = min(FixedBuffer, have/(b.Threads+b.Merge+1))
	}
	return b, true
}

// Need is the direct memory that the filled buffers ask for.
func (b Buffers) Need(r schema.Release, process string) Direct {
	return DirectMemory(r, process, b.Size, b.Threads, b.Merge)
}

// HeapUnset is the heap that a JVM takes of a machine, or of a container's limit, when
// no flag says: a part of it in percent, a quarter unless -XX:MaxRAMPercentage says
// another, and no more than short references reach.
func HeapUnset(memory, percent int64) int64 {
	return min(memory/100*percent+memory%100*percent/100, 32<<30)
}
