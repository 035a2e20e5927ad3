package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint/since"
)

// changedFlags restrict a report to what is new.
type changedFlags struct {
	from string
}

func (c *changedFlags) add(f *pflag.FlagSet) {
	f.StringVar(&c.from, "new-from", "", "report only what is new since this git revision: on changed lines, and what the change caused elsewhere")
}

func (c *changedFlags) asked() bool { return c.from != "" }

// check refuses what has no history.
func (c *changedFlags) check(f *pflag.FlagSet, x fixFlags, paths []string) error {
	switch {
	case f.Changed("new-from") && c.from == "":
		return errors.New("--new-from: since which revision? Write a branch, a tag or a commit")
	case !c.asked():
		return nil
	case x.asked():
		return errors.New("--new-from reports some of the findings, and --fix and --diff take all: say one of them")
	case slices.Contains(paths, "-"):
		return errors.New("--new-from: standard input has no history: name the tree")
	}
	if i := slices.IndexFunc(paths, conf.IsArchive); i >= 0 {
		return fmt.Errorf("--new-from: %s is an archive, and has no history: name the tree in its repository", paths[i])
	}
	return nil
}

// run lints the trees as they are and as they were.
func (c *changedFlags) run(ctx context.Context, paths []string, lint linter, quiet bool, log io.Writer) (*finding.Report, error) {
	r, err := lint(paths, nil)
	if err != nil {
		return nil, err
	}
	changes, err := since.Since(ctx, c.from, paths)
	if err != nil {
		return nil, fmt.Errorf("--new-from: %w", err)
	}
	were := slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		_, err := conf.Open(ctx, path, conf.Options{Overlay: changes.Old})
		return errors.Is(err, conf.ErrNoConfiguration)
	})
	old, err := lint(were, changes.Old)
	if err != nil {
		return nil, err
	}
	all := len(r.Findings)
	r.Findings = changes.New(r.Findings, old.Findings)
	r.Summary = finding.Summarize(r.Trees, r.Findings, r.Suppressed)
	if left := all - len(r.Findings); left > 0 && !quiet {
		_, err = fmt.Fprintf(log, "%s left out: as at %s\n", count(left, "finding", "findings"), c.from)
	}
	return r, err
}
