package main

import (
	"errors"

	"github.com/spf13/cobra"
)

// diffFlags are what a user may say to diff.
type diffFlags struct {
	target, to, format string
	fix, exitCode      bool
}

func newDiff() *cobra.Command {
	var flags diffFlags
	cmd := &cobra.Command{
		Use:   "diff [flags] PATH",
		Short: "Say what an upgrade means to a configuration tree",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.to == "" {
				return errors.New("diff with what? Name the version to upgrade to with --to")
			}
			return upgradeReport(cmd, flags, args[0])
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.target, "target", "auto", "version the tree is written for: auto, imply-3.0.19, druid-28, ...")
	f.StringVar(&flags.to, "to", "", "version to upgrade to")
	f.StringVar(&flags.format, "format", "text", "output format: text, markdown, json")
	f.BoolVar(&flags.fix, "fix", false, "apply the exact renames to the files")
	f.BoolVar(&flags.exitCode, "exit-code", false, "exit with 1 when something stops or is ignored")
	return cmd
}
