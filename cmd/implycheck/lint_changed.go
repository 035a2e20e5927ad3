package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// changedFlags restrict a report to what is new.
type changedFlags struct {
	from string
}

func (c *changedFlags) add(f *pflag.FlagSet) {
	f.StringVar(&c.from, "new-from", "", "report only what is new since this git revision: on changed lines, and what the change caused elsewhere")
}

// check refuses what has no history.
func (c *changedFlags) check(f *pflag.FlagSet, x fixFlags, paths []string) error {
	switch {
	case f.Changed("new-from") && c.from == "":
		return errors.New("--new-from: since which revision? Write a branch, a tag or a commit")
	case c.from == "":
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

// tell says how much was left out.
func (c *changedFlags) tell(log io.Writer, r *finding.Report) {
	if r.Old > 0 {
		fmt.Fprintf(log, "%s left out: as at %s\n", count(r.Old, "finding", "findings"), c.from)
	}
}
