package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// Section is a chapter of a rule's documentation.
type Section struct {
	Title, Text string
	// Code is how Markdown calls the language of the text; empty for prose.
	Code string
}

// Facts are what a rule's documentation says of it in a line.
func Facts(r *Rule) string {
	return fmt.Sprintf("Severity: %s. Area: %s. Releases: %s.", r.Severity, r.Area, releases(r.Releases))
}

// Sections are the chapters of a rule's documentation, without those that are
// empty; output is what implycheck says of the wrong example.
func Sections(r *Rule, output string) []Section {
	e := r.Example()
	all := []Section{
		{"Why it matters", r.Why, ""},
		{"What Druid does", r.Effect, ""},
		{"What to do", r.Fix, ""},
		{"Wrong", e.Text("bad"), "properties"},
		{"What implycheck says", output, "text"},
		{"Right", e.Text("good"), "properties"},
		{"Source", r.Source, ""},
	}
	return slices.DeleteFunc(all, func(s Section) bool { return s.Text == "" })
}

// Page is a rule's documentation in Markdown.
func Page(r *Rule, output string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n%s\n\n", r.ID, r.Title, Facts(r))
	for _, s := range Sections(r, output) {
		text := s.Text
		if s.Code != "" {
			text = "```" + s.Code + "\n" + strings.TrimRight(text, "\n") + "\n```"
		}
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", s.Title, text)
	}
	return b.String()
}

func releases(g schema.Range) string {
	switch {
	case g.From == 0 && g.Until == 0:
		return "all"
	case g.From == 0:
		return "up to " + g.Until.String()
	case g.Until == 0:
		return g.From.String() + " on"
	}
	return g.From.String() + " to " + g.Until.String()
}

// Index is the table of rules, in Markdown.
func Index(list []*Rule) string { return "# Rules\n\n" + Table(list) }

// Table is that table alone.
func Table(list []*Rule) string {
	var b strings.Builder
	b.WriteString("| rule | severity | releases | what it finds |\n|---|---|---|---|\n")
	for _, r := range list {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s |\n", r.ID, r.ID, r.Severity, releases(r.Releases), strings.ReplaceAll(r.Title, "|", `\|`))
	}
	return b.String()
}
