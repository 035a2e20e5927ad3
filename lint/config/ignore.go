package config

import (
	"fmt"
	"time"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
)

// Ignore silences the findings of a rule in some files, for a reason. It is
// meant for files that have no comments: JSON and jvm.config.
type Ignore struct {
	Rule  string
	Paths []Glob
	// Property restricts it to findings of one property, if not empty.
	Property string
	Reason   string
	// Until is the last day, in UTC, on which it counts; empty for ever.
	Until Date
	At    Origin
}

// Date is a day, as in 2027-03-31. The order of dates is that of their texts.
type Date string

// ParseDate reads a day.
func ParseDate(text string) (Date, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return "", fmt.Errorf("%q is not a date: write it as 2027-03-31", text)
	}
	return DateOf(day), nil
}

// DateOf is the day of a moment in UTC, so that an ignore ends everywhere at the
// same time.
func DateOf(t time.Time) Date { return Date(t.UTC().Format(time.DateOnly)) }

// Expired reports whether the last day of the ignore is over.
func (i *Ignore) Expired(today Date) bool { return i.Until != "" && i.Until < today }

// matches reports whether a finding is one of those; its file is relative to
// the folder of the config file.
func (i *Ignore) matches(f finding.Finding, file string) bool {
	if i.Rule != f.Rule || i.Property != "" && i.Property != f.Property {
		return false
	}
	_, ok := matching(i.Paths, file)
	return ok
}

var ignoreFields = lazy.Value[fields[Ignore]]{New: func() fields[Ignore] {
	return fields[Ignore]{
		"rule":     func(r *reader, i *Ignore, n *syntax.Node) { i.Rule = r.rule(n) },
		"path":     func(r *reader, i *Ignore, n *syntax.Node) { i.Paths = r.globs(n) },
		"property": func(r *reader, i *Ignore, n *syntax.Node) { i.Property = r.text(n) },
		"reason":   func(r *reader, i *Ignore, n *syntax.Node) { i.Reason = r.text(n) },
		"until":    func(r *reader, i *Ignore, n *syntax.Node) { i.Until = r.date(n) },
	}
}}

// ignore reads an entry.
func (r *reader) ignore(n *syntax.Node) *Ignore {
	i := &Ignore{At: r.config.origin(n.Span.Start)}
	readObject(r, n, "an entry of ignore", ignoreFields.Get(), i)
	for _, need := range []struct{ key, why string }{
		{"rule", "which rule"}, {"path", "which files"}, {"reason", "why, for those who ask later"},
	} {
		if _, ok := n.Get(need.key); !ok && n.Kind == syntax.Object {
			r.fail(n, "an entry of ignore says %s, with %s:", need.why, need.key)
		}
	}
	return i
}
