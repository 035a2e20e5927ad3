//go:build !unix

package cputime

import "time"

// Of is the time that the work takes by the clock, where nothing better is at hand.
func Of(work func()) time.Duration {
	start := time.Now()
	work()
	return time.Since(start)
}
