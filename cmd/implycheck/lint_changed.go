package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/finding"
)

type changedFlags struct{ from string }

func (c *changedFlags) add(f *pflag.FlagSet) {
	f.StringVar(&c.from, "new-from", "", "report only what is new since this git revision: on changed lines, and what the change caused elsewhere")
}

func (c *changedFlags) asked() bool { return c.from != "" }

func (c *changedFlags) check(x fixFlags) error {
	if c.asked() && x.asked() {
		return errors.New("--new-from reports what is new, and --fix and --diff change everything: leave one of them out")
	}
	return nil
}

func (c *changedFlags) run(ctx context.Context, paths []string, lint linter, log io.Writer) (*finding.Report, error) {
	return nil, nil
}
