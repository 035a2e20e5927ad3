package policy

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

const (
	// maxMemory is how much a worker may take; a usual policy takes 20 MiB.
	maxMemory = 512 << 20
	// exitMemory is the exit code of a worker that takes more.
	exitMemory = 5
)

// Work is a process that evaluates policies: it answers what it is asked until
// its input ends, which it does with the process that has started it, however
// that ends. The signals of a terminal go to both, and are for the other.
func Work() {
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	debug.SetGCPercent(100)
	debug.SetMemoryLimit(maxMemory / 4 * 3)
	limitMemory(2 * maxMemory)
	go watchMemory()
	questions, input := io.Pipe()
	go func() {
		_, _ = io.Copy(input, os.Stdin)
		os.Exit(0)
	}()
	serve(questions, os.Stdout)
}

// watchMemory ends the process when it takes more than it may.
func watchMemory() {
	var used runtime.MemStats // package runtime/metrics would cost every start its tables
	for ; ; time.Sleep(5 * time.Millisecond) {
		if runtime.ReadMemStats(&used); used.Sys-used.HeapReleased > maxMemory {
			os.Exit(exitMemory)
		}
	}
}

// serve answers questions until there are no more.
func serve(questions io.Reader, answers io.Writer) {
	in, out := json.NewDecoder(questions), json.NewEncoder(answers)
	compiled := map[string]*evaluator{}
	for {
		var q question
		if in.Decode(&q) != nil {
			return
		}
		if out.Encode(answerTo(q, compiled)) != nil {
			return
		}
	}
}

// answerTo evaluates a policy. A panic is CUE's, and an error of the policy.
func answerTo(q question, compiled map[string]*evaluator) (a answer) {
	defer func() {
		if bug := recover(); bug != nil {
			a = answer{At: q.Policy, Error: fmt.Sprintf("CUE fails on it: %v", bug)}
		}
	}()
	e := compiled[q.Policy]
	if e == nil {
		var err error
		if e, err = newEvaluator(split(q.Sources)); err != nil {
			return mistakeOf(err, q.Policy)
		}
		compiled[q.Policy] = e
	}
	if q.Views == nil {
		a.Names = e.names
		for _, c := range e.clauses {
			a.Wishes = append(a.Wishes, c.wish)
		}
	}
	for _, v := range q.Views {
		a.Breaches = append(a.Breaches, e.check(v))
	}
	return a
}
