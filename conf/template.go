package conf

import (
	"slices"

	"github.com/implycheck/implycheck/conf/syntax"
)

// Apart reports whether two entries of a template stand in branches of their own,
// so that the file may hold one of them.
func (f *File) Apart(a, b *syntax.Entry) bool {
	if f.Template == nil {
		return false
	}
	from, to := min(a.Span.Start.Line, b.Span.Start.Line), max(a.Span.Start.Line, b.Span.Start.Line)
	return slices.ContainsFunc(f.Template.Controls, func(line int) bool { return from < line && line < to })
}

// doubtBranches makes values unknown that differ from branch to branch.
func (f *File) doubtBranches() {
	if f.Template == nil {
		return
	}
	first := map[string]*syntax.Entry{}
	for i := range f.Properties.Entries {
		e := &f.Properties.Entries[i]
		switch before := first[e.Key]; {
		case before == nil:
			first[e.Key] = e
		case before.Value != e.Value && f.Apart(before, e):
			before.Placeholder, e.Placeholder = true, true
			before.Node, e.Node = nil, nil
		}
	}
}

// open reports whether a file may set keys that are not written in it: a template,
// or what is made of more than is known.
func (f *File) open() bool {
	if f.Open() && !f.made.Told {
		return true
	}
	return f != nil && f.Template != nil && f.Properties != nil && slices.ContainsFunc(f.Properties.Entries, func(e syntax.Entry) bool { return syntax.HasPlaceholder(e.Key) })
}

// Open reports whether a form has made the file of more than is known.
func (f *File) Open() bool { return f != nil && f.made != nil && f.made.Open }

// Hides reports whether a property may be set in what the file was made of without
// being shown there.
func (f *File) Hides(key string) bool {
	return f != nil && f.made != nil && f.made.Hidden != nil && f.made.Hidden(key)
}
