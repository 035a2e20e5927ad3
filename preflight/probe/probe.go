// Package probe asks the questions of package facts: of the kernel, of folders, and
// of the servers that a cluster depends on. It knows nothing of Druid, and judges
// nothing. It is linked into a program of its own, implycheck-preflight, which
// implycheck preflight starts: the clients of databases, of ZooKeeper and of object
// stores would cost every lint three milliseconds of start, and the program 19 MB.
//
// All questions are asked at the same time. Nothing is asked twice, and nothing is
// written unless the question has Probe set: then what was written is named in the
// answer, and taken away again even if the time is up in between. What hangs is
// left behind: the process ends when the time is up, whatever still waits.
package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/implycheck/implycheck/preflight/facts"
)

const (
	// connectTime is for a connection, and askTime for all of a question.
	connectTime = 2 * time.Second
	askTime     = 5 * time.Second
	// cleanTime is what taking away what a probe wrote may take after the end.
	cleanTime = 2 * time.Second
)

// Serve reads a request and writes its answers, a line each, as they come. Where nobody
// takes them all questions end, and it waits for them: they take away what they wrote.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	var r facts.Request
	if err := json.NewDecoder(in).Decode(&r); err != nil {
		return fmt.Errorf("the questions cannot be read: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(r.Seconds*float64(time.Second)))
	defer cancel()
	answers := make(chan facts.Answer)
	go func() {
		defer close(answers)
		Ask(ctx, r.Questions, func(a facts.Answer) { answers <- a })
	}()
	encoder := json.NewEncoder(out)
	var failed error
	for a := range answers {
		if failed == nil {
			failed = encoder.Encode(a)
		}
		if failed != nil {
			cancel()
		}
	}
	return failed
}

// Ask asks all questions at the same time, and hands on every answer as it comes,
// one at a time. It returns when all are there, or have been given up.
func Ask(ctx context.Context, questions []facts.Question, answer func(facts.Answer)) {
	var all sync.WaitGroup
	var one sync.Mutex
	for i := range questions {
		all.Go(func() {
			a := Do(ctx, &questions[i])
			one.Lock()
			defer one.Unlock()
			answer(a)
		})
	}
	all.Wait()
}

// askers answer each kind of question; the first that knows it does.
func asker(q *facts.Question) func(context.Context, *facts.Answer) error {
	switch {
	case q.Host != nil:
		return func(_ context.Context, a *facts.Answer) error { a.Host = machine("/"); return nil }
	case q.Java != nil:
		return func(_ context.Context, a *facts.Answer) (err error) { a.Java, err = java(*q.Java); return }
	case q.Folder != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) { a.Folder, err = folder(ctx, *q.Folder); return }
	case q.Bind != nil:
		return func(_ context.Context, a *facts.Answer) error { a.Bind = bind(*q.Bind); return nil }
	case q.Resolve != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) {
			a.Resolve, err = resolve(ctx, *q.Resolve)
			return
		}
	case q.Dial != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) { a.Dial, err = dial(ctx, *q.Dial); return }
	case q.Jars != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) { a.Jars, err = jars(ctx, *q.Jars); return }
	case q.Digest != nil:
		return func(_ context.Context, a *facts.Answer) error { a.Digest = digest(*q.Digest); return nil }
	case q.KeyStore != nil:
		return func(_ context.Context, a *facts.Answer) (err error) { a.KeyStore, err = keyStore(*q.KeyStore); return }
	case q.Time != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) { a.Time, err = offset(ctx, *q.Time); return }
	case q.Server != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) {
			a.Server, err = zooKeeper(ctx, *q.Server)
			return
		}
	case q.Session != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) {
			a.Session, err = session(ctx, *q.Session)
			return
		}
	case q.Database != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) {
			a.Database, err = database(ctx, *q.Database)
			return
		}
	case q.Store != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) { a.Store, err = store(ctx, *q.Store); return }
	case q.HDFS != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) { a.HDFS, err = askHDFS(ctx, *q.HDFS); return }
	case q.Kafka != nil:
		return func(ctx context.Context, a *facts.Answer) (err error) { a.Kafka, err = kafka(ctx, *q.Kafka); return }
	}
	return nil
}

// Do answers one question. What does not come back in time is left behind: a call
// into a file system that hangs cannot be ended.
func Do(ctx context.Context, q *facts.Question) facts.Answer {
	none := facts.Answer{Name: q.Name}
	ask := asker(q)
	if ask == nil {
		none.Problem = &facts.Problem{Kind: facts.Unsupported, Text: "this implycheck-preflight does not know the question: it and implycheck are of different versions"}
		return none
	}
	if name := unset(q); name != "" {
		none.Problem = &facts.Problem{Kind: facts.Unsupported, Text: "the variable " + name + " is not set here: run this with the environment of Druid"}
		return none
	}
	secrets := &keyring{}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, ofQuestion{}, secrets), askTime)
	defer cancel()
	start := time.Now()
	done := make(chan facts.Answer, 1)
	go func() {
		a := facts.Answer{Name: q.Name}
		if err := safely(func() error { return ask(ctx, &a) }); err != nil {
			a = facts.Answer{Name: q.Name, Problem: problem(err)}
		}
		done <- a
	}()
	a := none
	select {
	case a = <-done:
	case <-afterwards(ctx, q):
		a.Problem = &facts.Problem{Kind: facts.Timeout, Text: "no answer in time"}
	}
	a.Milliseconds = time.Since(start).Milliseconds()
	return readable(a, q, secrets.list())
}

// safely makes an error of a bug: in a goroutine of its own one would end the program,
// and with it the answers to all other questions.
func safely(call func() error) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("a bug of implycheck: %v", bug)
		}
	}()
	return call()
}

// afterwards is closed a little after the context, so that what notices its end by
// itself can say more than that, and what was written can be taken away.
func afterwards(ctx context.Context, q *facts.Question) <-chan struct{} {
	wait := 100 * time.Millisecond
	if writes(q) {
		wait += cleanTime
	}
	done := make(chan struct{})
	context.AfterFunc(ctx, func() {
		time.AfterFunc(wait, func() { close(done) })
	})
	return done
}

func writes(q *facts.Question) bool {
	return q.Folder != nil && q.Folder.Probe || q.Session != nil && q.Session.Probe || q.Store != nil && q.Store.Probe || q.HDFS != nil && q.HDFS.Probe
}
