package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

func newExplain() *cobra.Command {
	var format, target string
	cmd := &cobra.Command{
		Use:   "explain RULE|PROPERTY",
		Short: "Explain a rule or a property",
		Example: `  implycheck explain mem-direct-insufficient
  implycheck explain druid.processing.numThreads
  implycheck explain --target druid-28 --format json druid.server.maxSize`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(ruleNames(), propertyNames()...), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := parseTarget(target)
			if err != nil {
				return err
			}
			return explain(cmd.OutOrStdout(), args[0], format, t)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "output format: text or json")
	cmd.Flags().StringVar(&target, "target", schema.DefaultTarget.Name, "version whose defaults to show")
	complete(cmd, "format", []string{"text", "json"})
	complete(cmd, "target", schema.TargetNames())
	return cmd
}

func parseTarget(name string) (schema.Target, error) {
	t, err := schema.ParseTarget(name)
	if err != nil {
		return t, fmt.Errorf("--target: %w", err)
	}
	return t, nil
}

func explain(w io.Writer, name, format string, t schema.Target) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("--format: unknown %q: write text or json", format)
	}
	if r, ok := rules.Lookup(name); ok {
		if format == "json" {
			return report.WriteJSON(w, report.RuleDocs([]*rules.Rule{r})[0])
		}
		_, err := io.WriteString(w, rules.Page(r, ""))
		return err
	}
	if p, ok := schema.Lookup(name); ok {
		if format == "json" {
			return report.WriteJSON(w, report.NewPropertyDoc(p, t))
		}
		return report.PropertyText(w, p, t)
	}
	return fmt.Errorf("no rule and no property is called %q%s", name, didYouMean(name, t))
}

// didYouMean names what the user may have meant, if anything is near.
func didYouMean(name string, t schema.Target) string {
	near := schema.Suggest(name, t.Release)
	if rule, ok := text.Nearest(name, ruleNames()); ok {
		near = append([]string{rule}, near...)
	}
	if len(near) == 0 {
		return "; see implycheck rules and implycheck properties"
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

func ruleNames() []string {
	names := make([]string, 0, len(rules.All()))
	for _, r := range rules.All() {
		names = append(names, r.ID)
	}
	return names
}

func propertyNames() []string {
	names := make([]string, 0, len(schema.Properties()))
	for _, p := range schema.Properties() {
		names = append(names, p.Name)
	}
	return names
}

func sortedNames[K ~string](set map[K]bool) string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, string(name))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
