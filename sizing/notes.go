package sizing

import (
	"fmt"
	"slices"

	"github.com/implycheck/implycheck/internal/text"
)

// notes are what the numbers do not say by themselves.
func (r Request) notes(asked ServerRequest, s Server) []string {
	var notes []string
	if s.Segments > 0 {
		notes = append(notes, fmt.Sprintf("%s are left to the page cache, %s of the %s of segments that the server may hold: the rest is read from disk.",
			text.About(s.Free), Percent(s.Free, s.Segments), text.About(s.Segments)))
		if len(s.Machine.Disks) == 0 {
			notes = append(notes, fmt.Sprintf("The disks are not known: the segment cache is twice the memory, %s, and needs that much of a fast disk; --disk says what there is.", text.Decimal(s.Segments)))
		}
	}
	if h := s.process("historical"); h != nil {
		if n := figureInt(*h, numThreads, 0); n != ProcessingThreads(s.Machine.Cores) {
			what := "Memory"
			if h.Heap >= 24<<30 {
				what = "The heap, which stops at 31 GiB,"
			}
			notes = append(notes, fmt.Sprintf("%s, not cores, limits the Historical to %d processing %s for %d cores.", what, n, plural(n, "thread"), s.Machine.Cores))
		}
	}
	if note := r.idle(asked, s); note != "" {
		notes = append(notes, note)
	}
	if slices.ContainsFunc(s.Processes, func(p Process) bool { return p.Service == "pivot" }) {
		notes = append(notes, "Pivot runs on Node.js and has no memory setting of its own; what it gets is an estimate, nothing is published.")
	}
	return notes
}

// idle says why half of a server's memory has no use, and how small a server would
// do the same. A Historical leaves none idle: its segments' pages take the rest.
func (r Request) idle(asked ServerRequest, s Server) string {
	if s.Segments > 0 || s.Free < s.Machine.Memory/2 {
		return ""
	}
	kind := "server"
	if s.Machine.Limited {
		kind = "container"
	}
	why := fmt.Sprintf("%s of %s lie idle: these processes ask for no more, whatever the %s has.", text.About(s.Free), text.About(s.Machine.Memory), kind)
	for memory := int64(1 << 30); memory < s.Machine.Memory; memory *= 2 {
		smaller := asked
		smaller.Machine.Memory = memory
		if other, err := r.fill(smaller); err == nil && slices.EqualFunc(other.Processes, s.Processes, sameMemory) {
			return why + fmt.Sprintf(" A %s of %s would get the same.", kind, text.About(memory))
		}
	}
	return why
}

// sameMemory reports whether two processes are given the same.
func sameMemory(a, b Process) bool {
	return a.Heap == b.Heap && a.Direct == b.Direct && a.Other == b.Other && a.Tasks == b.Tasks && a.TaskHeap == b.TaskHeap && a.TaskDirect == b.TaskDirect
}

// Percent writes a part of a whole in percent, rounded, and never 0 % for something.
// All who write one ask this, so that no two figures of a plan disagree.
func Percent(part, whole int64) string {
	if part <= 0 || whole <= 0 {
		return "0 %"
	}
	n := mulDiv(part, 1000, whole)
	if n < 10 {
		return "<1 %"
	}
	return fmt.Sprintf("%d %%", (n+5)/10)
}
