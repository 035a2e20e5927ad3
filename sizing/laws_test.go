package sizing

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var amounts = rapid.OneOf(rapid.Int64Range(0, 8<<30), rapid.Int64Range(0, 1<<45), rapid.Map(rapid.Int64Range(0, 48), func(n int64) int64 { return n << 28 }))

// Heaps are rounded to 1 GiB from 4 GiB on, to 256 MiB from 1 GiB on, to 16 MiB
// below: down, up, and what is round stays.
func TestRoundHeaps(t *testing.T) {
	unit := func(n int64) int64 {
		for _, u := range []struct{ from, unit int64 }{{4 << 30, 1 << 30}, {1 << 30, 256 << 20}} {
			if n >= u.from {
				return u.unit
			}
		}
		return 16 << 20
	}
	rapid.Check(t, func(t *rapid.T) {
		n := amounts.Draw(t, "n")
		down, up := roundHeap(n), ceilHeap(n)
		require.Zero(t, down%unit(n))
		require.LessOrEqual(t, down, n)
		require.Greater(t, down, n-unit(n))
		require.GreaterOrEqual(t, up, n)
		require.Less(t, up, n+unit(n))
		require.Equal(t, up, roundHeap(up))
		require.Equal(t, up, ceilHeap(up))
		if down == n {
			require.Equal(t, n, up)
		}
		require.Equal(t, fixed(n, "").round().n, down)
	})
}

// A heap that fits an amount fits with what its JVM takes beside it, and heapRoom
// is the smallest amount for a heap.
func TestHeapsFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := amounts.Draw(t, "bytes")
		heap := heapWithin("broker", bytes)
		if heap > 0 {
			require.LessOrEqual(t, heap+Overhead(heap), bytes)
			require.Greater(t, heap+Overhead(heap)+jvmShare+2, bytes, "nothing is left over")
		}
		room := heapRoom("broker", bytes)
		require.GreaterOrEqual(t, heapWithin("broker", room), bytes)
		require.Less(t, heapWithin("broker", room-jvmShare-1), max(bytes, 1))
		// ZooKeeper has 112 MiB fewer of classes: measured, docs/sizing.md.
		require.Equal(t, int64(112<<20), heapRoom("broker", bytes)-heapRoom("zookeeper", bytes))
	})
	// docs/operations/basic-cluster-tuning.md: 5 to 10 % of a large heap.
	for heap := int64(8 << 30); heap <= 31<<30; heap += 1 << 30 {
		require.InDelta(t, 7.5, float64(Overhead(heap))/float64(heap)*100, 2.5)
	}
}

// As many threads as the buffers are enough for, with their merge buffers and the
// spare one: one more would not do.
func TestThreadsWithinBuffers(t *testing.T) {
	for buffers := int64(4); buffers < 2000; buffers++ {
		n := threadsWithin(buffers)
		require.LessOrEqual(t, n+MergeBuffers(n)+1, buffers)
		require.Greater(t, n+1+MergeBuffers(n+1)+1, buffers)
	}
	for buffers := range int64(4) {
		require.EqualValues(t, 1, threadsWithin(buffers))
	}
}

// The guide's 250 MB for each thread are three quarters of a heap; a quarter is
// the cache's.
func TestThreadsOfHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		heap := rapid.Int64Range(1<<30, 1<<36).Draw(t, "heap")
		n := ThreadsForHeap(heap)
		require.LessOrEqual(t, HeapForThreads(n, heap/4), heap)
		require.Greater(t, HeapForThreads(n+1, heap/4)+4, heap)
	})
	require.EqualValues(t, 1, ThreadsForHeap(0))
	require.EqualValues(t, 1, ThreadsForHeap(1<<20))
	require.EqualValues(t, 500_000_007, HeapForThreads(2, 7))
}

func TestEnoughPages(t *testing.T) {
	for _, c := range []struct {
		free, memory, segments int64
		enough                 bool
	}{
		{100, 10_000, 1000, true}, {99, 10_000, 1000, false}, // a tenth of the segments
		{100, 600, 10_000, true}, {99, 600, 10_000, false}, // a sixth of the memory
		{0, 600, 0, true},
	} {
		require.Equal(t, c.enough, EnoughPages(c.free, c.memory, c.segments), c)
	}
}

// One digit that counts, as the number is written.
func TestOneDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Int64Range(0, 200), amounts).Draw(t, "n")
		text := fmt.Sprint(n)
		require.Equal(t, text[:1]+strings.Repeat("0", len(text)-1), fmt.Sprint(oneDigit(n)))
	})
}

func TestBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.Int64Range(0, 1<<20).Draw(t, "least") << 10
		most := least + rapid.Int64Range(1, 1<<20).Draw(t, "wide")<<10
		low := rapid.Int64Range(0, 1<<20).Draw(t, "low")
		high := low + rapid.Int64Range(0, 1<<20).Draw(t, "high")
		n := rapid.Int64Range(least, most).Draw(t, "n")
		got := between(least, most, low, high, n)
		require.GreaterOrEqual(t, got, low)
		require.LessOrEqual(t, got, high)
		require.GreaterOrEqual(t, between(least, most, low, high, min(most, n+2048)), got)
		require.Equal(t, low, between(least, most, low, high, least))
		require.Equal(t, low, between(least, most, low, high, least-5<<20))
		require.Equal(t, high, between(least, most, low, high, most))
	})
	require.EqualValues(t, 150, between(0, 2048, 100, 200, 1024))
}

