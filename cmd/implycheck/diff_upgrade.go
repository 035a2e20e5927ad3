package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/fix"
	"github.com/implycheck/implycheck/pipeline"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/upgrade"
)

// upgradeReport says what the tree at path would mean to another version, and
// with --fix renames first what is called otherwise there.
func upgradeReport(cmd *cobra.Command, flags diffFlags, path string) error {
	o, err := openOptions(flags.target)
	if err != nil {
		return err
	}
	to, err := schema.ParseTarget(flags.to)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	if flags.fix && conftree.IsArchive(path) {
		return fmt.Errorf("%s: an archive cannot be fixed: unpack it first", path)
	}
	var fixer fix.Fixer
	var r upgrade.Report
	for again := true; again; {
		o.Overlay = fixer.Files()
		before, err := openOne(path, o)
		if err != nil {
			return err
		}
		after, err := openOne(path, conftree.Options{Target: &to, Overlay: o.Overlay})
		if err != nil {
			return err
		}
		// What a fix renames tells nothing of the version that the tree was for.
		target := before.Target
		o.Target = &target
		r = upgrade.Compare(before, after)
		if !flags.fix {
			break
		}
		fixer.Step(after, &pipeline.Result{Result: r.Result()})
		if again, err = fixer.Again(); err != nil {
			return err
		}
	}
	if flags.fix {
		changes := fixer.Changes()
		if err := fix.Write(changes); err != nil {
			return err
		}
		if err := printCount(cmd.ErrOrStderr(), "applied", fixer.Count(), len(changes)); err != nil {
			return err
		}
	}
	if err := writeUpgrade(cmd.OutOrStdout(), flags.format, r); err != nil {
		return err
	}
	if flags.exitCode && r.Worst() >= finding.Warning {
		return exitError(exitFindings)
	}
	return nil
}

// openOne opens the only tree below a path.
func openOne(path string, o conftree.Options) (*conftree.Tree, error) {
	trees, err := conftree.Open(path, o)
	switch {
	case err != nil:
		return nil, err
	case len(trees) == 0:
		return nil, errors.New(path + ": no configuration tree below it")
	case len(trees) > 1:
		paths := make([]string, len(trees))
		for i, t := range trees {
			paths[i] = t.Path
		}
		return nil, fmt.Errorf("%s holds %d clusters: name one of %s", path, len(trees), strings.Join(paths, ", "))
	}
	return trees[0], nil
}
