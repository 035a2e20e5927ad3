package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/lint/policy"
)

// exportFlags are what a user may say to export.
type exportFlags struct {
	open               openFlags
	deployment, format string
}

func newExport() *cobra.Command {
	var flags exportFlags
	cmd := &cobra.Command{
		Use:   "export [flags] PATH",
		Short: "Print what a policy sees of a configuration tree",
		Long: `Export prints a tree as policies see it: for each service the effective value of
every key, set or by default, and what java is told; and facts of the tree.
Numbers, sizes in bytes, booleans and JSON are values of their own. Secrets are
masked. docs/policies.md says how to write a policy.`,
		Example: `  implycheck export conf/
  implycheck export --format json conf/ | jq '.historical["druid.server.http.numThreads"]'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("export what? Name one configuration tree, as in: implycheck export conf/")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return export(cmd, flags, args[0]) },
	}
	f := cmd.Flags()
	flags.open.add(cmd, "the tree is")
	f.StringVar(&flags.deployment, "deployment", "auto", "where the processes run: auto, single (one machine) or cluster")
	f.StringVar(&flags.format, "format", "cue", "output format: "+strings.Join(policy.Formats(), ", "))
	complete(cmd, "deployment", config.Deployments)
	complete(cmd, "format", policy.Formats())
	return cmd
}

func export(cmd *cobra.Command, flags exportFlags, path string) error {
	if err := checkDeployment(flags.deployment); err != nil {
		return err
	}
	t, err := flags.open.open(cmd.Context(), path)
	if err != nil {
		return err
	}
	deployment, err := flags.open.deployment(t, flags.deployment)
	if err != nil {
		return err
	}
	text, err := policy.Export(t, string(deployment.Kind), flags.format)
	if err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	_, err = cmd.OutOrStdout().Write(text)
	return err
}
