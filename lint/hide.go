package lint

import (
	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/rules"
)

// hide takes the secrets of a tree out of all that is said of it. It is the last
// that happens to a tree: fixes need what is really written.
func (r *Result) hide(t *conf.Tree) {
	r.Tree = mask.Each(r.Tree, t.Masker().Known)
	for i, f := range r.Findings {
		r.Findings[i] = rules.Hide(t, f)
	}
	for i, s := range r.Suppressed {
		s.Finding = rules.Hide(t, s.Finding)
		s.Suppression = mask.Each(s.Suppression, t.MaskerAt(t.Masker(), s.Suppression.File, s.Suppression.Line, s.Suppression.EndLine).Known)
		r.Suppressed[i] = s
	}
}
