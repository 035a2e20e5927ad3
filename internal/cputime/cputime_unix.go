//go:build unix

// Package cputime is for tests that hold the cost of some work: it measures the time
// that processors spent on this process, which nothing else on the machine stretches
// as it stretches the time of a clock.
package cputime

import (
	"syscall"
	"time"
)

// Of is the time that processors spend on this process while the work goes on.
func Of(work func()) time.Duration {
	before := spent()
	work()
	return spent() - before
}

func spent() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // there is no other way to ask wrongly than to change this line
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
