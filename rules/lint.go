package rules

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// Options say how trees are run, where the trees themselves do not.
type Options struct {
	// Deployment is auto (or empty), single or cluster.
	Deployment string
	Topology   Topology
	// HA asks whether the cluster survives the loss of any one server.
	HA bool
	// Rules restricts the run to some rules; nil runs all.
	Rules []*Rule
}

// Result is what Lint says of one tree; Between compares several.
type Result struct {
	Tree     finding.Tree
	Findings []finding.Finding

	claims []Claim
}

// Lint checks one tree. It fails when the context ends, and with a *Bug when a
// rule panics.
func Lint(ctx context.Context, t *conf.Tree, o Options) (result Result, err error) {
	rules := o.Rules
	if rules == nil {
		rules = All()
	}
	p := Pass{Tree: t, Topology: o.Topology.seen(t), HA: o.HA, near: newSuggestions(), left: places{}}
	defer func() {
		if bug := recover(); bug != nil {
			err = NewBug(bug, t.Path, p.rule)
		}
	}()
	d := DeploymentOf(t, o)
	p.Deployment, p.settings = d, settings(t)
	if p.unknown = d.Kind == conf.UnknownDeployment; p.unknown {
		p.Deployment.Kind = conf.Cluster
	}
	for i := range p.settings {
		if key := p.settings[i].Key; strings.HasPrefix(key, "druid.") && !syntax.HasPlaceholder(key) {
			p.druid = append(p.druid, i)
		}
	}
	for _, r := range rules {
		if ctx.Err() != nil {
			return Result{}, ctx.Err()
		}
		if r.Check != nil {
			p.rule = r
			p.judge(r)
		}
	}
	p.rule = nil
	for _, f := range p.kept {
		f.Help = helpIn(t.Form, f)
		f.Effect = p.effectHere(f.Effect)
	}
	tree := Describe(t, d)
	tree.IfCluster = count(p.ifCluster)
	if o.HA {
		tree.HighAvailability = p.highAvailability()
	}
	return Result{tree, finish(rules, p.kept, p.left), p.claims(rules)}, nil
}

// LintAll checks several trees at the same time, and answers in their order. A
// tree that is named twice is checked once: a tree is for one goroutine. It fails as
// Lint does.
func LintAll(ctx context.Context, o Options, trees ...*conf.Tree) ([]Result, error) {
	results, failures := make([]Result, len(trees)), make([]error, len(trees))
	var group sync.WaitGroup
	for i, t := range trees {
		if slices.Index(trees, t) == i {
			group.Go(func() { results[i], failures[i] = Lint(ctx, t, o) })
		}
	}
	group.Wait()
	for i, t := range trees {
		results[i] = results[slices.Index(trees, t)]
	}
	return results, errors.Join(failures...)
}

// Describe is a tree as a report has it.
func Describe(t *conf.Tree, d conf.Deployment) finding.Tree {
	services := make([]string, 0, len(t.Services))
	for _, s := range t.Services {
		services = append(services, s.Name)
	}
	return finding.Tree{
		Path: t.Path, Target: t.Target.Name, TargetReason: t.TargetReason, Possible: t.Possible.String(),
		Deployment: string(d.Kind), DeploymentReason: d.Reason, Services: services, Files: t.Count(),
		Form: t.Form,
	}
}

// count says how many errors and warnings there are; nil for none.
func count(list []finding.Severity) *finding.Counts {
	if len(list) == 0 {
		return nil
	}
	var n finding.Counts
	for _, s := range list {
		switch s {
		case finding.Error:
			n.Errors++
		case finding.Warning:
			n.Warnings++
		}
	}
	return &n
}

// settings gathers every place that sets a key.
func settings(t *conf.Tree) []Setting {
	var list []Setting
	add := func(v conf.Value, services []*conf.Service) {
		p, _ := schema.Lookup(v.Key)
		list = append(list, Setting{v, services, p})
	}
	for _, f := range t.Files {
		services := t.Readers(f)
		values := f.Values(t)
		list = slices.Grow(list, len(values))
		for _, v := range values {
			add(v, services)
		}
	}
	return list
}

// finish merges what several processes see alike, drops what a more specific
// rule has said, and sorts.
func finish(rules []*Rule, found []*finding.Finding, said places) []finding.Finding {
	for _, f := range found {
		said.add(f.File, f.Line, f.Rule)
	}
	defers := map[string][]string{}
	for _, r := range rules {
		if len(r.DefersTo) > 0 {
			defers[r.ID] = r.DefersTo
		}
	}
	list := make([]finding.Finding, 0, len(found))
	for _, f := range found {
		if f.Stock && f.Severity == finding.Info {
			continue // nobody has written it, and it does no harm
		}
		known := slices.ContainsFunc(defers[f.Rule], func(id string) bool { return said.has(f.File, f.Line, id) })
		if !known {
			sayMore(f)
			list = append(list, *f)
		}
	}
	return finding.Sort(merge(list))
}

// merge makes one finding of those that differ only in the process: the mistake
// stands in a shared file.
func merge(list []finding.Finding) []finding.Finding {
	slices.SortStableFunc(list, finding.Compare)
	merged := list[:0]
	for _, f := range list {
		if n := len(merged); n > 0 && same(merged[n-1], f) {
			if merged[n-1].Service != f.Service {
				merged[n-1].Service = ""
			}
			continue
		}
		merged = append(merged, f)
	}
	return merged
}

func same(a, b finding.Finding) bool {
	return a.Rule == b.Rule && a.File == b.File && a.Line == b.Line && a.Column == b.Column &&
		a.Message == b.Message && a.Property == b.Property
}
