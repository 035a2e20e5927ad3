package conf

import (
	"slices"
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
	for _, e := range f.Properties.Entries {
		if e.Span.Start.Line <= n && n <= e.Span.End.Line && schema.IsSecret(e.Key) {
			return maskEntry(e, n, line)
		}
	}
	for c := range f.Properties.Comments() {
		if c.Span.Start.Line == n && c.Property != nil && schema.IsSecret(c.Property.Key) {
			return maskEntry(*c.Property, n, line)
		}
	}
	return text.MaskText(line)
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
