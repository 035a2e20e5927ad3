package rules

import (
	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text/mask"
)

// Hide is a finding without the secrets of its tree, which nobody knows any more
// once the tree is gone. Checks need not think of them, and what they write cannot
// get past it. A fix that would show a secret is left out, and so is a suggestion,
// which would not be one any more; whoever applies fixes does so before.
func Hide(t *conf.Tree, f finding.Finding) finding.Finding {
	m := t.MaskerAt(t.Masker(), f.File, f.Line, f.EndLine)
	for _, r := range f.Related {
		m = t.MaskerAt(m, r.File, r.Line, r.EndLine)
	}
	shown := mask.Each(f, m.Known)
	if r, ok := Lookup(f.Rule); ok && f.Effect == r.Effect {
		shown.Effect = f.Effect // a sentence of the rule's own: its word password is not somebody's password
	}
	if shown.Suggestion != f.Suggestion {
		shown.Suggestion = ""
	}
	if f.Fix != nil {
		for i, e := range f.Fix.Edits {
			if shown.Fix.Edits[i].Text != e.Text {
				shown.Fix = nil
				break
			}
		}
	}
	return shown
}
