// Package sizing knows what Druid's processes need of a machine. It is pure:
// numbers in, numbers out, every amount an int64 of bytes. The linter asks the
// same functions whether a configuration gives what the process needs.
//
// Advise turns a Request into a Plan. A server's budget, 85 % of its memory, is
// divided by the claims of its services (role.go): each part has a floor that it
// cannot work below, and a share of what is left beyond all floors. Within its
// share a process takes what it wishes (historical.go, query.go, tasks.go,
// master.go), by cores, disks and the numbers of other processes, as one of two
// schools has it (school.go). What nobody wishes is left to the page cache. A
// wish and a share both grow with the hardware, and so does the smaller of the
// two: more memory or more cores never give less of anything, and the sum fits.
package sizing

import (
	"fmt"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Direct is the direct memory that a process checks for when it starts.
type Direct struct {
	Bytes int64
	// Formula is how Bytes came about, with the numbers in it.
	Formula string
	// Inputs are those numbers by name.
	Inputs []Input
	// Source is the class that checks.
	Source string

	// Buffer and Times are the formula in parts: the size of a buffer, and what it is
	// multiplied by.
	Buffer int64
	Times  string
}

// UsesDirect reports whether a process allocates query buffers at all.
func UsesDirect(process string) bool {
	switch process {
	case "historical", "broker", "peon", "indexer", "realtime":
		return true
	}
	return false
}

// DirectMemory is what a process demands of -XX:MaxDirectMemorySize: one buffer
// for each processing thread, one for each merge buffer and one to spare. From
// 0.23 on Brokers have no processing threads.
func DirectMemory(r schema.Release, process string, buffer, threads, mergeBuffers int64) Direct {
	d := Direct{Inputs: []Input{{"buffer", fmt.Sprint(buffer)}, {"mergeBuffers", fmt.Sprint(mergeBuffers)}}, Buffer: buffer}
	d.Bytes = buffer * (mergeBuffers + 1)
	d.Times = fmt.Sprintf("%d merge %s + 1)", mergeBuffers, plural(mergeBuffers, "buffer"))
	d.Source = "BrokerProcessingModule"
	if CountsThreads(r, process) {
		d.Bytes += buffer * threads
		d.Times = fmt.Sprintf("%d %s + ", threads, plural(threads, "thread")) + d.Times
		d.Inputs = append(d.Inputs, Input{"threads", fmt.Sprint(threads)})
		d.Source = "DruidProcessingModule"
	}
	d.Times = "(" + d.Times
	d.Formula = text.Size(buffer) + " x " + d.Times
	return d
}

// CountsThreads reports whether the process's check counts processing threads.
func CountsThreads(r schema.Release, process string) bool {
	return process != "broker" || r < 23
}

// ProcessingThreads is the default of druid.processing.numThreads.
func ProcessingThreads(cores int64) int64 { return max(1, cores-1) }

// MergeBuffers is the default of druid.processing.numMergeBuffers.
func MergeBuffers(threads int64) int64 { return max(2, threads/4) }

// FixedBuffer is the default of druid.processing.buffer.sizeBytes up to 0.13.
// Later releases divide the direct memory there is, and always fit.
const FixedBuffer int64 = 1 << 30

// BufferSizesItself reports whether an unset buffer size is computed from the
// direct memory there is.
func BufferSizesItself(r schema.Release) bool { return r >= 14 }

// MaxDirectUnset bounds the limit that a JVM takes when no
// -XX:MaxDirectMemorySize is given, Runtime.maxMemory(): all of the heap with
// G1, less a survivor space with other collectors. least is a process's worst
// case, 8/9 of the heap, or 23/24 when Xms is Xmx; measured on JDK 17, and equal
// to the numbers in reports of JDK 8.
func MaxDirectUnset(heap int64, fixedHeap bool) (least, most int64) {
	if fixedHeap {
		return heap / 24 * 23, heap
	}
	return heap / 9 * 8, heap
}

// CacheSize is the default of druid.cache.sizeInBytes with the Caffeine cache:
// unlimited in 0.12, a share of the heap up to 1 GiB after.
func CacheSize(r schema.Release, heap int64) (bytes int64, limited bool) {
	switch {
	case r < 13:
		return 0, false
	case r < 26:
		return min(1<<30, heap/10), true
	}
	return min(1<<30, heap/20), true
}
