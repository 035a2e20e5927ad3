package policy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// WorkerArgument is the only argument of a process that evaluates policies.
const WorkerArgument = "policy-worker"

// Program is the program that evaluates policies when it is started with the
// WorkerArgument, and then calls Work. Without one, the program itself does it,
// and what takes too long or too much cannot be stopped.
var Program string

// worker answers questions about policies, one after another.
type worker struct {
	in  *json.Encoder
	out *json.Decoder
	// known are the policies that it has compiled.
	known map[string]bool
	// stop ends it, and waits until it has ended.
	stop func()
	// why says why it has ended by itself.
	why func() exceeded
}

// question is what a worker is asked. Sources come with the first one about a
// policy.
type question struct {
	Policy  string
	Sources []source
	Views   []*View
}

// answer is what it says: an error, what there is to know of a policy that was
// compiled, or the breaches of each view.
type answer struct {
	// At and Error are a mistake in the policy.
	At, Error string
	Names     []string
	Wishes    []wish
	Breaches  [][]breach
}

// start starts a worker.
func start() (*worker, error) {
	if Program == "" {
		questions, in := io.Pipe()
		out, answers := io.Pipe()
		go serve(questions, answers)
		return newWorker(in, out, func() { _, _ = in.Close(), out.Close() }, func() exceeded { return "" }), nil
	}
	cmd := exec.Command(Program, WorkerArgument)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var stderr head
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	end := func() { _, _ = cmd.Process.Kill(), cmd.Wait() }
	return newWorker(in, out, end, func() exceeded {
		_ = cmd.Wait()
		return reason(cmd.ProcessState.ExitCode(), stderr.String())
	}), nil
}

func newWorker(in io.Writer, out io.Reader, stop func(), why func() exceeded) *worker {
	return &worker{json.NewEncoder(in), json.NewDecoder(out), map[string]bool{}, stop, why}
}

// ask waits for the answer no longer than limit. After an error the worker is of
// no use.
func (w *worker) ask(ctx context.Context, p *Policy, views []*View, limit time.Duration) (answer, error) {
	q := question{Policy: p.Name, Views: views}
	if !w.known[p.Name] {
		q.Sources = p.sources
		w.known[p.Name] = true
	}
	type outcome struct {
		answer
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		if o.err = w.in.Encode(q); o.err == nil {
			o.err = w.out.Decode(&o.answer)
		}
		done <- o
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case o := <-done:
		switch {
		case o.err == nil:
			return o.answer, nil
		case ctx.Err() != nil:
			return o.answer, ctx.Err()
		}
		return o.answer, w.why()
	case <-timer.C:
		return answer{}, exceeded(fmt.Sprintf("takes too long: the policies of a run have %s together, and %s for each tree", allowance, perTree))
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// reason reads from a process that has ended what its policy did.
func reason(code int, stderr string) exceeded {
	switch {
	case code == exitMemory, strings.Contains(stderr, "out of memory"), strings.Contains(stderr, "cannot allocate memory"):
		return exceeded(fmt.Sprintf("takes more than %d MiB of memory", maxMemory>>20))
	case strings.Contains(stderr, "stack overflow"):
		return "refers to itself or to others too deeply"
	}
	line, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
	return exceeded("ends the process that evaluates it: " + line)
}

// head keeps the beginning of what is written to it.
type head struct{ bytes.Buffer }

func (h *head) Write(p []byte) (int, error) {
	_, _ = h.Buffer.Write(p[:min(len(p), max(0, 4096-h.Len()))])
	return len(p), nil
}
