//go:build !js

package lint

import (
	"context"
	"fmt"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint/since"
)

// leaveOutOld keeps what is new since a revision: the trees are linted a second
// time, as they were then.
func (l *linter) leaveOutOld(ctx context.Context, r *finding.Report) error {
	changes, err := since.Since(ctx, l.NewFrom, l.Paths)
	if ctx.Err() != nil {
		return &Interrupted{Unchecked: l.Paths, cause: ctx.Err()}
	}
	if err != nil {
		return fmt.Errorf("--new-from: %w", err)
	}
	before := &linter{Options: l.Options, before: changes, loaded: l.loaded}
	before.Linted = nil
	old, err := before.lint(ctx)
	if err != nil {
		return err
	}
	all := len(r.Findings)
	r.Findings = changes.New(r.Findings, old.Findings)
	r.Old = all - len(r.Findings)
	return nil
}
