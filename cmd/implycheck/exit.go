package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

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

// grace is how long a run may take to end by itself after a signal.
const grace = 700 * time.Millisecond

const reportBugs = "https://github.com/implycheck/implycheck/issues"

// exitError carries an exit code out of a subcommand that has already said what
// there is to say.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// execute runs a command, tells what went wrong, and answers the exit code.
func execute(root *cobra.Command) (code int) {
	defer func() {
		if bug := recover(); bug != nil {
			code = reportBug(root.ErrOrStderr(), rules.NewBug(bug, "", nil))
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	finished := make(chan struct{})
	defer close(finished)
	context.AfterFunc(ctx, func() {
		stop() // a second Ctrl-C kills
		select {
		case <-finished:
		case <-time.After(grace):
			fmt.Fprintln(root.ErrOrStderr(), "implycheck: interrupted")
			os.Exit(exitUsage)
		}
	})
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

// each are the errors that one is joined of, if that is all that it says.
func each(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || errors.Join(joined.Unwrap()...).Error() != err.Error() {
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
