package rules

import (
	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/sizing"
)

// MemoryOf is what a process, and its tasks, may take as far as its flags tell:
// heap, what Java adds to it, and direct memory. It is false where the process
// has no heap to count.
func MemoryOf(s *conf.Service) (bytes int64, ok bool) {
	p := Pass{Tree: s.Tree(), near: newSuggestions()}
	list, ok := p.shares(ports.Server{Services: []*conf.Service{s}})
	bytes, _, _ = addUp(list)
	return bytes, ok
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
