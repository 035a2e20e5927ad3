package lint

import (
	"context"
	"sync"

	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/lint/policy"
)

// policies compiles each policy once a run.
type policies struct {
	mutex  sync.Mutex
	known  map[disk.Name]compiled
	runner policy.Runner
}

type compiled struct {
	policy *policy.Policy
	err    error
}

// loaded are the policies of a tree, and the names of their rules.
type loaded struct {
	list  []*policy.Policy
	names []string
	err   error
}

// of are the policies of a tree: those of its configuration file, whose names of
// rules are checked, and those of the user.
func (p *policies) of(ctx context.Context, s config.Settings, users []string) (l loaded) {
	var files []disk.Name
	for _, file := range s.Policies() {
		files = append(files, file.Name)
	}
	for _, name := range users {
		files = append(files, disk.User(name))
	}
	for _, name := range files {
		one, err := p.load(ctx, name)
		if err != nil {
			return loaded{err: err}
		}
		l.list, l.names = append(l.list, one), append(l.names, one.Rules()...)
	}
	l.err = s.Config().CheckRules(l.names)
	return l
}

func (p *policies) load(ctx context.Context, name disk.Name) (*policy.Policy, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	one, known := p.known[name]
	if !known {
		one.policy, one.err = p.runner.Load(ctx, name)
		if p.known == nil {
			p.known = map[disk.Name]compiled{}
		}
		p.known[name] = one
	}
	return one.policy, one.err
}
