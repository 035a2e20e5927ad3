package lint

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/implycheck/implycheck/rules"
)

// parallel calls work for every item, so many at a time, and answers in the order
// of the items. It begins nothing more when the context ends. A panic in work is
// handed to the caller as a *rules.Bug.
func parallel[T interface{ name() string }, R any](ctx context.Context, jobs int, items []T, work func(T) (R, error)) ([]R, error) {
	results, failures := make([]R, len(items)), make([]error, len(items))
	do := func(i int) {
		defer func() {
			if bug := recover(); bug != nil {
				failures[i] = rules.NewBug(bug, items[i].name(), nil)
			}
		}()
		if failures[i] = ctx.Err(); failures[i] == nil {
			results[i], failures[i] = work(items[i])
		}
	}
	var begun atomic.Int64
	var group sync.WaitGroup
	for range min(jobs, len(items)) {
		group.Go(func() {
			for i := int(begun.Add(1)) - 1; i < len(items); i = int(begun.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
	if ctx.Err() == nil {
		return results, joined(failures)
	}
	stopped := &Interrupted{cause: ctx.Err()}
	for i, err := range failures {
		if err != nil {
			stopped.Unchecked = append(stopped.Unchecked, items[i].name())
		}
	}
	return nil, stopped
}

// joined is one error of several, each said once. A bug comes alone: it is to be
// reported, and what else there is may follow from it.
func joined(failures []error) error {
	var list []error
	for _, err := range failures {
		var bug *rules.Bug
		switch {
		case err == nil:
		case errors.As(err, &bug):
			return bug
		case !slices.ContainsFunc(list, func(known error) bool { return known.Error() == err.Error() }):
			list = append(list, err)
		}
	}
	return errors.Join(list...)
}

// Interrupted is the error of a run whose context has ended.
type Interrupted struct {
	// Unchecked are the trees, or the paths, that were not checked.
	Unchecked []string
	cause     error
}

// namedUnchecked is how many of them are named.
const namedUnchecked = 5

// Error says what was not checked.
func (i *Interrupted) Error() string {
	text := "interrupted, and nothing is reported"
	if len(i.Unchecked) > 0 {
		text += "; not checked: " + strings.Join(i.Unchecked[:min(namedUnchecked, len(i.Unchecked))], ", ")
	}
	if more := len(i.Unchecked) - namedUnchecked; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Unwrap is the error of the context.
func (i *Interrupted) Unwrap() error { return i.cause }
