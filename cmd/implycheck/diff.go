package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/diff"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// diffFlags are what a user may say to diff.
type diffFlags struct {
	open                          openFlags
	to, deployment, format, color string

	fix, exitCode bool
}

func newDiff() *cobra.Command {
	var flags diffFlags
	cmd := &cobra.Command{
		Use:   "diff [flags] BEFORE AFTER | PATH@REVISION | --to VERSION PATH",
		Short: "Say what changes in meaning between two configurations",
		Long: `Diff compares what each process effectively gets, and not the text of the files:
units, order, comments, line ends, and whether a property is in _common or in
a service's own file make no difference. It says whom a change reaches, what must be
restarted, how memory and ports change, and which findings of lint come and go.

BEFORE and AFTER are conf folders, folders above several clusters, distributions, or
archives. PATH@REVISION is a folder as it was at a revision of git; alone, it is
compared with the folder as it is now. PATH:SERVICE is one process, to be compared
with another one. A file that has such a name is taken for what it is.

The address of a running cluster, http://router:8888, is a side, too: what runs and is
not in the files, and the reverse. What a process does not show, such as passwords and
most flags of java, is no difference.

With --to it says what the same tree would mean on another version.

Exit codes: 0 compared, 1 with --exit-code if they differ in meaning, 2 used wrongly
or unreadable input, 3 a bug of implycheck.`,
		Example: `  implycheck diff conf/ new/conf/
  implycheck diff imply-3.0.18.tar.gz imply-3.0.19.tar.gz
  implycheck diff conf@v1.2
  implycheck diff --exit-code conf@origin/main conf@HEAD
  implycheck diff conf/ http://router:8888
  implycheck diff conf:historical conf:broker
  implycheck diff --format markdown conf@origin/main >> "$GITHUB_STEP_SUMMARY"
  implycheck diff --target imply-3.0.19 --to druid-34 conf/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 {
				return errors.New("diff what? Name two configurations, as in: implycheck diff conf/ new/conf/")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runDiff(cmd, flags, args) },
	}
	f := cmd.Flags()
	flags.open.add(cmd, "both are")
	f.StringVar(&flags.to, "to", "", "say what the tree would mean on this version")
	f.BoolVar(&flags.fix, "fix", false, "with --to: rename the properties that were renamed")
	f.StringVar(&flags.deployment, "deployment", "auto", "where the processes run: auto, single (one machine) or cluster")
	f.BoolVar(&flags.exitCode, "exit-code", false, "exit with 1 if they differ in meaning")
	f.StringVar(&flags.format, "format", "text", "output format: "+strings.Join(report.DiffNames(), ", "))
	f.StringVar(&flags.color, "color", "auto", "colour the text: auto, always or never")
	complete(cmd, "to", schema.TargetNames())
	complete(cmd, "deployment", config.Deployments)
	complete(cmd, "format", report.DiffNames())
	complete(cmd, "color", colors)
	return cmd
}

func runDiff(cmd *cobra.Command, flags diffFlags, args []string) error {
	if flags.to != "" {
		if len(args) > 1 {
			return errors.New("--to compares one tree with itself on another version: name one PATH")
		}
		return upgradeReport(cmd, flags, args[0])
	}
	write, err := flags.check()
	if err != nil {
		return err
	}
	before, after, err := operands(args)
	if err != nil {
		return err
	}
	r, err := flags.compare(cmd, before, after)
	if err != nil {
		return err
	}
	if err := write(cmd.OutOrStdout(), r, flags.options(cmd.OutOrStdout())); err != nil {
		return err
	}
	if flags.exitCode && r.Summary.Differ {
		return exitError(exitFindings)
	}
	return nil
}

func (flags diffFlags) check() (report.Diff, error) {
	if flags.fix {
		return nil, errors.New("--fix renames properties for another version: say which one with --to")
	}
	if !slices.Contains(colors, flags.color) {
		return nil, fmt.Errorf("--color: unknown %q: write one of %s", flags.color, strings.Join(colors, ", "))
	}
	if err := checkDeployment(flags.deployment); err != nil {
		return nil, err
	}
	write, err := report.LookupDiff(flags.format)
	if err != nil {
		return nil, fmt.Errorf("--format: %w", err)
	}
	return write, nil
}

func (flags diffFlags) options(w io.Writer) report.DiffOptions {
	width, color := report.Screen(w)
	return report.DiffOptions{Width: width, Color: flags.color == "always" || flags.color == "auto" && color}
}

func (flags diffFlags) compare(cmd *cobra.Command, before, after operand) (*diff.Report, error) {
	o, err := flags.open.options(before.path, after.path)
	if err != nil {
		return nil, err
	}
	var trees [2][]*conf.Tree
	sides := [2]operand{before, after}
	first := 0
	if conf.IsCluster(after.path) {
		first = 1
	}
	for _, i := range []int{first, 1 - first} {
		if trees[i], err = sides[i].open(cmd.Context(), o); err != nil {
			return nil, err
		}
		if conf.IsCluster(sides[i].path) && o.Target == nil {
			o.Target = &trees[i][0].Target // files are compared as those of the release that runs
		}
	}
	options := diff.Options{Lint: rules.Options{Deployment: flags.deployment}}
	r := &diff.Report{Version: diff.Version, Before: before.text, After: after.text}
	if before.service != "" {
		a, err := before.find(trees[0])
		if err != nil {
			return nil, err
		}
		b, err := after.find(trees[1])
		if err != nil {
			return nil, err
		}
		c, err := diff.Services(cmd.Context(), a, b, options)
		if err != nil {
			return nil, err
		}
		r.Clusters = []diff.Cluster{c}
	} else if r.Clusters, err = diff.All(cmd.Context(), before.path, trees[0], after.path, trees[1], options); err != nil {
		return nil, err
	}
	r.Summary = diff.Summarize(r.Clusters)
	return r, nil
}
