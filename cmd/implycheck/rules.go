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
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := rulesOf(area)
			if err != nil {
				return err
			}
			switch format {
			case "text":
				return report.RulesText(cmd.OutOrStdout(), list)
			case "json":
				return report.WriteJSON(cmd.OutOrStdout(), map[string]any{"version": 1, "rules": report.RuleDocs(list)})
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
		return allRules(), nil
	}
	var list []*rules.Rule
	seen := map[rules.Area]bool{}
	for _, r := range allRules() {
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
