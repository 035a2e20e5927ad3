package policy

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
)

const (
	// allowance is how long all policies of a run may take together, beside what
	// each tree adds; a usual policy takes a millisecond for a tree.
	allowance = 10 * time.Second
	// perTree is what each tree adds.
	perTree = 100 * time.Millisecond
)

// Runner evaluates the policies of a run, one after another, in one process of
// its own: CUE can be neither interrupted nor told how much memory it may take,
// but a process can be killed. Close ends it.
type Runner struct {
	mu     sync.Mutex
	worker *worker
	spent  time.Duration
}

// Close ends what still runs.
func (r *Runner) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stop()
}

func (r *Runner) stop() {
	if r.worker != nil {
		r.worker.stop()
		r.worker = nil
	}
}

// exceeded is the error of a policy that was stopped, or stopped its process; it
// says what the policy does, as in "takes more than 10s".
type exceeded string

func (e exceeded) Error() string { return string(e) }

// Load reads and compiles a policy: a file, or all *.cue of a folder, which make
// one package. Its error says where the policy is broken.
func (r *Runner) Load(ctx context.Context, name disk.Name) (*Policy, error) {
	sources, err := read(name)
	if err != nil {
		return nil, err
	}
	p := &Policy{Name: name.Path, sources: sources, runner: r}
	answer, err := r.ask(ctx, p, nil)
	if e, ok := err.(exceeded); ok {
		return nil, fmt.Errorf("policy %s: it %s", name, e)
	}
	if err != nil {
		return nil, unquoted(err, name)
	}
	p.take(answer)
	return p, nil
}

// Compile is Load as lint.Evaluator has it.
func (r *Runner) Compile(ctx context.Context, name disk.Name) ([]string, func(context.Context, *conf.Tree, string) []finding.Finding, error) {
	p, err := r.Load(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	return p.Rules(), p.Check, nil
}

// ask has a policy evaluated; without views it is compiled only.
func (r *Runner) ask(ctx context.Context, p *Policy, views []*View) (answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return answer{}, ctx.Err()
	case p.stopped != nil:
		return answer{}, p.stopped
	}
	if r.worker == nil {
		w, err := start()
		if err != nil {
			return answer{}, fmt.Errorf("policy %s: the process that evaluates it does not start: %w", p.Name, err)
		}
		r.worker = w
	}
	begun := time.Now()
	a, err := r.worker.ask(ctx, p, views, allowance+perTree-r.spent)
	r.spent += max(0, time.Since(begun)-perTree)
	if err != nil {
		r.stop()
		if e, ok := err.(exceeded); ok {
			p.stopped = exceeded(e)
		}
		return a, err
	}
	if a.Error != "" {
		return a, &mistake{a.At, a.Error}
	}
	return a, nil
}
