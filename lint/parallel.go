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
	var unchecked []string
	for i, err := range failures {
		if err != nil {
			unchecked = append(unchecked, items[i].name())
		}
	}
	return nil, interrupted(unchecked)
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

// namedUnchecked is how many trees that were not checked are named.
const namedUnchecked = 5

// interrupted says what a cancelled run did not check.
func interrupted(unchecked []string) error {
	text := "interrupted, and nothing is reported"
	if len(unchecked) > 0 {
		text += "; not checked: " + strings.Join(unchecked[:min(namedUnchecked, len(unchecked))], ", ")
	}
	if more := len(unchecked) - namedUnchecked; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Errorf("%s", text)
}