// Sums and quotients beyond what an int64 holds are the largest one.
func TestLargeNumbers(t *testing.T) {
	require.EqualValues(t, math.MaxInt64, mulDivUp(math.MaxInt64, math.MaxInt64, 1))
	require.EqualValues(t, math.MaxInt64, mulDivUp(1<<62, 2, 1))
	require.EqualValues(t, math.MaxInt64, mulDivUp(1<<32, 1<<32, 1))
	require.EqualValues(t, math.MaxInt64, addUp(math.MaxInt64, 1))
	require.EqualValues(t, math.MaxInt64, addUp(math.MaxInt64-1, 1))
	require.EqualValues(t, math.MaxInt64-1, addUp(math.MaxInt64-2, 1))
	require.EqualValues(t, 33, percentOf(1, 3))
	require.EqualValues(t, 99, percentOf(999, 1000))
	require.EqualValues(t, 100, percentOf(7, 3))
	require.EqualValues(t, 0, percentOf(0, 3))
}

// What is asked of disks: a share of what is free on each, in whole GB, the rest
// left to the file system, and to tasks where they work there too.
func TestSegmentCacheFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Machine
		for range rapid.IntRange(1, 4).Draw(t, "disks") {
			size := rapid.Int64Range(1_000_000_000, 1<<44).Draw(t, "size")
			m.Disks = append(m.Disks, Disk{Size: size, Used: rapid.Int64Range(0, size+10).Draw(t, "used")})
		}
		for percent, services := range map[int64][]string{90: {"historical"}, 80: {"historical", "middleManager"}} {
			var want int64
			for _, d := range m.Disks {
				want += max(0, d.Size-d.Used) / 100 * percent / 1e9 * 1e9
			}
			require.Equal(t, want, segmentSpace(m, services, false))
			for _, l := range locations(m, services, false) {
				require.Positive(t, l.MaxSize)
			}
		}
		require.Zero(t, segmentSpace(m, []string{"middleManager"}, false))
	})
	require.EqualValues(t, 80, usable([]string{"historical", "indexer"}))
	// Imply's own: twice the memory, where no disk is known; 130 GB for 61 GiB.
	require.EqualValues(t, 130_000_000_000, segmentSpace(Machine{Memory: 61 << 30}, []string{"historical"}, false))
	require.EqualValues(t, 10_000_000_000, segmentSpace(Machine{Memory: 1 << 30}, []string{"historical"}, false))
}

// Disks that hold no segments to speak of are refused, to the byte.
func TestLeastDisk(t *testing.T) {
	const least = 10_000_000_000
	require.NoError(t, checkDisks(Machine{}))
	require.NoError(t, checkDisks(Machine{Disks: []Disk{{Size: least}}}))
	require.NoError(t, checkDisks(Machine{Disks: []Disk{{Size: least / 2}, {Size: least / 2}}}))
	require.ErrorContains(t, checkDisks(Machine{Disks: []Disk{{Size: least - 1}}}), "a disk of")
	require.NoError(t, checkDisks(Machine{Disks: []Disk{{Size: 2 * least, Used: least}}}))
	require.ErrorContains(t, checkDisks(Machine{Disks: []Disk{{Size: 2 * least, Used: least + 1}}}), "of the disk are free")
}

// Percent is rounded to the nearest, and something is never nothing.
func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{
		{0, 5, "0 %"}, {5, 0, "0 %"}, {-1, 5, "0 %"}, {1, 1000, "<1 %"}, {9, 1000, "<1 %"}, {10, 1000, "1 %"}, {14, 1000, "1 %"}, {15, 1000, "2 %"}, {1, 1, "100 %"}, {1, 3, "33 %"}, {2, 3, "67 %"},
	} {
		require.Equal(t, c.want, Percent(c.part, c.whole), c)
	}
}

// What processes may take together: 85 % of a server, and all but a twentieth of a
// container, which has no kernel in it; and the smallest one that they fit on.
func TestBudget(t *testing.T) {
	require.EqualValues(t, 85, Budget(100))
	require.EqualValues(t, 85, Machine{Memory: 100}.budget())
	require.EqualValues(t, 95, Machine{Memory: 100, Limited: true}.budget())
	rapid.Check(t, func(t *rapid.T) {
		list := []claim{{floor: rapid.Int64Range(1<<20, 1<<40).Draw(t, "floor")}, {floor: rapid.Int64Range(0, 1<<40).Draw(t, "other")}}
		reserve := rapid.Int64Range(0, 1<<40).Draw(t, "reserve")
		sum := list[0].floor + list[1].floor + reserve
		for limited, unit := range map[bool]int64{false: 512 << 20, true: 64 << 20} {
			least := leastMemory(list, reserve, limited)
			require.Zero(t, least%unit)
			require.GreaterOrEqual(t, Machine{Memory: least, Limited: limited}.budget(), sum)
			require.Less(t, Machine{Memory: least - unit - 200, Limited: limited}.budget(), sum)
		}
	})
	// Half of the tasks for queries, twice as many for ingestion.
	for w, want := range map[Workload]int64{"": 100, Balanced: 100, QueryHeavy: 50, IngestHeavy: 200} {
		require.Equal(t, want, Request{Workload: w}.taskPercent(), w)
	}
	require.Equal(t, []string{"query", "balanced", "ingest"}, Workloads())
}

// Every part gets its floor and its share of the rest, and together they fit.
func TestDivide(t *testing.T) {
	list := []claim{{"a", PartHeap, 100, 3, 0}, {"a", PartDirect, 10, 1, 0}, {"b", PartHeap, 50, 0, 0}}
	got := divide(560, list)
	require.Equal(t, room{"a": {PartHeap: 400, PartDirect: 110}, "b": {PartHeap: 50}}, got)
	require.Equal(t, room{"b": {PartHeap: 50}}, divide(900, list[2:]), "nobody wants the rest")
}
