// Command implycheck checks the configuration of Apache Druid and Imply
// clusters before anything is started.
//
// This package is thin: one file a subcommand, each parses its flags, calls the
// packages that know, renders, and answers an exit code.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/rules"
)

// The exit codes, the same for every subcommand.
const (
	exitClean    = 0 // nothing at or above --fail-on
	exitFindings = 1 // findings at or above --fail-on
	exitUsage    = 2 // used wrongly, interrupted, or the input could not be read
	exitBug      = 3 // a bug of implycheck
)

// version is set by the release build.
var version = "dev"

const reportBugs = "https://github.com/implycheck/implycheck/issues"

func main() {
	// A run lives for milliseconds and holds little: collecting garbage at the
	// usual rate would cost a fleet a third of its time.
	debug.SetGCPercent(400)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// exitError carries an exit code out of a subcommand that has already said what
// there is to say.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// run is main with its streams, so that tests can call it.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot(askedFor(args))
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return execute(root)
}

// execute runs a command, tells what went wrong, and answers the exit code.
func execute(root *cobra.Command) (code int) {
	defer func() {
		if bug := recover(); bug != nil {
			code = reportBug(root.ErrOrStderr(), rules.NewBug(bug, "", nil))
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	err := root.ExecuteContext(ctx)
	var exit exitError
	var bug *rules.Bug
	var interrupted *lint.Interrupted
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, &bug):
		return reportBug(root.ErrOrStderr(), bug)
	case errors.As(err, &interrupted):
		err = interrupted
	case ctx.Err() != nil: // whatever it has made of that
		err = errors.New("interrupted")
	}
	for _, one := range each(err) {
		fmt.Fprintf(root.ErrOrStderr(), "implycheck: %v\n", one)
	}
	return exitUsage
}

// each are the errors that one is joined of.
func each(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var list []error
	for _, one := range joined.Unwrap() {
		list = append(list, each(one)...)
	}
	return list
}

func reportBug(w io.Writer, bug *rules.Bug) int {
	fmt.Fprintf(w, "implycheck: this is a bug of implycheck, not of your configuration: %v\n"+
		"Please report it at %s with the command you ran and this:\n%s", bug, reportBugs, bug.Stack)
	return exitBug
}

// commands are the subcommands, in no order: help sorts them.
var commands = [...]struct {
	name string
	make func() *cobra.Command
}{
	{"lint", newLint},
	{"baseline", newBaseline},
	{"config", newConfig},
	{"export", newExport},
	{"ports", newPorts},
	{"show", newShow},
	{"diff", newDiff},
	{"size", newSize},
	{"plan", newPlan},
	{"hardware", newHardware},
	{"instances", newInstances},
	{"rules", newRules},
	{"explain", newExplain},
	{"properties", newProperties},
	{"version", newVersion},
}

// askedFor is the subcommand that the arguments begin with; empty for what needs
// to know them all: help, completion and a mistyped name.
func askedFor(args []string) string {
	for _, c := range commands {
		if len(args) > 0 && args[0] == c.name {
			return c.name
		}
	}
	return ""
}

// newRoot makes the command with all subcommands, or with the one asked for:
// making them all would be a tenth of a start.
func newRoot(asked string) *cobra.Command {
	root := &cobra.Command{
		Use:   "implycheck",
		Short: "Check and size the configuration of Apache Druid and Imply clusters",
		Long: `implycheck reads the conf/ tree of an Apache Druid or Imply cluster and says what
is wrong with it, before anything is started: offline, in milliseconds, with
file, line, reason and remedy. From a server's hardware it computes what the
processes on it should get.`,
		Example: `  implycheck lint conf/
  implycheck size --instance r4.2xlarge
  implycheck lint --target imply-3.0.19 --format json conf/ > findings.json
  implycheck explain mem-direct-insufficient
  implycheck explain druid.processing.numThreads`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
	}
	for _, c := range commands {
		if asked == "" || asked == c.name {
			root.AddCommand(c.make())
		}
	}
	// With one command there is nothing to complete or to list.
	root.CompletionOptions.DisableDefaultCmd = asked != ""
	return root
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "implycheck", version)
			return err
		},
	}
}
