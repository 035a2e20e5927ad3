// Command implycheck-preflight is started by implycheck preflight. It reads
// questions from its standard input, asks them, and writes the answers to its
// standard output: see package probe. Nothing that it is given is kept.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/implycheck/implycheck/preflight/probe"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // who reads the answers may have ended: that is no reason to leave behind what was written
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := probe.Serve(ctx, os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "implycheck-preflight is run by implycheck preflight and not by people:", err)
		os.Exit(2)
	}
}
