package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/implycheck/implycheck/internal/diff"
	"github.com/implycheck/implycheck/internal/text"
)

// Diff writes a comparison. It returns only errors of w.
type Diff func(w io.Writer, r *diff.Report, o DiffOptions) error

// DiffOptions are the wishes of the reader.
type DiffOptions struct {
	// Color turns ANSI colours on; the environment is not consulted.
	Color bool
	// Width is the number of terminal columns, 0 when there is no terminal.
	Width int
}

// Diffs lists every format of comparisons by name, sorted.
var Diffs = []Named[Diff]{
	{"json", "the whole comparison for programs, described by docs/diff.schema.json", DiffJSON},
	{"markdown", "a comment of a pull request", DiffMarkdown},
	{"text", "side by side in a wide terminal, else line below line", DiffText},
}

// LookupDiff finds a format of comparisons by its name.
func LookupDiff(name string) (Diff, error) { return lookup(Diffs, name) }

// DiffNames lists the formats of comparisons, sorted.
func DiffNames() []string { return namesOf(Diffs) }

// groupTitle names the processes that changes reach.
func groupTitle(g diff.Group) string {
	if g.All {
		return "all services"
	}
	return strings.Join(g.Services, ", ")
}

// clusterTitle says what is compared with what, and what both are written for.
func clusterTitle(c diff.Cluster) string {
	switch {
	case c.Kind == diff.Added:
		return c.After.Path + ": a new cluster"
	case c.Kind == diff.Removed:
		return c.Before.Path + ": this cluster is gone"
	}
	title := c.Before.Path + " -> " + c.After.Path
	if c.Before.Target != c.After.Target {
		return fmt.Sprintf("%s (%s -> %s)", title, c.Before.Target, c.After.Target)
	}
	return fmt.Sprintf("%s (%s)", title, c.After.Target)
}

// silent reports whether there is nothing to say of a cluster.
func silent(c diff.Cluster) bool {
	return c.Kind == diff.Same && len(c.Consequences.Appear)+len(c.Consequences.Disappear) == 0 &&
		c.Before.Target == c.After.Target
}

// fileTitle names a file, and says if it came or went as a whole.
func fileTitle(f diff.File) string {
	if f.Kind == diff.Changed {
		return f.File
	}
	return f.File + ": " + string(f.Kind)
}

// sideText is one side of a change in one line.
func sideText(v *diff.Value) string {
	if v == nil {
		return "(not set)"
	}
	text := v.Text
	if text == "" && !v.Default {
		text = "(empty)"
	}
	switch {
	case v.Default:
		return text + " (default)"
	case v.Reading == "":
		return text
	case strings.HasPrefix(v.Reading, text+" = "):
		return v.Reading
	}
	return fmt.Sprintf("%s (%s)", text, v.Reading)
}

// placeText is where one side of a change is written.
func placeText(v *diff.Value) string {
	switch {
	case v == nil || v.File == "":
		return ""
	case v.Line == 0:
		return v.File
	}
	return fmt.Sprintf("%s:%d", v.File, v.Line)
}

// remark is what else there is to say of a change.
func remark(c diff.Change) string {
	switch {
	case !c.Kind.Matters():
		return "its default: changes nothing"
	case c.Secret && c.Kind == diff.Changed:
		return "changed, not shown"
	case c.Unread:
		return "not read"
	}
	return ""
}

// consequenceLines are the consequences in words, one a line.
func consequenceLines(e diff.Consequences) []string {
	var lines []string
	if len(e.Restart) > 0 {
		lines = append(lines, "restart: "+strings.Join(e.Restart, ", "))
	}
	var sum int64
	for _, m := range e.Memory {
		sum += m.After - m.Before
		lines = append(lines, fmt.Sprintf("memory of %s: %s -> %s (%s)", m.Process, memoryText(m.Before), memoryText(m.After), upBy(m.After-m.Before)))
	}
	if len(e.Memory) > 1 {
		lines = append(lines, "memory in all: "+upBy(sum))
	}
	for _, p := range e.Ports {
		lines = append(lines, fmt.Sprintf("port of %s (%s): %s -> %s", p.Process, p.Name, portText(p.Before), portText(p.After)))
	}
	return lines
}

func upBy(bytes int64) string {
	if bytes < 0 {
		return "down by " + text.About(-bytes)
	}
	return "up by " + text.About(bytes)
}

func memoryText(bytes int64) string {
	if bytes == 0 {
		return "none"
	}
	return text.About(bytes)
}

func portText(port int64) string {
	if port == 0 {
		return "none"
	}
	return fmt.Sprint(port)
}

// findingText is a finding in one line.
func findingText(f diff.Finding) string {
	text := fmt.Sprintf("%s: %s [%s]", f.Severity, f.Message, f.Rule)
	switch {
	case f.File == "":
		return text
	case f.Line == 0:
		return f.File + ": " + text
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, text)
}
