package lint

import (
	"context"
	"fmt"
	"sync"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/lint/config"
)

// Evaluator compiles policies, for one run that closes it in the end. The one that
// there is is policy.Runner. It is handed in and not imported: a program that has no
// policies, such as the page in a browser, is half as large without CUE.
type Evaluator interface {
	// Compile answers the names of a policy's rules, and what checks a tree.
	Compile(ctx context.Context, name disk.Name) (rules []string, check CheckFunc, err error)
	Close()
}

// CheckFunc is what a policy finds in a tree.
type CheckFunc = func(ctx context.Context, t *conf.Tree, deployment string) []finding.Finding

// policies compiles each policy once a run.
type policies struct {
	mutex     sync.Mutex
	known     map[disk.Name]compiled
	evaluator Evaluator // nil where there is none
}

type compiled struct {
	rules []string
	check CheckFunc
	err   error
}

func (p *policies) close() {
	if p.evaluator != nil {
		p.evaluator.Close()
	}
}

// loaded are the policies of a tree, and the names of their rules.
type loaded struct {
	list  []CheckFunc
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
		one := p.load(ctx, name)
		if one.err != nil {
			return loaded{err: one.err}
		}
		l.list, l.names = append(l.list, one.check), append(l.names, one.rules...)
	}
	l.err = s.Config().CheckRules(l.names)
	return l
}

func (p *policies) load(ctx context.Context, name disk.Name) compiled {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	one, known := p.known[name]
	if known {
		return one
	}
	if p.evaluator == nil {
		one.err = fmt.Errorf("policy %s: this program evaluates no policies", name)
	} else {
		one.rules, one.check, one.err = p.evaluator.Compile(ctx, name)
	}
	if p.known == nil {
		p.known = map[disk.Name]compiled{}
	}
	p.known[name] = one
	return one
}
