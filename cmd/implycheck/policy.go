package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/lint/policy"
	"github.com/implycheck/implycheck/rules"
)

func newPolicy() *cobra.Command {
	cmd := &cobra.Command{
		Use:                        "policy",
		Short:                      "Try a policy before it counts",
		Example:                    "  implycheck policy test policies/ conf/",
		RunE:                       needsSubcommand,
		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(newPolicyTest())
	return cmd
}

func newPolicyTest() *cobra.Command {
	var target string
	cmd := &cobra.Command{
		Use:   "test POLICY [CONF]",
		Short: "Say which keys of a policy are not properties, and which of its rules a tree breaks",
		Long: `Test reads a policy, a file or a folder of *.cue, and looks up every key that it
names. A key that no release of Druid reads is a misspelt one, as a rule: what the
policy says of it never applies. With CONF it also says of each rule whether the trees
there break it, so that a rule that never fires is seen.

Exit codes: 0 every key is known, or like no property, as those of your own extensions
are; 1 a key is misspelt; 2 the policy or a tree cannot be read.`,
		Example: `  implycheck policy test policies/
  implycheck policy test policies/threads.cue conf/`,
		Args: arguments(1, 2, "test which policy? Name a file or a folder of *.cue: implycheck policy test policies/ conf/"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return testPolicy(cmd, args[0], args[1:], target)
		},
	}
	cmd.Flags().StringVar(&target, "target", "auto", "version the trees are written for: auto, imply-3.0.19, druid-28, ...")
	return cmd
}

func testPolicy(cmd *cobra.Command, name string, paths []string, target string) error {
	var runner policy.Runner
	defer runner.Close()
	p, err := runner.Load(cmd.Context(), disk.User(name))
	if err != nil {
		return err
	}
	out, misspelt, named := cmd.OutOrStdout(), false, len(p.Rules())
	if slices.Contains(p.Rules(), policy.Plain) {
		named--
	}
	for _, d := range p.Doubts() {
		misspelt = misspelt || d.Near != ""
		fmt.Fprintln(out, text.Printable(d.String()))
	}
	if len(paths) > 0 {
		if err := tryPolicy(cmd, p, name, paths, target); err != nil {
			return err
		}
	} else if !misspelt {
		shown := text.Printable(name)
		fmt.Fprintf(out, "%s: %s; name a tree to try them on: implycheck policy test %s conf/\n", shown, count(named, "rule with a name", "rules with a name"), shown)
	}
	if misspelt {
		return exitError(exitFindings)
	}
	return nil
}

// tryPolicy says of each rule what it finds. No other rule runs, and nothing hides
// what it finds.
func tryPolicy(cmd *cobra.Command, p *policy.Policy, name string, paths []string, target string) error {
	r, err := lintPaths(cmd, lint.Options{
		Paths: paths, Policies: []string{name}, Evaluator: evaluator, Rules: []*rules.Rule{}, NoConfig: true, NoIgnores: true,
		EachPlace: true, Facts: map[string]string{"target": target},
	})
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(r.Findings, policy.IsUnchecked); i >= 0 {
		return errors.New(r.Findings[i].Message)
	}
	for _, id := range p.Rules() {
		var places []string
		for _, f := range r.Findings {
			if f.Rule == id {
				places = append(places, placeOf(f))
			}
		}
		switch {
		case len(places) > 0:
			fmt.Fprintf(cmd.OutOrStdout(), "%s is broken: %s\n", id, text.Printable(strings.Join(places, ", ")))
		case id != policy.Plain: // which every field has that no rule is written after
			fmt.Fprintf(cmd.OutOrStdout(), "%s holds\n", id)
		}
	}
	return nil
}

func placeOf(f finding.Finding) string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}
