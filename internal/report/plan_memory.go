package report

import (
	"math/bits"

	"github.com/implycheck/implycheck/sizing"
)

// memoryKind is how a memory map shows one use of memory. The marks differ
// without colours, and so do the patterns of the page.
type memoryKind struct {
	kind  sizing.PartKind
	mark  string
	color attribute
	// class is the name of the kind in the page's style sheet.
	class string
}

var memoryKinds = []memoryKind{
	{sizing.PartHeap, "█", blue, "heap"},
	{sizing.PartDirect, "▓", magenta, "direct"},
	{sizing.PartTasks, "▒", yellow, "tasks"},
	{sizing.PartOverhead, "░", red, "overhead"},
	{sizing.PartOther, "▞", white, "other"},
	{sizing.PartReserved, "╳", cyan, "reserved"},
	{sizing.PartFree, "·", green, "free"},
}

// otherMemory shows the kinds that are not in the list.
var otherMemory = memoryKind{mark: "▞", color: white, class: "other"}

func kindOf(kind sizing.PartKind) memoryKind {
	for _, k := range memoryKinds {
		if k.kind == kind {
			return k
		}
	}
	return otherMemory
}

func totalOf(parts []sizing.Part) int64 {
	var total int64
	for _, p := range parts {
		total += p.Bytes
	}
	return total
}

// scale is bytes/total of n, rounded down. Large amounts give up bits that no
// one sees rather than overflow.
func scale(bytes, total, n int64) int64 {
	shift := max(0, bits.Len64(uint64(max(bytes, total, 0)))-44)
	if total>>shift < 1 {
		return 0
	}
	return max(0, bytes>>shift) * n / (total >> shift)
}

// spread divides width among the parts by their size. Each gets at least 1, and
// together they get all of it, or more only where there are more parts.
func spread(parts []sizing.Part, width int) []int {
	shares := make([]int, len(parts))
	total, rest := totalOf(parts), int64(max(0, width-len(parts)))
	var before, sum int64
	for i, p := range parts {
		sum += p.Bytes
		end := scale(sum, total, rest)
		shares[i] = 1 + int(end-before)
		before = end
	}
	return shares
}
