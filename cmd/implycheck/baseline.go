package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/lint/baseline"
)

// baselineName is the file that baseline writes when nobody names another.
const baselineName = "implycheck-baseline.jsonl"

func newBaseline() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline",
		Short: "Keep a file of known findings, so that lint shows only new ones",
		Long: `Baseline keeps a file of the findings that are known; lint --baseline FILE hides
them and shows what is new. A finding is known by its rule, file, service,
property and the text of its line, not by the number of the line.

Each command lints the PATHs first: give it the flags and paths of the lint.
The file is ` + baselineName + ` unless --baseline says otherwise.`,
		Example: `  implycheck baseline create conf/
  implycheck lint --baseline ` + baselineName + ` conf/
  implycheck baseline prune conf/`,
		RunE:                       needsSubcommand,
		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(
		newBaselineCommand("create", "Write the findings of now to a new baseline", createBaseline),
		newBaselineCommand("update", "Make the findings of now the known ones, and keep the reasons", updateBaseline),
		newBaselineCommand("prune", "Take out what matches nothing any more", pruneBaseline),
	)
	return cmd
}

// newBaselineCommand lints and calls change with the findings.
func newBaselineCommand(name, short string, change func(file disk.Name, r *finding.Report, paths []string) (string, error)) *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use:     name + " [flags] PATH...",
		Short:   short,
		Example: "  implycheck baseline " + name + " conf/",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("baseline %s of what? Name a configuration tree, as in: implycheck baseline %s conf/", name, name)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, paths []string) error {
			settings, err := flags.config.settings(cmd.Flags(), paths[0])
			if err != nil {
				return err
			}
			o, err := flags.of(cmd.Flags(), paths)
			if err != nil {
				return err
			}
			o.Facts["baseline"] = "" // what it knows is not new, and is to stay in it
			o.EachPlace = true
			r, err := lintPaths(cmd, o)
			if err != nil {
				return err
			}
			file := settings.BaselineFile()
			if file.Path == "" {
				file = disk.User(baselineName)
			}
			done, err := change(file, r, paths)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), text.Printable(done))
			return err
		},
	}
	flags.add(cmd)
	cmd.Flags().Lookup("baseline").Usage = "the file of known findings; " + baselineName + " if not given"
	return cmd
}

func createBaseline(file disk.Name, r *finding.Report, paths []string) (string, error) {
	if _, err := os.Lstat(file.Path); err == nil {
		return "", fmt.Errorf("%s exists: implycheck baseline update brings it up to date and keeps its reasons", file)
	}
	b, err := baseline.New(file)
	if err != nil {
		return "", err
	}
	b.Update(r.Findings, paths)
	return fmt.Sprintf("%s: %s; hide them with: implycheck lint --baseline %s %s", file, findings(b.Findings()), file, strings.Join(paths, " ")), b.Write()
}

func updateBaseline(file disk.Name, r *finding.Report, paths []string) (string, error) {
	b, err := baseline.Load(file)
	if err != nil {
		return "", err
	}
	before := b.Findings()
	b.Update(r.Findings, paths)
	return fmt.Sprintf("%s: %s, %d before", file, findings(b.Findings()), before), b.Write()
}

func pruneBaseline(file disk.Name, r *finding.Report, paths []string) (string, error) {
	b, err := baseline.Load(file)
	if err != nil {
		return "", err
	}
	gone := b.Prune(r.Findings, paths)
	return fmt.Sprintf("%s: %s, %d taken out", file, findings(b.Findings()), gone), b.Write()
}

func findings(n int) string {
	if n == 1 {
		return "1 finding"
	}
	return fmt.Sprintf("%d findings", n)
}
