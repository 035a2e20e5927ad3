package main

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/rules"
)

// A panic is exit code 3 with the place to report it, wherever it happens: in a
// command, or in a rule on another goroutine.
func TestBugs(t *testing.T) {
	broken := &rules.Rule{ID: "x-broken", Check: func(*rules.Pass) { panic("oops") }}
	for name, test := range map[string]struct {
		run  func(cmd *cobra.Command, args []string) error
		want string
	}{
		"in a command": {func(*cobra.Command, []string) error { panic("oops") }, "oops"},
		"in a rule": {func(cmd *cobra.Command, _ []string) error {
			_, err := lint.Run(cmd.Context(), lint.Options{Paths: []string{"../../testdata/demo/conf"}, Rules: []*rules.Rule{broken}})
			return err
		}, "rule x-broken: tree ../../testdata/demo/conf: oops"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			cmd := &cobra.Command{RunE: test.run, SilenceErrors: true, SilenceUsage: true}
			cmd.SetArgs(nil)
			cmd.SetOut(&stdout)
			cmd.SetErr(&stderr)
			require.Equal(t, exitBug, execute(cmd))
			require.Empty(t, stdout.String())
			require.Contains(t, stderr.String(), "implycheck: this is a bug of implycheck, not of your configuration: "+test.want+"\n"+
				"Please report it at "+reportBugs)
			require.Contains(t, stderr.String(), "exit_test.go", "the place is shown")
		})
	}
}

// Errors that were joined are told one by one; what was said around them is kept.
func TestEach(t *testing.T) {
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	require.Equal(t, []error{a, b, c}, each(errors.Join(a, errors.Join(b, c))))
	both := fmt.Errorf("%w, since %w", a, b)
	require.Equal(t, []error{both}, each(both))
}
