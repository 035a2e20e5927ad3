// Package pipeline turns paths into a report. Each path is opened, every tree in
// it is linted, and each of the steps in turn looks at the tree's findings: the
// configuration that turns rules off, policies that add findings, comments and
// baselines that suppress some. A step sees a tree as long as it is in memory;
// after the last step only findings are kept, so that thousands of trees fit.
package pipeline

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// Options say what to lint and how.
type Options struct {
	Paths []string
	// Settings are how the trees below a path are read and judged.
	Settings func(path string) (Settings, error)
	// Jobs is how many paths are linted at the same time; as many as there are
	// cores if 0.
	Jobs int
	// Progress, if not nil, is called after every path.
	Progress func(done, all int)
	// Tool is who reports.
	Tool finding.Tool
}

// Settings are for one path.
type Settings struct {
	Open  conftree.Options
	Rules rules.Options
	// Steps look at every tree in turn.
	Steps []Step
}

// Step looks at one tree that was just linted, and may change its result. It
// must not keep the tree.
type Step func(t *conftree.Tree, r *Result)

// Result is what is said of one tree so far.
type Result struct {
	rules.Result
	// Suppressed are the findings that somebody chose not to see.
	Suppressed []finding.Suppressed
	// Between are choices about the findings between clusters, which are known
	// only after the last tree.
	Between []finding.Choice
}

// opened is the outcome of one path.
type opened struct {
	results []Result
	err     error
}

// Run lints every path. A path that cannot be read makes the whole run fail:
// half a result is not a result. A cancelled run fails with how far it came.
func Run(ctx context.Context, o Options) (*finding.Report, error) {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	r := &finding.Report{Version: finding.Version, Tool: o.Tool}
	var failures []string
	var groups [][]rules.Result
	var choices []finding.Choice
	done := 0
	rules.Each(o.Jobs, o.Paths, func(path string) opened {
		if ctx.Err() != nil {
			return opened{err: ctx.Err()}
		}
		results, err := lint(path, o)
		return opened{results, err}
	}, func(path opened) {
		if ctx.Err() != nil {
			return
		}
		if path.err != nil {
			failures = append(failures, path.err.Error())
		}
		group := make([]rules.Result, 0, len(path.results))
		for _, t := range path.results {
			r.Trees = append(r.Trees, t.Tree)
			r.Findings = append(r.Findings, t.Findings...)
			r.Suppressed = append(r.Suppressed, t.Suppressed...)
			choices = append(choices, t.Between...)
			group = append(group, t.Result)
		}
		groups = append(groups, group)
		done++
		if o.Progress != nil {
			o.Progress(done, len(o.Paths))
		}
	})
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("interrupted: %d of %d paths were checked, and nothing is reported of them", done, len(o.Paths))
	case len(failures) > 0:
		return nil, fmt.Errorf("%s", strings.Join(failures, "\nimplycheck: "))
	}
	if between := rules.Between(groups); len(between) > 0 {
		for _, choose := range choices {
			left, suppressed := finding.Split(between, choose)
			between, r.Suppressed = left, append(r.Suppressed, suppressed...)
		}
		r.Findings = finding.Sort(append(r.Findings, between...))
	}
	r.Summary = finding.Summarize(r.Trees, r.Findings, r.Suppressed)
	return r, nil
}

// lint opens a path and lints the trees in it.
func lint(path string, o Options) ([]Result, error) {
	settings, err := o.Settings(path)
	if err != nil {
		return nil, err
	}
	trees, err := conftree.Open(path, settings.Open)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(trees))
	for i, t := range trees {
		results[i].Result = rules.Lint(t, settings.Rules)
		for _, step := range settings.Steps {
			step(t, &results[i])
		}
	}
	return results, nil
}

// Suppress moves the findings that choose answers a reason for from the
// findings to the suppressed.
func (r *Result) Suppress(choose finding.Choice) {
	left, suppressed := finding.Split(r.Findings, choose)
	r.Findings, r.Suppressed = left, append(r.Suppressed, suppressed...)
}
