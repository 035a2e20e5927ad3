package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/pipeline"
	"github.com/implycheck/implycheck/report"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// lintFlags are what a user may say to lint.
type lintFlags struct {
	target     string
	deployment string
	format     string
	failOn     string
	color      string
	exitZero   bool
	quiet      bool
	ha         bool
	topology   topologyFlags
	fix        fixFlags
	changed    changedFlags
}

func newLint() *cobra.Command {
	var flags lintFlags
	cmd := &cobra.Command{
		Use:   "lint [flags] PATH...",
		Short: "Find mistakes in configuration trees",
		Long: `Lint finds mistakes in the configuration trees below each PATH: a conf folder, a
folder above one or several, an unpacked distribution, or a .tar.gz or .zip of
one. It reads files only; nothing is executed and nothing leaves the machine.

Several PATHs are taken for clusters of their own, and compared: what they share
and should not. Numbers of servers, Java and hardware are what files do not tell;
with them more can be said.

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 used
wrongly or unreadable input, 3 a bug of implycheck.`,
		Example: `  implycheck lint conf/
  implycheck lint --target druid-28 --deployment cluster conf/
  implycheck lint --fail-on warning --quiet clusters/*/conf
  implycheck lint --format json imply-3.0.19.tar.gz
  implycheck lint --ha --masters 2 --brokers 3 --data-servers 4 conf/
  implycheck lint --instance data=i3.2xlarge,query=m5.2xlarge conf/
  implycheck lint dc1/conf dc2/conf
  implycheck lint --diff conf/ | git apply -
  implycheck lint --new-from origin/main conf/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("lint what? Name a configuration tree, as in: implycheck lint conf/")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return lint(cmd, flags, args) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.target, "target", "auto", "version the trees are written for: auto, imply-3.0.19, druid-28, ...")
	f.StringVar(&flags.deployment, "deployment", "auto", "where the processes run: auto, single (one machine) or cluster")
	f.StringVar(&flags.format, "format", "text", "output format: "+strings.Join(report.Names(), " or "))
	f.StringVar(&flags.failOn, "fail-on", "error", "lowest severity that makes the exit code 1: error, warning or info")
	f.StringVar(&flags.color, "color", "auto", "colour the text: auto, always or never")
	f.BoolVar(&flags.exitZero, "exit-zero", false, "exit with 0 whatever is found")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "say what is wrong and nothing else")
	f.BoolVar(&flags.ha, "ha", false, "ask whether the cluster survives the loss of any one server, and answer point by point")
	flags.topology.add(f)
	flags.fix.add(f)
	flags.changed.add(f)
	complete(cmd, "target", append([]string{"auto"}, schema.TargetNames()...))
	complete(cmd, "deployment", deployments)
	complete(cmd, "format", report.Names())
	complete(cmd, "fail-on", []string{"error", "warning", "info"})
	complete(cmd, "color", colors)
	return cmd
}

var (
	deployments = []string{"auto", "single", "cluster"}
	colors      = []string{"auto", "always", "never"}
)

// complete offers values for a flag in the shell.
func complete(cmd *cobra.Command, flag string, values []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

func lint(cmd *cobra.Command, flags lintFlags, paths []string) error {
	format, err := report.Lookup(flags.format)
	if err != nil {
		return err
	}
	failOn, err := finding.ParseSeverity(flags.failOn)
	if err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	if !slices.Contains(deployments, flags.deployment) {
		return fmt.Errorf("--deployment: unknown %q: write one of %s", flags.deployment, strings.Join(deployments, ", "))
	}
	if !slices.Contains(colors, flags.color) {
		return fmt.Errorf("--color: unknown %q: write one of %s", flags.color, strings.Join(colors, ", "))
	}
	var o conftree.Options
	if flags.target != "auto" {
		target, err := schema.ParseTarget(flags.target)
		if err != nil {
			return fmt.Errorf("--target: %w", err)
		}
		o.Target = &target
	}
	topology, err := flags.topology.topology()
	if err != nil {
		return err
	}
	if err := errors.Join(flags.fix.check(cmd.Flags(), paths), flags.changed.check(cmd.Flags(), flags.fix, paths)); err != nil {
		return err
	}
	run := func(paths []string, overlay map[string][]byte, last ...pipeline.Step) (*finding.Report, error) {
		return pipeline.Run(cmd.Context(), pipeline.Options{
			Paths: paths,
			Tool:  finding.Tool{Name: "implycheck", Version: version},
			Settings: func(string) (pipeline.Settings, error) {
				s := pipeline.Settings{Open: o, Rules: rules.Options{Deployment: flags.deployment, Topology: topology, HA: flags.ha}}
				s.Open.Overlay = overlay
				s.Steps = append(s.Steps, last...)
				return s, nil
			},
		})
	}
	var r *finding.Report
	switch {
	case flags.fix.asked():
		r, err = flags.fix.run(paths, run, cmd.OutOrStdout(), cmd.ErrOrStderr())
	case flags.changed.asked():
		r, err = flags.changed.run(cmd.Context(), paths, run, flags.quiet, cmd.ErrOrStderr())
	default:
		r, err = run(paths, nil)
	}
	if err != nil || flags.fix.diff {
		return err
	}
	if err := format(cmd.OutOrStdout(), r, renderOptions(cmd.OutOrStdout(), flags)); err != nil {
		return err
	}
	failed := slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Severity >= failOn })
	if failed && !flags.exitZero {
		return exitError(exitFindings)
	}
	return nil
}

// renderOptions looks at where the output goes.
func renderOptions(w io.Writer, flags lintFlags) report.Options {
	width, color := screen(w)
	return report.Options{Quiet: flags.quiet, Width: width, Color: flags.color == "always" || flags.color == "auto" && color}
}

// screen is the width of the terminal that w writes to, and whether it may show
// colours; 0 and no where w is no terminal.
func screen(w io.Writer) (width int, color bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 0
	}
	return width, os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
