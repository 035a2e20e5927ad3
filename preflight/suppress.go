package preflight

import (
	"cmp"
	"slices"
	"time"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/lint/suppress"
)

// suppress applies the configuration file and the comments of the tree, as lint
// does, and counts. A check that is suppressed stays in the table with its verdict.
func (r *run) suppress(report *finding.Report) error {
	today := config.DateOf(time.Now())
	run := &config.Run{
		Finder: config.Finder{File: r.ConfigFile, None: r.NoConfig}, Flags: r.Facts, Today: today, NoIgnores: r.NoIgnores, Paths: []string{r.Tree.Path},
	}
	settings, err := run.For(r.Tree.Path)
	if err != nil {
		return err
	}
	left, suppressed := run.Apply(report.Findings)
	if !r.NoIgnores {
		comments := suppress.Read(r.Tree, suppress.Options{Today: string(today), Locked: settings.Locked})
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
