package rules

import (
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/sizing"
)

// MemoryOf is what a process, and its tasks, may take as far as its flags tell:
// heap, what Java adds to it, and direct memory. It is false where the process
// has no heap to count.
func MemoryOf(s *conf.Service) (bytes int64, ok bool) {
	p := Pass{Tree: s.Tree(), near: newSuggestions()}
	list, ok := p.shares(ports.Server{Services: []*conf.Service{s}})
	bytes, _ = addUp(list)
	return bytes, ok
}

// addUp adds shares up.
func addUp(list []share) (bytes, heap int64) {
	for _, s := range list {
		bytes += s.bytes
		heap += s.heap
	}
	return bytes, heap
}

// sumOf writes shares of a server's memory down as a sum.
func sumOf(server string, bytes, memory int64, list []share) string {
	args := []any{server, text.Amount(bytes), text.Amount(memory)}
	for _, s := range list {
		args = append(args, s.name, text.Amount(s.bytes))
	}
	return text.Sprintf("%s: %s of %s: %s %s"+strings.Repeat(" + %s %s", len(list)-1), args...)
}

// DirectOf is the direct memory that a process checks for when it starts, as far as
// its files tell; false for one that has no query buffers, or whose files do not.
func DirectOf(s *conf.Service) (need sizing.Direct, ok bool) {
	p := Pass{Tree: s.Tree(), near: newSuggestions()}
	b := p.buffersOf(s)
	if _, sized := b.threads.Int64(); !sized || !sizing.UsesDirect(s.Process()) {
		return need, false // without the cores a sum would be a guess
	}
	return b.need(s.Tree().Target.Release, s.Process())
}
