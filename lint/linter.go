package lint

import (
	"context"
	"slices"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/lint/baseline"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/rules"
)

// linter is a run at work.
type linter struct {
	Options
	// before is set where the trees are read as they were at a revision: then
	// paths may hold no configuration.
	before interface {
		Old(path string) map[string][]byte
	}
	config *config.Run
	loaded *policies
}

// lint takes the steps of a run but the last two; the findings are sorted.
func (l *linter) lint(ctx context.Context) (*finding.Report, error) {
	facts, err := config.FactsOf(l.Facts)
	if err != nil {
		return nil, err
	}
	l.config = &config.Run{
		Finder: config.Finder{File: l.ConfigFile, None: l.NoConfig, Files: l.Files},
		Flags:  facts, Today: config.DateOf(l.Today), NoIgnores: l.NoIgnores, Paths: l.Paths,
	}
	sources, err := l.find(ctx)
	if err != nil {
		return nil, err
	}
	trees, err := l.lintTrees(ctx, sources)
	if err != nil {
		return nil, err
	}
	l.compare(trees)
	r := &finding.Report{Version: finding.Version, Tool: l.Tool}
	for _, t := range trees {
		r.Trees = append(r.Trees, t.describe())
		r.Findings = append(r.Findings, t.findings...)
		r.Suppressed = append(r.Suppressed, t.suppressed...)
	}
	l.add(r, l.config.Leftover())
	r.Findings = finding.Sort(r.Findings)
	return r, l.applyBaselines(r, trees)
}

// compare compares the clusters with one another: trees below one path may be
// the servers of one cluster.
func (l *linter) compare(trees []*tree) {
	groups := map[*place]int{}
	var results [][]rules.Result
	for _, t := range trees {
		i, known := groups[t.place]
		if !known {
			i, results = len(results), append(results, nil)
			groups[t.place] = i
		}
		results[i] = append(results[i], t.result)
	}
	found := map[string][]finding.Finding{}
	for _, f := range rules.Between(results) {
		found[f.Tree] = append(found[f.Tree], f)
	}
	for _, t := range trees {
		l.suppress(t, found[t.result.Tree.Path])
		delete(found, t.result.Tree.Path) // the same tree may be there twice
	}
}

// add takes findings that are about no tree alone.
func (l *linter) add(r *finding.Report, findings []finding.Finding) {
	left, suppressed := l.config.Apply(findings)
	r.Findings, r.Suppressed = append(r.Findings, left...), append(r.Suppressed, suppressed...)
}

// applyBaselines applies the baselines of all trees, in the order of the trees.
func (l *linter) applyBaselines(r *finding.Report, trees []*tree) error {
	var names []disk.Name
	for _, t := range trees {
		if name := t.baseline; name.Path != "" && !l.NoIgnores && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		b, err := baseline.Load(name)
		if err != nil {
			return err
		}
		left, suppressed, stale := b.Apply(r.Findings, r.Trees, l.Paths)
		r.Findings, r.Suppressed = left, append(r.Suppressed, suppressed...)
		l.add(r, stale)
		r.Findings = finding.Sort(r.Findings)
	}
	return nil
}

// failing counts the findings that are at or above what fails their tree.
func (l *linter) failing(findings []finding.Finding) int {
	n, least := 0, map[string]finding.Severity{}
	for _, f := range findings {
		if _, known := least[f.Tree]; !known {
			s, err := l.config.For(f.Tree)
			if err != nil {
				continue // has failed the run
			}
			least[f.Tree] = s.FailOn
		}
		if f.Severity >= least[f.Tree] {
			n++
		}
	}
	return n
}
