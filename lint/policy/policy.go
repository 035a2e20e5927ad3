// Package policy checks trees against rules of a user's own, written in CUE.
//
// A policy constrains the effective values of services and the facts of a tree;
// View is what it sees. Each policy is compiled once for each goroutine that
// needs it, and each tree's values are unified with it.
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
	"sync"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// timeout is how long a policy may take for one tree; a usual one takes a
// millisecond.
const timeout = 10 * time.Second

// Policy is a policy that holds what it says: it was compiled.
type Policy struct {
	// Name is the file or the folder.
	Name    string
	sources []source
	names   map[string]bool
	rules   []string

	mu   sync.Mutex
	free []*evaluator
}

// Load reads and compiles a policy: a file, or all *.cue of a folder, which make
// one package. Its error says where the policy is broken.
func Load(ctx context.Context, name string) (*Policy, error) {
	sources, err := read(name)
	if err != nil {
		return nil, err
	}
	p := &Policy{Name: name, sources: sources}
	type compiled struct {
		e   *evaluator
		err error
	}
	result, ok := within(ctx, timeout, func() compiled {
		e, err := newEvaluator(sources)
		return compiled{e, err}
	})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case !ok:
		return nil, fmt.Errorf("policy %s: it takes more than %s to evaluate", name, timeout)
	case result.err != nil:
		return nil, result.err
	}
	files, err := parse(sources)
	if err != nil {
		return nil, err
	}
	p.names = names(files)
	for _, c := range result.e.clauses {
		p.rules = append(p.rules, c.rule.id)
	}
	slices.Sort(p.rules)
	p.rules = slices.Compact(p.rules)
	p.put(result.e)
	return p, nil
}

// Rules are the names of the policy's rules, sorted.
func (p *Policy) Rules() []string { return p.rules }

// Check gives the findings of a policy in a tree; none when the context ends.
func (p *Policy) Check(ctx context.Context, t *conf.Tree, deployment string) []finding.Finding {
	views := Views(t, deployment, func(key string) bool { return p.names[key] })
	found, ok := within(ctx, timeout, func() []finding.Finding {
		e := p.get()
		defer p.put(e)
		var list []finding.Finding
		for _, v := range views {
			for _, b := range e.check(v) {
				list = append(list, e.finding(t, v, b))
			}
		}
		return merge(list)
	})
	if !ok && ctx.Err() == nil {
		return []finding.Finding{{
			Tree: t.Path, Rule: plain.id, Severity: plain.severity, Location: finding.Location{File: t.Files[0].Path},
			Message: fmt.Sprintf("the policy %s takes more than %s for this tree, and was not checked", p.Name, timeout),
		}}
	}
	return found
}

// get takes an evaluator that is free, or compiles one more.
func (p *Policy) get() *evaluator {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		e := p.free[n-1]
		p.free = p.free[:n-1]
		return e
	}
	e, err := newEvaluator(p.sources)
	if err != nil {
		panic(err) // it was compiled before
	}
	return e
}

func (p *Policy) put(e *evaluator) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, e)
}

// within gives the result of work, and false if it takes too long or the context
// ends. CUE cannot be interrupted: the work goes on until the program ends. A
// panic is the caller's.
func within[T any](ctx context.Context, limit time.Duration, work func() T) (result T, ok bool) {
	type outcome struct {
		result T
		bug    any
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			o.bug = recover()
			done <- o
		}()
		o.result = work()
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case o := <-done:
		if o.bug != nil {
			panic(o.bug)
		}
		return o.result, true
	case <-timer.C:
		return result, false
	case <-ctx.Done():
		return result, false
	}
}
