// Command implycheck checks the configuration of Apache Druid and Imply
// clusters before anything is started.
//
// This package is thin: one file a subcommand, each parses its flags, calls the
// packages that know, renders, and answers an exit code.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/report"
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
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	console, log := report.NewConsole(stdout), report.NewLog(stderr, conf.Masker())
	defer func() {
		if bug := recover(); bug != nil {
			fmt.Fprintf(log, "implycheck: this is a bug of implycheck, not of your configuration: %v\n"+
				"Please report it at %s with the command you ran and this:\n%s", bug, reportBugs, debug.Stack())
			code = exitBug
		}
	}()
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(console)
	root.SetErr(log)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	err := root.ExecuteContext(ctx)
	var exit exitError
	switch {
	case err == nil && console.Err() == nil:
		return exitClean
	case errors.As(err, &exit):
		return int(exit)
	}
	fmt.Fprintf(log, "implycheck: %v\n", cmp.Or(err, console.Err()))
	return exitUsage
}

func newRoot() *cobra.Command {
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
	root.AddCommand(newLint(), newBaseline(), newConfig(), newExport(), newPorts(), newShow(), newDiff(), newSize(), newPlan(), newHardware(), newInstances(), newRules(), newExplain(), newProperties(), newVersion())
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
