package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/implycheck/implycheck/rules"
)

func RulesText(w io.Writer, list []*rules.Rule) error {
	for _, r := range list {
		if _, err := fmt.Fprintf(w, "%-8s %-38s %s\n", r.Severity, r.ID, r.Title); err != nil {
			return err
		}
	}
	return nil
}

// proseWidth is how long a line of explanations may be: longer ones are hard to
// read, however wide the terminal is.
const proseWidth = 96

// RuleText explains a rule for a terminal, and for what it is piped into.
func RuleText(w io.Writer, r *rules.Rule) error {
	width, color := Screen(w)
	if width == 0 || width > proseWidth {
		width = proseWidth
	}
	colors := newPalette(color)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", colors.message.paint(r.ID))
	paragraph := func(text, indent string) {
		for _, line := range wrap(text, width-len(indent)) {
			fmt.Fprintf(&b, "%s%s\n", indent, line)
		}
	}
	paragraph(r.Title, "")
	paragraph(rules.Facts(r), "")
	for _, s := range rules.Sections(r, "") {
		fmt.Fprintf(&b, "\n%s\n", colors.label.paint(s.Title))
		for line := range strings.Lines(s.Text) {
			line = strings.TrimRight(line, "\n")
			if s.Code == "" {
				paragraph(line, "  ")
			} else {
				fmt.Fprintf(&b, "    %s\n", line)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ruleDoc is the JSON shape of a rule.
type ruleDoc struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Area     string `json:"area"`
	Since    string `json:"since,omitempty"`
	Until    string `json:"until,omitempty"`
	Title    string `json:"title"`
	Why      string `json:"why"`
	Effect   string `json:"effect"`
	Fix      string `json:"fix"`
	Source   string `json:"source"`
	Bad      string `json:"bad"`
	Good     string `json:"good"`
	Docs     string `json:"docs"`
}

func RuleDocs(list []*rules.Rule) []ruleDoc {
	docs := make([]ruleDoc, len(list))
	for i, r := range list {
		e := r.Example()
		docs[i] = ruleDoc{
			ID: r.ID, Severity: r.Severity.String(), Area: string(r.Area), Title: r.Title, Why: r.Why, Effect: r.Effect,
			Fix: r.Fix, Source: r.Source, Bad: e.Text("bad"), Good: e.Text("good"), Docs: r.Docs(),
		}
		if r.Releases.From > 0 {
			docs[i].Since = r.Releases.From.String()
		}
		if r.Releases.Until > 0 {
			docs[i].Until = r.Releases.Until.String()
		}
	}
	return docs
}
