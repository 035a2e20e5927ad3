package lint

import "sync"

// tally counts trees for whoever watches the progress.
type tally struct {
	mutex     sync.Mutex
	done, all int
	report    func(done, all int) // nil if nobody does
}

func (t *tally) checked() {
	if t.report == nil {
		return
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.done++
	t.report(t.done, t.all)
}
