package conftree

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

// mask stands for every secret, whatever its length.
const mask = "****"

// credentials are secrets inside a longer text: user:password@ in a URL,
// password=... in a JDBC URL, and keys and passwords in -D flags.
var credentials = lazy.Regexp{Expr: `(?i)(//[^/@:\s"]*:)[^@/\s"]+(@)|((?:(?:password|passwd|pwd|secret|access_?key|api_?key|token|passphrase|credential|basicauth)[\w.]*|[._]key\w?)["']?\s*[=:]\s*)("[^"]*"?|'[^']*'?|[^\s"'&;,}]+)`}

// secretHints are words one of which every credential stands behind. Most lines
// hold none, and the expression above is too slow to be tried on all of them.
var secretHints = []string{"//", "pass", "pwd", "secret", "key", "token", "credential", "basicauth"}

// MaskText hides the credentials in a text of unknown make.
func MaskText(text string) string {
	lower := strings.ToLower(text)
	if !slices.ContainsFunc(secretHints, func(hint string) bool { return strings.Contains(lower, hint) }) {
		return text
	}
	return credentials.ReplaceAllString(text, "${1}${3}"+mask+"${2}")
}

// Shown is the value as it may be printed.
func (v Value) Shown() string {
	if v.Secret() && v.Text != "" {
		return mask
	}
	return MaskText(v.Text)
}

// MaskedLine is a line of the file, counted from 1, as it may be printed.
func (f *File) MaskedLine(n int) string {
	line := f.Line(n)
	if f.Properties == nil {
		return MaskText(f.maskFlags(line))
	}
	for _, e := range f.Properties.Entries {
		if e.Span.Start.Line <= n && n <= e.Span.End.Line && schema.IsSecret(e.Key) {
			return maskEntry(e, n, line)
		}
	}
	for _, c := range f.Properties.Comments {
		if c.Span.Start.Line == n && c.Property != nil && schema.IsSecret(c.Property.Key) {
			return maskEntry(*c.Property, n, line)
		}
	}
	return MaskText(line)
}

// maskEntry hides the part of a secret value that stands on line n.
func maskEntry(e Entry, n int, line string) string {
	if e.Value == "" {
		return line
	}
	if n != e.ValueSpan.Start.Line {
		return mask
	}
	runes := []rune(line)
	start := min(e.ValueSpan.Start.Column-1, len(runes))
	return string(runes[:start]) + mask
}

// maskFlags hides the values of secret -D flags.
func (f *File) maskFlags(line string) string {
	if f.Args == nil {
		return line
	}
	secret := slices.DeleteFunc(slices.Clone(f.Flags), func(flag Flag) bool {
		return flag.Kind != SystemProperty || flag.Value == "" || !schema.IsSecret(flag.Name)
	})
	for _, flag := range secret {
		line = strings.ReplaceAll(line, "-D"+flag.Name+"="+flag.Value, "-D"+flag.Name+"="+mask)
	}
	return line
}
