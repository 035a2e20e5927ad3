package sizing

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/implycheck/implycheck/internal/text"
)

// historical serves segments: threads by cores, buffers by threads, the disks
// for its cache, and the rest of the memory for their pages.
func (b *builder) historical() {
	r := b.request
	base := of(b.school.heapPerCore, "heap per core").times(b.machine.Cores, "core")
	if base.n > mostBase {
		base = fixed(mostBase, " for all cores, where the guide ends")
	}
	cache := int64(0)
	if !r.NoCache && !b.school.cacheInHeap {
		cache, _ = b.cacheSize(base.n)
	}
	want := base.plus(cache, " for the cache").plus(2*r.Lookups, " for lookups, twice their size: they are swapped whole")
	b.heap(want.atMost(maxHeap, beyondShort).up(256<<20), b.school.name)
	own := b.Heap - 2*r.Lookups
	cache, cacheWhy := b.cacheSize(own)

	size, count := b.buffers(b.school.buffer, historicalBuffers)
	threads := min(ProcessingThreads(b.machine.Cores), threadsWithin(count), ThreadsForHeap(own))
	merge := MergeBuffers(threads)
	b.direct(DirectMemory(r.Target.Release, "historical", size, threads, merge))
	b.setInt(numThreads, threads, b.threadsReason(threads, count))
	b.setInt(numMerge, merge, because("DruidProcessingConfig", "max(2, {%d|threads} %s / 4)", threads, plural(threads, "thread")))
	b.setBytes(bufferSize, size, b.bufferReason(size, historicalBuffers))
	b.dataHTTP()
	b.groupBy()
	if !r.NoCache {
		b.set("druid.historical.cache.useCache", "true", because(b.school.name, "results are kept where their segments are"))
		b.set("druid.historical.cache.populateCache", "true", because(b.school.name, "as useCache"))
		b.set("druid.cache.type", "caffeine", because("CacheModule", "on the heap"))
		b.setBytes(cacheSizeBytes, cache, cacheWhy)
	}
	b.segmentCache()
}

// threadsReason says what decided: the cores, the buffers or the heap.
func (b *builder) threadsReason(threads, buffers int64) reason {
	wanted := ProcessingThreads(b.machine.Cores)
	why := because("ExecutorServiceConfig", "max(1, {%d|cores} %s - 1)", b.machine.Cores, plural(b.machine.Cores, "core"))
	switch {
	case threads == wanted:
	case threads == threadsWithin(buffers):
		why.formula += fmt.Sprintf(" would be %d; there is memory for %d buffers", wanted, buffers)
	default:
		why.formula += fmt.Sprintf(" would be %d; each wants 250 MB of three quarters of the heap", wanted)
	}
	return why
}

// cacheSize is the query cache on a heap: a quarter of it in one digit at
// Imply's, Druid's own default elsewhere.
func (b *builder) cacheSize(heap int64) (int64, reason) {
	if limit, ok := CacheSize(b.request.Target.Release, heap); ok && !b.school.cacheInHeap {
		part := "a twentieth"
		if b.request.Target.Release < 26 {
			part = "a tenth"
		}
		return limit >> 20 << 20, because("CaffeineCacheConfig", "Druid's default: %s of {%s|heap}, at most 1024 MiB", part, mebibytes(heap))
	}
	return oneDigit(heap / 4), because(b.school.name, "a quarter of {%s|heap}, in one digit", text.Size(heap))
}

// oneDigit rounds down to one digit that counts.
func oneDigit(n int64) int64 {
	unit := int64(1)
	for n/unit >= 10 {
		unit *= 10
	}
	return n / unit * unit
}

// maxHeap is where heaps stop: from 32 GiB on references take twice the room.
const (
	maxHeap     = 31 << 30
	mostBase    = 24 << 30
	beyondShort = "as references take twice the room from 32 GiB on"
)

// leastDisk has room for a few segments of the recommended 300 to 700 MB.
const leastDisk = 10_000_000_000

func checkDisks(m Machine) error {
	switch {
	case len(m.Disks) > 0 && m.DiskSpace() < leastDisk:
		return fmt.Errorf("a disk of %s holds no segments to speak of: they are 300 to 700 MB each, and %s would do", text.Decimal(m.DiskSpace()), text.Decimal(leastDisk))
	case len(m.Disks) > 0 && m.FreeSpace() < leastDisk:
		return fmt.Errorf("%s of the disk are free, which hold no segments to speak of: they are 300 to 700 MB each, and %s would do; --disk says what else there is", text.Decimal(m.FreeSpace()), text.Decimal(leastDisk))
	}
	return nil
}

// location is an element of druid.segmentCache.locations.
type location struct {
	Path    string `json:"path"`
	MaxSize int64  `json:"maxSize"`
}

// locations are one a disk, with a tenth of what is free there left so, and a fifth
// where tasks work on the same disks.
func locations(m Machine, services []string, allInOne bool) []location {
	roots := roots(m, services, allInOne)
	if len(m.Disks) == 0 {
		const unit = 10_000_000_000
		return []location{{roots[0] + segmentFolder, max(unit, 2*m.Memory/unit*unit)}}
	}
	list := make([]location, len(m.Disks))
	for i, d := range m.Disks {
		list[i] = location{roots[i] + segmentFolder, d.Free() / 100 * usable(services) / 1_000_000_000 * 1_000_000_000}
	}
	return slices.DeleteFunc(list, func(l location) bool { return l.MaxSize == 0 })
}

const segmentFolder = "/segment-cache"

// usable is the part of a disk for segments, in percent.
func usable(services []string) int64 {
	if slices.Contains(services, "middleManager") || slices.Contains(services, "indexer") {
		return 80
	}
	return 90
}

// segmentSpace is all that a server may hold; 0 without a Historical.
func segmentSpace(m Machine, services []string, allInOne bool) (sum int64) {
	if !slices.Contains(services, "historical") {
		return 0
	}
	for _, l := range locations(m, services, allInOne) {
		sum += l.MaxSize
	}
	return sum
}

func (b *builder) segmentCache() {
	list := locations(b.machine, b.services, b.allInOne)
	encoded, _ := json.Marshal(list)
	why := because("SegmentLoaderConfig", "{%d|usable} %% of each disk, in whole GB: of {%s|disks}", usable(b.services), text.Decimal(b.machine.DiskSpace()))
	if free := b.machine.FreeSpace(); free < b.machine.DiskSpace() {
		why = because("SegmentLoaderConfig", "{%d|usable} %% of what is free on each disk, in whole GB: of {%s|free}, of {%s|disks}", usable(b.services), text.Decimal(free), text.Decimal(b.machine.DiskSpace()))
	}
	if len(b.machine.Disks) == 0 {
		why = because(b.school.name, "twice {%s|memory}, as Imply has it; the disk is not known and must have that", text.Decimal(b.machine.Memory))
	}
	b.set("druid.segmentCache.locations", string(encoded), why)
	if b.request.Target.Release < 20 {
		b.setInt("druid.server.maxSize", segmentSpace(b.machine, b.services, b.allInOne), because("DruidServerConfig", "the sum of the locations; Druid computes it from 0.20 on"))
	}
}
