package rules

import (
	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/ports"
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
