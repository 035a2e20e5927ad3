package main

import (
	"errors"
	"fmt"
	"math"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/internal/lsp"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/lint/config"
)

func newLSP() *cobra.Command {
	var run runFlags
	cmd := &cobra.Command{
		Use:   "lsp [flags]",
		Short: "Serve an editor: findings, explanations, completion and fixes while you type",
		Long: `Lsp speaks the Language Server Protocol on standard input and output. An editor
starts it and shows what lint finds in the trees below its workspace, unsaved
texts included. docs/editors.md has what Neovim, VS Code, Helix, Emacs and others
need to start it. Nothing is executed, nothing leaves the machine, and no file is
written: what a fix changes, the editor changes.

The flags are those of lint, and say what files do not tell; a file
.implycheck.yaml in the workspace can hold all that.

Exit codes: 0 the editor has shut the server down, 1 it went away without that,
2 used wrongly, 3 a bug of implycheck.`,
		Example: `  implycheck lsp
  implycheck lsp --target imply-3.0.19 --deployment cluster`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := run.of(cmd.Flags(), nil)
			if err != nil {
				return err
			}
			if _, err := config.FactsOf(o.Facts); err != nil {
				return err
			}
			// A server lives for days: it has what it needs, and no more than is alive.
			debug.SetMemoryLimit(math.MaxInt64)
			debug.SetGCPercent(100)
			err = lsp.Serve(cmd.Context(), cmd.InOrStdin(), report.Raw(cmd.OutOrStdout()), lsp.Options{Lint: o})
			if errors.Is(err, lsp.ErrNoShutdown) {
				fmt.Fprintln(cmd.ErrOrStderr(), "implycheck:", err)
				return exitError(exitFindings)
			}
			return err
		},
	}
	run.add(cmd)
	// Editors that were told so by a library say how to talk, and there is one way.
	cmd.Flags().Bool("stdio", true, "talk on standard input and output; there is no other way")
	for _, name := range []string{"stdio", "ca-file", "insecure"} { // an editor opens files and no clusters
		_ = cmd.Flags().MarkHidden(name)
	}
	return cmd
}
