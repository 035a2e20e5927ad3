package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/diff/upgrade"
	"github.com/implycheck/implycheck/internal/edit/fix"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/schema"
)

// upgradeReport says what the tree at path would mean to another version, and
// with --fix renames first what is called otherwise there.
func upgradeReport(cmd *cobra.Command, flags diffFlags, path string) error {
	if !slices.Contains(report.UpgradeFormats, flags.format) {
		return fmt.Errorf("--format: unknown %q: write one of %s", flags.format, strings.Join(report.UpgradeFormats, ", "))
	}
	o, err := flags.open.options(path)
	if err != nil {
		return err
	}
	to, err := schema.ParseTarget(flags.to)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	if flags.fix && conf.IsArchive(path) {
		return fmt.Errorf("%s: an archive cannot be fixed: unpack it first", path)
	}
	if flags.fix && conf.IsCluster(path) {
		return fmt.Errorf("%s: a running cluster cannot be fixed: name the files that it was started with", path)
	}
	before, err := openOne(cmd.Context(), path, o)
	if err != nil {
		return err
	}
	o.Target = &to
	after, err := openOne(cmd.Context(), path, o)
	if err != nil {
		return err
	}
	r, err := upgrade.Compare(cmd.Context(), before, after)
	if err != nil {
		return err
	}
	if flags.fix {
		if r, err = fixUpgrade(cmd.Context(), r, before, after, path, cmd.ErrOrStderr()); err != nil {
			return err
		}
	}
	if err := report.WriteUpgrade(cmd.OutOrStdout(), flags.format, tool(), r.Hide(after)); err != nil {
		return err
	}
	if flags.exitCode && r.Worst() >= finding.Warning {
		return exitError(exitFindings)
	}
	return nil
}

// fixUpgrade makes the renames of a report until there are none, writes them,
// and answers what is left. The version that the tree was for stays what it was,
// whatever the fixed files tell.
func fixUpgrade(ctx context.Context, r upgrade.Report, before, after *conf.Tree, path string, log io.Writer) (upgrade.Report, error) {
	var fixer fix.Fixer
	from, to, reason := before.Target, after.Target, r.FromReason
	for {
		fixer.Take(after, r.Fixable())
		again, err := fixer.Again()
		if err != nil {
			return r, err
		}
		if !again {
			break
		}
		if before, err = openOne(ctx, path, conf.Options{Target: &from, Overlay: fixer.Files()}); err != nil {
			return r, err
		}
		if after, err = openOne(ctx, path, conf.Options{Target: &to, Overlay: fixer.Files()}); err != nil {
			return r, err
		}
		if r, err = upgrade.Compare(ctx, before, after); err != nil {
			return r, err
		}
		r.FromReason = reason
	}
	changes := fixer.Changes()
	if err := writeFixes(log, changes, false); err != nil {
		return r, err
	}
	return r, printCount(log, "applied", fixer.Count(), len(changes))
}
