package lint

import (
	"context"
	"sync"

	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/lint/policy"
)

// policies compiles each policy once a run.
type policies struct {
	mutex  sync.Mutex
	loaded map[string]compiled
}

type compiled struct {
	policy *policy.Policy
	err    error
}

// of are the policies of a tree: those of its configuration file, whose names of
// rules are checked, and those of the user.
func (p *policies) of(ctx context.Context, s config.Settings, users []string) ([]*policy.Policy, error) {
	var list []*policy.Policy
	for _, file := range s.Policies() {
		one, err := p.load(ctx, file.Name)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	for _, name := range users {
		one, err := p.load(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, s.Config().CheckRules(ruleNames(list))
}

func (p *policies) load(ctx context.Context, name string) (*policy.Policy, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	one, known := p.loaded[name]
	if !known {
		one.policy, one.err = policy.Load(ctx, name)
		if p.loaded == nil {
			p.loaded = map[string]compiled{}
		}
		p.loaded[name] = one
	}
	return one.policy, one.err
}

// ruleNames are the names of all rules of policies.
func ruleNames(list []*policy.Policy) []string {
	var names []string
	for _, p := range list {
		names = append(names, p.Rules()...)
	}
	return names
}
