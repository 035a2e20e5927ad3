package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/report"
)

// lintFlags are what a user may say to lint.
type lintFlags struct {
	color    string
	exitZero bool
	quiet    bool
	verbose  bool
	sort     string
	run      runFlags
	stdin    stdinFlags
	fix      fixFlags
	changed  changedFlags
	watch    watchFlags
	output   outputFlags
}

func newLint() *cobra.Command {
	var flags lintFlags
	cmd := &cobra.Command{
		Use:   "lint [flags] [PATH...]",
		Short: "Find mistakes in configuration trees",
		Long: `Lint finds mistakes in the configuration trees below each PATH: a conf folder, a
folder above one or several, an unpacked distribution, or a .tar.gz or .zip of
one; without a PATH, below the folder at hand. Of a single file, or of - with
--stdin-filename, the tree around it is read, and what concerns the file is said. By
itself - is what helm template, kustomize build or kubectl get -o yaml write. Of
http://router:8888, the address of a Router or a Coordinator, every process of the
running cluster is asked what it runs with; a login comes from IMPLYCHECK_USER and
IMPLYCHECK_PASSWORD, from IMPLYCHECK_TOKEN, or from ~/.netrc. Nothing is executed,
and without an address nothing leaves the machine.

Several PATHs are taken for clusters of their own, and compared: what they share
and should not. Numbers of servers, Java and hardware are what files do not tell;
with them more can be said. A file .implycheck.yaml can hold all that, and more.

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 used
wrongly, interrupted or unreadable input, 3 a bug of implycheck.`,
		Example: `  implycheck lint conf/
  implycheck lint --target druid-28 --deployment cluster conf/
  implycheck lint --fail-on warning --quiet clusters/*/conf
  implycheck lint --output sarif=out.sarif --output text imply-3.0.19.tar.gz
  implycheck lint --ha --masters 2 --brokers 3 --data-servers 4 conf/
  implycheck lint --instance data=i3.2xlarge,query=m5.2xlarge conf/
  implycheck lint dc1/conf dc2/conf
  implycheck lint http://router:8888
  implycheck lint --diff conf/ | git apply
  implycheck lint --watch conf/
  implycheck lint --fix --interactive conf/
  implycheck lint --fix - --stdin-filename conf/druid/broker/runtime.properties < buffer > fixed
  implycheck lint --new-from main conf/
  implycheck lint - --stdin-filename conf/druid/broker/runtime.properties
  helm template druid chart/ -f values.yaml | implycheck lint -`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			return runLint(cmd, flags, args)
		},
	}
	flags.run.add(cmd)
	f := cmd.Flags()
	f.String("fail-on", "error", "lowest severity that makes the exit code 1: error, warning or info")
	f.StringVar(&flags.color, "color", "auto", "colour the text: auto, always or never")
	f.BoolVar(&flags.exitZero, "exit-zero", false, "exit with 0 whatever is found")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "in text, markdown and html: errors and warnings only, and nothing if there are none")
	f.BoolVarP(&flags.verbose, "verbose", "v", false, "show infos one by one, not only their number")
	f.StringVar(&flags.sort, "sort", "severity", "order of the findings: severity (the worst first) or file")
	flags.stdin.add(f)
	flags.fix.add(f)
	flags.changed.add(f)
	flags.watch.add(f)
	flags.output.add(f)
	complete(cmd, "format", report.Names())
	complete(cmd, "output", report.Names())
	complete(cmd, "fail-on", []string{"error", "warning", "info"})
	complete(cmd, "color", colors)
	complete(cmd, "sort", orders)
	return cmd
}

var (
	colors = []string{"auto", "always", "never"}
	orders = []string{"severity", "file"}
)

// complete offers values for a flag in the shell.
func complete(cmd *cobra.Command, flag string, values []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

func runLint(cmd *cobra.Command, flags lintFlags, paths []string) error {
	outputs, err := flags.output.parse(cmd.Flags())
	if err != nil {
		return err
	}
	if !slices.Contains(colors, flags.color) {
		return fmt.Errorf("--color: unknown %q: write one of %s", flags.color, strings.Join(colors, ", "))
	}
	if !slices.Contains(orders, flags.sort) {
		return fmt.Errorf("--sort: unknown %q: write one of %s", flags.sort, strings.Join(orders, ", "))
	}
	if err := errors.Join(flags.fix.check(cmd.Flags(), paths), flags.changed.check(cmd.Flags(), flags.fix, paths), flags.watch.check(flags.fix, paths)); err != nil {
		return err
	}
	if flags.watch.on {
		w := watcher{flags: flags, paths: paths, outputs: outputs, baseline: cmd.Flags().Lookup("baseline").Value.String()}
		return w.run(cmd, func() (*finding.Report, error) { return lintOnce(cmd, flags, paths, outputs) })
	}
	_, err = lintOnce(cmd, flags, paths, outputs)
	return err
}

// lintOnce lints and reports. The error says it where findings fail the run.
func lintOnce(cmd *cobra.Command, flags lintFlags, paths []string, outputs []output) (*finding.Report, error) {
	r, err := flags.lint(cmd, paths)
	if err != nil || flags.fix.diff {
		return r, err
	}
	options := func(w io.Writer) report.Options { return renderOptions(w, flags, paths) }
	out := cmd.OutOrStdout()
	if flags.fix.fix && slices.Contains(paths, "-") { // which has the fixed text
		out = report.NewConsole(report.Raw(cmd.ErrOrStderr()))
	}
	if err := writeOutputs(out, outputs, r, options); err != nil {
		return r, err
	}
	if r.Failing > 0 && !flags.exitZero {
		return r, exitError(exitFindings)
	}
	return r, nil
}

// lint lints in the way that was asked for.
func (flags *lintFlags) lint(cmd *cobra.Command, paths []string) (*finding.Report, error) {
	paths, overlay, err := flags.stdin.read(cmd.Context(), cmd.InOrStdin(), paths)
	if err != nil {
		return nil, err
	}
	o, err := flags.run.of(cmd.Flags(), paths)
	if err != nil {
		return nil, err
	}
	o.Overlay, o.NewFrom, o.ByFile = overlay, flags.changed.from, flags.sort == "file"
	flags.verbose = flags.verbose || o.Facts["fail-on"] == "info"
	if flags.fix.asked() {
		return flags.fix.run(cmd, o)
	}
	r, err := lintPaths(cmd, o)
	if err == nil && !flags.quiet {
		flags.changed.tell(cmd.ErrOrStderr(), r)
	}
	return r, err
}

// renderOptions looks at where the output goes.
func renderOptions(w io.Writer, flags lintFlags, paths []string) report.Options {
	width, color := report.Screen(w)
	return report.Options{
		Quiet: flags.quiet, Verbose: flags.verbose, ByFile: flags.sort == "file", Width: width, Color: flags.color == "always" || flags.color == "auto" && color,
		Rules: ruleTexts, Repository: repositoryOf(paths), Made: time.Now(),
	}
}
