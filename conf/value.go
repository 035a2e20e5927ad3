package conf

import (
	"strconv"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Value is what a process sees for one key, and where that comes from.
type Value struct {
	Key  string
	Text string
	// Set tells a written value from a default.
	Set bool
	// JVM is set for a -D flag.
	JVM bool
	// Formula computes the default when it is not a plain text.
	Formula string
	// File, Span (of the key) and ValueSpan say where it is written; Entry is
	// nil for flags.
	File      *File
	Span      syntax.Span
	ValueSpan syntax.Span
	Entry     *syntax.Entry

	known bool
	open  bool // it may be set where nobody here can look
	tree  *Tree
}

// Absent reports whether nobody sets the key: not where what a process is told is
// not all in the tree.
func (v Value) Absent() bool { return !v.Set && !v.open }

// Known reports whether Text is what the process gets. A default that a formula
// computes is not known, and neither is a value with a placeholder in it.
func (v Value) Known() bool {
	switch {
	case !v.Set:
		return v.known
	case v.File.doubts(v.ValueSpan):
		return false
	case v.Entry != nil && v.Entry.Prepared:
		return !v.Entry.Placeholder
	}
	return !syntax.HasPlaceholder(v.Text)
}

// Stock reports whether the value comes from an image or a chart, and nobody here wrote it.
func (v Value) Stock() bool {
	_, _, stock := v.File.At(v.Span)
	return stock
}

// Is reports whether the value is known to be what is wanted.
func (v Value) Is(want string) bool { return v.Known() && v.Text == want }

// Int64 reads a number or a size; false if it is unknown or none.
func (v Value) Int64() (int64, bool) {
	if !v.Known() {
		return 0, false
	}
	if n, err := strconv.ParseInt(strings.TrimSpace(v.Text), 10, 64); err == nil {
		return n, true
	}
	if p, ok := schema.Lookup(v.Key); ok && p.Units != 0 && v.tree != nil && v.tree.Target.Release >= p.Units {
		return schema.ParseBytes(v.Text)
	}
	return 0, false
}

// JSON reads a value that is written as JSON; nil if it is none.
func (v Value) JSON() *syntax.Node {
	switch {
	case !v.Known():
		return nil
	case v.Entry != nil && v.Entry.Prepared:
		return v.Entry.Node
	}
	return syntax.ParseJSONValue(v.Text)
}

// Duration reads an ISO-8601 period; false if it is unknown or none, or counts
// months or years, which have no fixed length.
func (v Value) Duration() (time.Duration, bool) {
	if !v.Known() {
		return 0, false
	}
	p, ok := text.ParsePeriod(v.Text)
	if !ok {
		return 0, false
	}
	return p.Duration()
}

// Strings reads a JSON array of texts; false if it is unknown or none.
func (v Value) Strings() ([]string, bool) {
	node := v.JSON()
	if node == nil {
		return nil, false
	}
	return node.Strings()
}

// Secret reports whether the value must never be printed.
func (v Value) Secret() bool { return schema.IsSecret(v.Key) }
