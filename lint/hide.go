package lint

import (
	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/rules"
)

// hide takes the secrets of a tree out of all that is said of it. It is the last
// that happens while the tree is there: who fixes files needs what is written.
func (t *tree) hide(opened *conf.Tree) {
	m := opened.Masker()
	t.result.Tree = mask.Each(t.result.Tree, m.Known)
	for i, f := range t.findings {
		t.findings[i] = rules.Hide(opened, f)
	}
	for i, s := range t.suppressed {
		at := s.Suppression.Location
		s.Finding = rules.Hide(opened, s.Finding)
		s.Suppression = mask.Each(s.Suppression, opened.MaskerAt(m, at.File, at.Line, at.EndLine).Known)
		t.suppressed[i] = s
	}
}
