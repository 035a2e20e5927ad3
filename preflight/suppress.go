package preflight

import (
	"cmp"
	"slices"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint/suppress"
)

// suppress applies the configuration file and the comments of the tree, as lint
// does, and counts. A check that is suppressed stays in the table with its verdict.
func (r *run) suppress(report *finding.Report) error {
	settings, err := r.Config.For(r.Tree.Path)
	if err != nil {
		return err
	}
	left, suppressed := r.Config.Apply(report.Findings)
	if !r.Config.NoIgnores {
		comments := suppress.Read(r.Tree, suppress.Options{Today: string(r.Config.Today), Locked: settings.Locked})
		var byComment []finding.Suppressed
		left, byComment = finding.Suppress(left, comments.Suppresses)
		suppressed = append(suppressed, byComment...)
	}
	slices.SortStableFunc(left, func(a, b finding.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	report.Findings, report.Suppressed = left, suppressed
	report.Summary = finding.Summarize(report.Trees, left, suppressed)
	for _, f := range left {
		if f.Severity >= settings.FailOn {
			report.Failing++
		}
	}
	return nil
}
