// Package policy checks trees against rules of a user's own, written in CUE.
//
// A policy constrains the effective values of services and the facts of a tree;
// View is what it sees. A Runner has it compiled once, by a worker, and each
// tree's values unified with it there: policies may be a stranger's, and what a
// worker takes of time, memory and stack is bounded.
//
// CUE's own errors are not shown: they name places in the policy, hide one
// another, and speak of bounds and bottoms. Each value is looked at by itself,
// and the finding says what the value is, where it is written, and what the
// policy wants of it in the words of the policy.
package policy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// Policy is a policy that holds what it says: it was compiled.
type Policy struct {
	// Name is the file or the folder.
	Name    string
	sources []source
	wishes  []wish
	names   map[string]bool
	rules   []string
	runner  *Runner
	// stopped says why it is not evaluated any more, nil if it is.
	stopped error
}

// take keeps what the worker says of a policy.
func (p *Policy) take(a answer) {
	p.wishes, p.names = a.Wishes, map[string]bool{}
	for _, name := range a.Names {
		p.names[name] = true
	}
	for _, w := range p.wishes {
		p.rules = append(p.rules, w.Rule.ID)
	}
	slices.Sort(p.rules)
	p.rules = slices.Compact(p.rules)
}

// Rules are the names of the policy's rules, sorted.
func (p *Policy) Rules() []string { return p.rules }

// unchecked is what only one kind of finding says.
const unchecked = " was not checked: it "

// IsUnchecked reports whether a finding says that a policy took too much, so that
// nothing is known of its rules.
func IsUnchecked(f finding.Finding) bool {
	return f.Rule == plain.ID && strings.Contains(f.Message, unchecked)
}

// Check gives the findings of a policy in a tree; none when the context ends.
func (p *Policy) Check(ctx context.Context, t *conf.Tree, deployment string) []finding.Finding {
	views := Views(t, deployment, func(key string) bool { return p.names[key] })
	answer, err := p.runner.ask(ctx, p, views)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return []finding.Finding{{
			Tree: t.Path, Rule: plain.ID, Severity: plain.Severity, Location: finding.Location{File: t.Files[0].Path},
			Message: fmt.Sprintf("the policy %s"+unchecked+"%s", p.Name, err),
		}}
	}
	var list []finding.Finding
	for i, breaches := range answer.Breaches {
		for _, b := range breaches {
			list = append(list, p.finding(t, views[i], b))
		}
	}
	return merge(list)
}
