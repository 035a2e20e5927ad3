package effective

import (
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/text/mask"
)

// Hide takes the secrets of the tree out of what its processes get. It is for
// what leaves the program: what is compared or computed needs the real texts.
func Hide(t *conf.Tree, processes []Process) []Process {
	m := t.Masker()
	shown := slices.Clone(processes)
	for i := range shown {
		p := &shown[i]
		p.Values = slices.Clone(p.Values)
		for j := range p.Values {
			p.Values[j] = p.Values[j].hide(m)
		}
		p.Flags = slices.Clone(p.Flags)
		for j, f := range p.Flags {
			p.Flags[j] = mask.Each(f, t.MaskerAt(m, f.File, f.Line, f.Line).Text)
		}
	}
	return shown
}

// hide takes the secrets out of a value: all of it, if its key says so.
func (v Value) hide(m *mask.Masker) Value {
	shown := mask.Each(v, m.Text)
	shown.Text = m.Value(v.Key, v.Text)
	shown.Hidden = shown.Text != v.Text
	shown.Origin.Text = m.Value(v.Key, v.Origin.Text)
	shown.Overridden = slices.Clone(shown.Overridden)
	for i, o := range v.Overridden {
		shown.Overridden[i].Text = m.Value(v.Key, o.Text)
	}
	if shown.Hidden {
		shown.Reading, shown.Normal = "", ""
	}
	return shown
}
