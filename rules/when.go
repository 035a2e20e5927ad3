package rules

import (
	"strings"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/schema"
)

// applies reports whether one of the conditions under which a property is read
// holds in a process. A condition on a value that is not known holds.
func applies(s *conftree.Service, p *schema.Property, key string) bool {
	if len(p.When) == 0 {
		return true
	}
	for _, condition := range p.When {
		name, want, _ := strings.Cut(condition, "=")
		if v := s.Get(schema.Fill(name, p.Name, key)); !v.Known() || v.Text == want {
			return true
		}
	}
	return false
}
