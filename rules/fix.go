package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// edit is a fix of one edit.
func edit(safe bool, at Place, replacement string) *finding.Fix {
	return editAll(safe, replacement, at)
}

// editAll is a fix that writes the same at several places; there is none where one
// of them cannot be edited.
func editAll(safe bool, replacement string, places ...Place) *finding.Fix {
	fix := &finding.Fix{Safe: safe}
	for _, at := range places {
		text, ok := at.File.Spell(at.Span, replacement)
		if !ok || hasCR(at.text()) {
			return nil // an edit says lines and columns, which end in front of it: it would be left behind
		}
		fix.Edits = append(fix.Edits, finding.Edit{Location: location(at.File, at.Span), Text: text})
	}
	return fix
}

// editValue is a fix that writes another value in a properties file. A value that
// is secret, empty, or written with escapes or over several lines has none: text
// is made of what Java reads, not of what the file says.
func editValue(safe bool, v conf.Value, text string) *finding.Fix {
	if v.Entry == nil || v.Secret() || v.Text == "" || v.Entry.RawValue != v.Text || strings.TrimSpace(text) != text {
		return nil
	}
	return edit(safe, Val(v), text)
}

// editKey is a fix that renames a key of a properties file. There is none where
// the file has the new key already: one of the two would be lost. What an image
// brings counts for nothing: the variable takes its place.
func (p *Pass) editKey(safe bool, v conf.Value, to string) *finding.Fix {
	has := func(o Setting) bool {
		if o.Key != to || o.File != v.File {
			return false
		}
		_, _, stock := o.File.At(o.Span)
		return !stock
	}
	if v.Entry == nil || v.Entry.KeySpan.End.Offset-v.Entry.KeySpan.Start.Offset != len(v.Key) || slices.ContainsFunc(p.settings, has) {
		return nil
	}
	return edit(safe, Key(v), to)
}

// editName is a fix that renames a variable where it is written as it reads.
func editName(at Place, name, to string) *finding.Fix {
	if at.text() != name {
		return nil
	}
	return edit(false, at, to)
}
