package conf

import (
	"slices"
	"sort"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Shown is the value as it may be printed.
func (v Value) Shown() string {
	if v.Secret() && v.Text != "" {
		return text.Mask
	}
	return text.MaskText(v.Text)
}

// MaskedLine is a line of the file, counted from 1, as it may be printed.
func (f *File) MaskedLine(n int) string {
	line := f.Line(n)
	if f.Properties == nil {
		return text.MaskText(f.maskFlags(line))
	}
	entries := f.Properties.Entries
	if i := sort.Search(len(entries), func(i int) bool { return entries[i].Span.End.Line >= n }); i < len(entries) {
		if e := entries[i]; e.Span.Start.Line <= n && schema.IsSecret(e.Key) {
			return maskEntry(e, n, line)
		}
	}
	if e := f.commented()[n]; e != nil {
		return maskEntry(*e, n, line)
	}
	return text.MaskText(line)
}

// commented are the secrets in comments, by their line.
func (f *File) commented() map[int]*syntax.Entry {
	f.comments.Do(func() {
		f.hidden = map[int]*syntax.Entry{}
		for c := range f.Properties.Comments() {
			if c.Property != nil && schema.IsSecret(c.Property.Key) {
				f.hidden[c.Span.Start.Line] = c.Property
			}
		}
	})
	return f.hidden
}

// maskEntry hides the part of a secret value that stands on line n.
func maskEntry(e syntax.Entry, n int, line string) string {
	if e.Value == "" {
		return line
	}
	if n != e.ValueSpan.Start.Line {
		return text.Mask
	}
	runes := []rune(line)
	start := min(e.ValueSpan.Start.Column-1, len(runes))
	return string(runes[:start]) + text.Mask
}

// maskFlags hides the values of secret -D flags.
func (f *File) maskFlags(line string) string {
	if f.Args == nil {
		return line
	}
	secret := slices.DeleteFunc(slices.Clone(f.Flags), func(flag syntax.Flag) bool {
		return flag.Kind != syntax.SystemProperty || flag.Value == "" || !schema.IsSecret(flag.Name)
	})
	for _, flag := range secret {
		line = strings.ReplaceAll(line, "-D"+flag.Name+"="+flag.Value, "-D"+flag.Name+"="+text.Mask)
	}
	return line
}
