// Package lint turns paths into a report. Each path is opened, every tree in
// it is linted, and each of the steps in turn looks at the tree's findings: the
// configuration that turns rules off, policies that add findings, comments and
// baselines that suppress some. A step sees a tree as long as it is in memory;
// after the last step only findings are kept, so that thousands of trees fit.
package lint

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// Options say what to lint and how.
type Options struct {
	// Paths are folders, archives, and single files. Of a file's tree only what
	// concerns the file is reported.
	Paths []string
	// Overlay holds what files among Paths are to be read as, by their path.
	Overlay map[string][]byte
	// Settings are how the trees below a path are read and judged.
	Settings func(path string) (Settings, error)
	// Jobs is how many paths are linted at the same time; as many as there are
	// cores if 0.
	Jobs int
	// Progress, if not nil, is called after every tree, by one job at a time. As
	// long as a path was not opened it counts as one tree.
	Progress func(done, all int)
	// Tool is who reports.
	Tool finding.Tool
}

// Settings are for one path.
type Settings struct {
	Open  conf.Options
	Rules rules.Options
	// Tree, if not nil, says how one tree is judged, in place of Rules, and
	// whether it is linted at all.
	Tree func(path string) (o rules.Options, lint bool, err error)
	// Steps look at every tree in turn.
	Steps []Step
}

// Step looks at one tree that was just linted, and may change its result. It
// must not keep the tree.
type Step func(t *conf.Tree, r *Result)

// Result is what is said of one tree so far.
type Result struct {
	rules.Result
	// Suppressed are the findings that somebody chose not to see.
	Suppressed []finding.Suppressed
	// Between are choices about the findings between clusters, which are known
	// only after the last tree.
	Between []finding.Choice
}

// opened is the outcome of one place.
type opened struct {
	place   *place
	results []Result
	err     error
}

// Run lints every path. A path that cannot be read makes the whole run fail:
// half a result is not a result. A cancelled run fails with what was not checked.
func Run(ctx context.Context, o Options) (*finding.Report, error) {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	r := &finding.Report{Version: finding.Version, Tool: o.Tool}
	all, err := places(o.Paths, o.Overlay)
	if err != nil {
		return nil, err
	}
	var failures, unchecked []string
	var groups [][]rules.Result
	var choices []finding.Choice
	tally := newTally(len(all), o.Progress)
	rules.Each(o.Jobs, all, func(p *place) opened {
		results, err := lint(ctx, p, o, tally)
		return opened{p, results, err}
	}, func(path opened) {
		switch {
		case path.err != nil && path.err == ctx.Err():
			unchecked = append(unchecked, path.place.path)
		case path.err != nil:
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
	})
	switch {
	case len(unchecked) > 0:
		return nil, interrupted(unchecked)
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

// lint opens a place and lints the trees in it.
func lint(ctx context.Context, p *place, o Options, tally *tally) ([]Result, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	settings, err := o.Settings(p.path)
	if err != nil {
		return nil, err
	}
	if o.Overlay != nil {
		settings.Open.Overlay = o.Overlay
	}
	trees, err := p.open(ctx, settings.Open)
	if err != nil {
		return nil, err
	}
	tally.found(len(trees))
	results := make([]Result, 0, len(trees))
	for i, t := range trees {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r, wanted, err := settings.lint(t)
		if err != nil {
			return nil, err
		}
		if wanted {
			p.only(&r)
			results = append(results, r)
		}
		trees[i] = nil // its files are not needed any more
		tally.checked()
	}
	return results, nil
}

// lint lints one tree, if that is wanted, and lets every step see it.
func (s Settings) lint(t *conf.Tree) (r Result, wanted bool, err error) {
	o, wanted := s.Rules, true
	if s.Tree != nil {
		if o, wanted, err = s.Tree(t.Path); err != nil || !wanted {
			return r, false, err
		}
	}
	r.Result = rules.Lint(t, o)
	for _, step := range s.Steps {
		step(t, &r)
	}
	return r, true, nil
}

// Suppress moves the findings that choose answers a reason for from the
// findings to the suppressed.
func (r *Result) Suppress(choose finding.Choice) {
	left, suppressed := finding.Split(r.Findings, choose)
	r.Findings, r.Suppressed = left, append(r.Suppressed, suppressed...)
}
