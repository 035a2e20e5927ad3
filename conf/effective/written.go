package effective

import (
	"slices"

	"github.com/implycheck/implycheck/conf"
)

// written are all places that set a key, by key, the one that wins first: -D
// flags over the service's properties over the shared ones, and in each file the
// last one.
type written map[string][]conf.Value

func newWritten(s *conf.Service) written {
	common := s.Tree().Common
	if s.Common != nil {
		common = s.Common
	}
	w := written{}
	for _, f := range []*conf.File{s.JVM, s.Runtime, common} {
		if f == nil {
			continue
		}
		for _, v := range slices.Backward(f.Values(s.Tree())) {
			w[v.Key] = append(w[v.Key], v)
		}
	}
	return w
}
