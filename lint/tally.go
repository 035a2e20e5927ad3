package lint

import (
	"fmt"
	"strings"
	"sync"
)

// tally counts trees for whoever watches the progress.
type tally struct {
	mu        sync.Mutex
	done, all int
	report    func(done, all int)
}

// newTally counts each of n paths as one tree until it was opened.
func newTally(n int, report func(done, all int)) *tally {
	if report == nil {
		report = func(int, int) {}
	}
	return &tally{all: n, report: report}
}

// found corrects the number of trees by those of a path that was opened.
func (t *tally) found(trees int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all += trees - 1
}

func (t *tally) checked() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done++
	t.report(t.done, t.all)
}

// namedUnchecked is how many paths that were not checked are named.
const namedUnchecked = 5

// interrupted says what a cancelled run did not check.
func interrupted(unchecked []string) error {
	named := strings.Join(unchecked[:min(namedUnchecked, len(unchecked))], ", ")
	if more := len(unchecked) - namedUnchecked; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Errorf("interrupted, and nothing is reported; not checked: %s", named)
}
