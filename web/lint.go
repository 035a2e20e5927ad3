package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io/fs"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/edit/fix"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/rules"
)

// LintRequest is what the page asks of the files that were dropped.
type LintRequest struct {
	Paths []string
	// Facts are those of lint.Options: target, deployment, instance and the like.
	Facts map[string]string
	HA    bool
}

// LintAnswer is what it gets. Nothing in it is a secret.
type LintAnswer struct {
	// Report is what lint --format json writes, and Cards its findings as pages show
	// them.
	Report json.RawMessage
	Cards  []report.Card
	// Rules say more of those that have found something.
	Rules map[string]RuleDoc
	Trees []TreeAnswer
	// Fixes is how many of them are safe, so that Fix has something to do.
	Fixes int
}

// RuleDoc is what explain says of a rule.
type RuleDoc struct{ Title, Why, Fix, Effect, Source string }

// TreeAnswer is what show and ports say of a tree.
type TreeAnswer struct {
	Path      string
	Effective json.RawMessage
	Listeners [][]string
	Flows     [][]string
}

func (r LintRequest) options(files fs.FS) lint.Options {
	return lint.Options{
		Paths: r.Paths, Files: files, Facts: r.Facts, HA: r.HA, Jobs: 1,
		Tool: finding.Tool{Name: "implycheck", Version: "web"},
	}
}

// Lint looks at files.
func Lint(ctx context.Context, files fs.FS, r LintRequest) (a LintAnswer, err error) {
	o := r.options(files)
	o.Linted = func(t *conf.Tree, findings []finding.Finding) {
		tree, failed := treeAnswer(t, r.Facts["deployment"])
		err = cmp.Or(err, failed)
		a.Trees = append(a.Trees, tree)
		for _, f := range findings {
			if f.Fix != nil && f.Fix.Safe {
				a.Fixes++
			}
		}
	}
	found, failed := lint.Run(ctx, o)
	if err = cmp.Or(failed, err); err != nil {
		return LintAnswer{}, err
	}
	found = report.Hide(found)
	var out bytes.Buffer
	if err := report.JSON(&out, found, report.Options{}); err != nil {
		return LintAnswer{}, err
	}
	a.Report, a.Cards, a.Rules = out.Bytes(), report.Cards(found.Findings), map[string]RuleDoc{}
	for _, f := range found.Findings {
		if rule, ok := rules.Lookup(f.Rule); ok {
			a.Rules[f.Rule] = RuleDoc{rule.Title, rule.Why, rule.Fix, rule.Effect, rule.Source}
		}
	}
	return a, nil
}

// treeAnswer is what show and ports say, without secrets.
func treeAnswer(t *conf.Tree, deployment string) (TreeAnswer, error) {
	var out bytes.Buffer
	processes := effective.Hide(t, effective.Of(t, effective.Options{}))
	err := report.EffectiveJSON(&out, report.Effective{Root: t.Path, Target: t.Target.Name, Processes: processes})
	kind := string(rules.DeploymentOf(t, rules.Options{Deployment: cmp.Or(deployment, "auto")}).Kind)
	said := deployment != "" && deployment != "auto"
	m := ports.Of(t, kind == "single" && (said || ports.Supervised(t) <= 1))
	listeners, flows := report.PortsTables(mask.Each(m, t.Masker().Text))
	return TreeAnswer{t.Path, out.Bytes(), listeners, flows}, err
}

// Fixed are the files that the safe fixes change, as lint --fix would write them, with
// everything that is in them.
func Fixed(ctx context.Context, files fs.FS, r LintRequest) ([]Download, error) {
	fixer, over := &fix.Fixer{}, overlaid{files, map[string][]byte{}}
	for {
		o := r.options(over)
		o.Linted = fixer.Take
		if _, err := lint.Run(ctx, o); err != nil {
			return nil, err
		}
		again, err := fixer.Again()
		if err != nil {
			return nil, err
		}
		changes := fixer.Changes()
		for _, c := range changes {
			over.files[c.Path] = c.After
		}
		if again && !slices.ContainsFunc(r.Paths, conf.Options{Files: files}.IsArchive) {
			continue
		}
		list := make([]Download, len(changes))
		for i, c := range changes {
			list[i] = Download{c.Path, string(c.After)}
		}
		return list, nil
	}
}

// overlaid is a file system with some files in the place of others.
type overlaid struct {
	fs.FS
	files map[string][]byte
}

func (o overlaid) Open(name string) (fs.File, error) {
	data, ok := o.files[name]
	if !ok {
		return o.FS.Open(name)
	}
	return NewFS([]Upload{{name, int64(len(data)), bytes.NewReader(data)}}).Open(name)
}
