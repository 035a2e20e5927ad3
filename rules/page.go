package rules

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// Page is a rule's documentation, in Markdown that reads well in a terminal;
// output is what implycheck says of the wrong example.
func Page(r *Rule, output string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", r.ID, r.Title)
	fmt.Fprintf(&b, "Severity: %s. Area: %s. Releases: %s.\n\n", r.Severity, r.Area, releases(r.Releases))
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "## %s\n\n%s\n\n", title, text)
		}
	}
	section("Why it matters", r.Why)
	section("What Druid does", r.Effect)
	section("What to do", r.Fix)
	e := r.Example()
	section("Wrong", fence(e.Text("bad")))
	if output != "" {
		section("What implycheck says", "```text\n"+output+"```")
	}
	section("Right", fence(e.Text("good")))
	section("Source", r.Source)
	return b.String()
}

func fence(text string) string {
	if text == "" {
		return ""
	}
	return "```properties\n" + strings.TrimRight(text, "\n") + "\n```"
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
