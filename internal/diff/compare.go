// Package diff finds what changes in meaning between two configurations.
//
// Trees pairs the processes of two trees and compares what each effectively
// gets, not what the files look like: comments, order, line ends, units, and the
// file in which a property stands are no change. What reaches several processes
// from one place is one change. Files that are not Druid's own are read into
// items (item.go), whatever their format, and compared path by path. What the
// changes mean for an operator is worked out last (consequences.go).
//
// The package is pure: trees in, plain values out.
package diff

import (
	"context"
	"path"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/rules"
)

// Options say how the trees are judged.
type Options struct {
	Lint rules.Options
}

// Trees compares two copies of a cluster.
func Trees(ctx context.Context, a, b *conf.Tree, o Options) (Cluster, error) {
	list := pairs(a, b)
	other := []File{}
	if !running(a, b) {
		other = files(a, b, list)
	}
	c, err := cluster(ctx, a, b, list, other, o)
	if more := unread(a, b, c.Files); len(more) > 0 {
		c.Kind, c.Files = Changed, append(c.Files, more...)
	}
	return hide(c, a, b), err
}

// Services compares two processes, which may be of one tree.
func Services(ctx context.Context, a, b *conf.Service, o Options) (Cluster, error) {
	p := pair{name: a.Name, a: of(a), b: of(b)}
	if a.Name != b.Name {
		p.name = a.Name + " -> " + b.Name
	}
	c, err := cluster(ctx, a.Tree(), b.Tree(), []pair{p}, []File{}, o)
	c.Consequences = only(c.Consequences, a.Name, b.Name)
	return hide(c, a.Tree(), b.Tree()), err
}

func cluster(ctx context.Context, a, b *conf.Tree, list []pair, other []File, o Options) (c Cluster, err error) {
	c = Cluster{Kind: Same, Before: side(a), After: side(b), Groups: groups(list), Files: other}
	if s := Summarize([]Cluster{c}); s.Changes+s.Mild > 0 {
		c.Kind = Changed
	}
	c.Consequences, err = consequences(ctx, a, b, list, &c, o)
	return c, err
}

// One is a cluster that the other side does not have.
func One(t *conf.Tree, kind Kind) Cluster {
	c := Cluster{Kind: kind, Groups: []Group{}, Files: []File{}, Consequences: none()}
	if kind == Added {
		c.After = side(t)
	} else {
		c.Before = side(t)
	}
	return hide(c, t)
}

// hide takes the secrets of trees out of what is said of them. The values of
// secret keys are out already: only here two of them can be told apart.
func hide(c Cluster, trees ...*conf.Tree) Cluster {
	for _, t := range trees {
		c = mask.Each(c, t.Masker().Text)
	}
	return c
}

func side(t *conf.Tree) *Side {
	return &Side{Path: t.Path, Target: t.Target.Name, TargetReason: t.TargetReason}
}

// process is a service and what it gets.
type process struct {
	service *conf.Service
	gets    effective.Process
}

// of is what one service gets.
func of(s *conf.Service) *process {
	i := slices.Index(s.Tree().Services, s)
	return &process{s, effective.Of(s.Tree(), effective.Options{})[i]}
}

// pair is a process before and after; one of them is nil where it is new or gone.
type pair struct {
	name string
	a, b *process
}

// pairs finds the processes that are the same: of the same name in the same
// folder, then of the same name.
func pairs(a, b *conf.Tree) []pair {
	as, bs := processes(a), processes(b)
	var list []pair
	taken := map[*process]bool{}
	match := func(same func(p, q *process) bool) {
		for _, p := range as {
			for _, q := range bs {
				if !taken[p] && !taken[q] && same(p, q) {
					taken[p], taken[q] = true, true
					list = append(list, pair{q.service.Name, p, q})
				}
			}
		}
	}
	match(func(p, q *process) bool { return p.service.Name == q.service.Name && p.folder() == q.folder() })
	match(func(p, q *process) bool { return p.service.Name == q.service.Name })
	if running(a, b) {
		match(func(p, q *process) bool { return p.service.Process() == q.service.Process() })
		list = append(list, instances(as, bs, taken)...)
	}
	for _, p := range as {
		if !taken[p] {
			list = append(list, pair{name: p.service.Name, a: p})
		}
	}
	for _, q := range bs {
		if !taken[q] {
			list = append(list, pair{name: q.service.Name, b: q})
		}
	}
	nameApart(list)
	slices.SortStableFunc(list, func(p, q pair) int { return order(p) - order(q) })
	return list
}

// running reports whether one of two trees is a running cluster, of which nobody has
// files, and the other one is not.
func running(a, b *conf.Tree) bool { return a.Running() != b.Running() }

// instances are the further processes of a running cluster that files configure once:
// every Historical has the files of the Historical.
func instances(as, bs []*process, taken map[*process]bool) (list []pair) {
	of := func(left, files []*process, add func(p, file *process)) {
		for _, p := range left {
			i := slices.IndexFunc(files, func(f *process) bool { return f.service.Process() == p.service.Process() })
			if !taken[p] && i >= 0 && p.service.Tree().Running() {
				taken[p] = true
				add(p, files[i])
			}
		}
	}
	of(as, bs, func(p, file *process) { list = append(list, pair{p.service.Name, p, file}) })
	of(bs, as, func(p, file *process) { list = append(list, pair{p.service.Name, file, p}) })
	return list
}

func processes(t *conf.Tree) []*process {
	all := effective.Of(t, effective.Options{})
	list := make([]*process, len(all))
	for i, s := range t.Services {
		list[i] = &process{s, all[i]}
	}
	return list
}

// folder is the service's folder below the tree; empty in flat layouts.
func (p *process) folder() string {
	for _, f := range []*conf.File{p.service.Runtime, p.service.JVM, p.service.Main, p.service.Common} {
		if f != nil {
			return path.Dir(p.service.Tree().Within(f))
		}
	}
	return ""
}

// nameApart adds the folder to the names of processes that share one.
func nameApart(list []pair) {
	count := map[string]int{}
	for _, p := range list {
		count[p.name]++
	}
	for i, p := range list {
		if count[p.name] > 1 {
			list[i].name += " (" + p.running().folder() + ")"
		}
	}
}

// either is the process after the change, or the one that is gone.
func (p pair) either() *process {
	if p.b != nil {
		return p.b
	}
	return p.a
}

// running is the process that runs, if that is one of two; else either.
func (p pair) running() *process {
	if p.a != nil && p.a.service.Tree().Running() {
		return p.a
	}
	return p.either()
}

// order is that of the services in a tree.
func order(p pair) int { return slices.Index(conf.ServiceNames(), p.either().service.Name) }
