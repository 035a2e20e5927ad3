package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/internal/lazy"
)

// Effective are the effective values of the processes of the tree in folder root.
type Effective struct {
	Root, Target string
	Processes    []effective.Process
}

// EffectiveFormats write the effective values of a tree.
var EffectiveFormats = lazy.Value[map[string]func(io.Writer, Effective) error]{New: func() map[string]func(io.Writer, Effective) error {
	return map[string]func(io.Writer, Effective) error{
		"text":       effectiveText,
		"json":       EffectiveJSON,
		"properties": effectiveProperties,
	}
}}

// effectiveText writes a table, a heading for each process. Files are below the
// tree's folder.
func effectiveText(w io.Writer, s Effective) error {
	var rows [][]string
	for _, p := range s.Processes {
		heading := p.Service
		if dir := s.below(p.Dir); dir != "" {
			heading += " (" + dir + ")"
		}
		rows = append(rows, []string{heading})
		for _, f := range p.Flags {
			rows = append(rows, []string{oneLine(f.Text), "", f.Reading, s.place(f.File, f.Line)})
		}
		for _, v := range p.Values {
			rows = append(rows, []string{oneLine(v.Key), oneLine(v.Text), briefly(v), strings.Join(s.from(v), "\n")})
		}
	}
	return WriteTable(w, "text", []string{s.Target, "value", "reads", "from"}, rows)
}

// oneLine keeps a text in one line of the table, which makes all else printable.
func oneLine(text string) string { return strings.ReplaceAll(text, "\n", `\n`) }

// briefly is a reading without the text that stands beside it.
func briefly(v effective.Value) string {
	if rest, ok := strings.CutPrefix(v.Reading, v.Text+" = "); ok {
		return rest
	}
	return v.Reading
}

// from says where a value comes from, what it overrules, and what is wrong with
// it, a line each.
func (s Effective) from(v effective.Value) []string {
	lines := []string{s.origin(v.Origin)}
	for _, o := range v.Overridden {
		lines = append(lines, fmt.Sprintf("overrides %s, %s", oneLine(o.Text), s.origin(o)))
	}
	switch {
	case v.Unread:
		lines = append(lines, "unread: this process does not look at it")
	case !v.Known && strings.HasPrefix(v.Key, "druid."):
		lines = append(lines, "unknown: no release has it")
	}
	return lines
}

func (s Effective) origin(o effective.Origin) string {
	switch o.Kind {
	case effective.Default:
		return "default"
	case effective.Formula:
		return o.Formula
	case effective.JVM:
		return "-D, " + s.place(o.File, o.Line)
	case effective.Image:
		return "image default"
	case effective.Property:
	}
	return s.place(o.File, o.Line)
}

func (s Effective) place(file string, line int) string {
	return fmt.Sprintf("%s:%d", s.below(file), line)
}

// below is a path below the tree's folder.
func (s Effective) below(path string) string {
	return strings.TrimPrefix(path, strings.TrimSuffix(s.Root, "/")+"/")
}
