package upgrade

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// rename is the edit that gives a line its new name, nil where there is no exact
// one, or where the tree has the new name already.
func (u *upgrade) rename(i Item, p *schema.Property) *finding.Fix {
	switch i.Kind {
	case Refused, Deprecated:
		if i.Fix != nil && !u.sets(i.Suggestion) {
			return i.Fix
		}
	case Renamed:
		if p != nil && u.exact(p) && !u.sets(i.Suggestion) {
			return u.replace(i, inner(i.Property), i.Suggestion)
		}
	case ClassRenamed:
		if i.Fix != nil {
			return i.Fix
		}
		return u.replace(i, "io.druid", "org.apache.druid")
	}
	return nil
}

// sets reports whether any file of the tree sets a key.
func (u *upgrade) sets(key string) bool {
	return slices.ContainsFunc(u.after.Files, func(f *conf.File) bool {
		return slices.ContainsFunc(f.Values(u.after), func(v conf.Value) bool { return v.Key == key })
	})
}

// exact reports whether a property and its successor are the same but for their
// names, so that a value means the same under the new one.
func (u *upgrade) exact(p *schema.Property) bool {
	successor, ok := schema.Lookup(p.ReplacedBy)
	if !ok || p.IsPattern() || successor.IsPattern() || !successor.Releases.Has(u.to()) || p.Type != successor.Type {
		return false
	}
	old, _ := p.DefaultIn(p.Releases.Until)
	now, _ := successor.DefaultIn(max(successor.Releases.From, p.Releases.Until+1))
	return old.Value == now.Value && old.Formula == now.Formula
}

// replace is an edit of the text at an item's place. What cannot be found there
// as it is read, because of escapes, has none.
func (u *upgrade) replace(i Item, old, now string) *finding.Fix {
	before := u.textAt(i.Location)
	fixed := strings.ReplaceAll(before, old, now)
	if fixed == before {
		return nil
	}
	return &finding.Fix{Safe: true, Edits: []finding.Edit{{Location: i.Location, Text: fixed}}}
}
