package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/rules"
)

func newRules() *cobra.Command {
	var format, area string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Example: `  implycheck rules
  implycheck rules --area memory
  implycheck rules --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := rulesOf(area)
			if err != nil {
				return err
			}
			switch format {
			case "text":
				return rulesText(cmd.OutOrStdout(), list)
			case "json":
				return report.WriteJSON(cmd.OutOrStdout(), map[string]any{"version": 1, "rules": ruleDocs(list)})
			case "markdown":
				_, err := io.WriteString(cmd.OutOrStdout(), rules.Index(list))
				return err
			}
			return fmt.Errorf("--format: unknown %q: write text, json or markdown", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "output format: text, json or markdown")
	cmd.Flags().StringVar(&area, "area", "", "only the rules of an area, such as memory")
	complete(cmd, "format", []string{"text", "json", "markdown"})
	return cmd
}

func rulesOf(area string) ([]*rules.Rule, error) {
	if area == "" {
		return rules.All(), nil
	}
	var list []*rules.Rule
	seen := map[rules.Area]bool{}
	for _, r := range rules.All() {
		seen[r.Area] = true
		if string(r.Area) == area {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("--area: no rules in %q: write one of %s", area, sortedNames(seen))
	}
	return list, nil
}

func rulesText(w io.Writer, list []*rules.Rule) error {
	for _, r := range list {
		if _, err := fmt.Fprintf(w, "%-8s %-38s %s\n", r.Severity, r.ID, r.Title); err != nil {
			return err
		}
	}
	return nil
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

func ruleDocs(list []*rules.Rule) []ruleDoc {
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
