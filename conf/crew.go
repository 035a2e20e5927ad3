package conf

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// crew are goroutines that work for a caller, who gets their panics.
type crew struct {
	group sync.WaitGroup
	bug   atomic.Value
}

func (c *crew) do(work func()) {
	c.group.Go(func() {
		defer func() {
			if bug := recover(); bug != nil {
				c.bug.Store(fmt.Sprintf("%v\n%s", bug, debug.Stack()))
			}
		}()
		work()
	})
}

func (c *crew) wait() {
	c.group.Wait()
	if bug := c.bug.Load(); bug != nil {
		panic(bug)
	}
}
