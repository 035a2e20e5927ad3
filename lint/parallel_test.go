package lint

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/rules"
)

// many writes so many trees, and answers their paths.
func many(t *testing.T, n int) []string {
	files := map[string]string{}
	var paths []string
	for i := range n {
		tree := fmt.Sprintf("c%02d", i)
		files[tree+"/broker/runtime.properties"] = "druid.port=1\n"
		paths = append(paths, tree)
	}
	write(t, files)
	return paths
}

// A panic in a rule, on whichever goroutine, comes back as an error that names
// the rule and the tree.
func TestPanic(t *testing.T) {
	paths := many(t, 4)
	broken := &rules.Rule{ID: "x-broken", Check: func(p *rules.Pass) {
		if p.Tree.Path == "c02" {
			panic("password=hunter2 is too short")
		}
	}}
	for _, jobs := range []int{1, 4} {
		r, err := Run(t.Context(), Options{Paths: paths, Jobs: jobs, Rules: []*rules.Rule{broken}})
		require.Nil(t, r)
		var bug *rules.Bug
		require.ErrorAs(t, err, &bug)
		require.EqualError(t, bug, "rule x-broken: tree c02: password=**** is too short")
		require.Contains(t, string(bug.Stack), "parallel_test.go", "the place is shown")
	}
}

type item string

func (i item) name() string { return string(i) }

// A panic outside of the rules names the item, and the others are done.
func TestPanicInWork(t *testing.T) {
	done := 0
	_, err := parallel(t.Context(), 1, []item{"a", "b", "c"}, func(i item) (int, error) {
		done++
		if i == "b" {
			panic("oops")
		}
		return 0, nil
	})
	require.EqualError(t, err, "tree b: oops")
	require.Equal(t, 3, done)
}

func TestResultsInOrder(t *testing.T) {
	for _, jobs := range []int{1, 2, 8} {
		results, err := parallel(t.Context(), jobs, []item{"30", "0", "10"}, func(i item) (item, error) {
			pause, _ := time.ParseDuration(string(i) + "ms")
			time.Sleep(pause)
			return i, nil
		})
		require.NoError(t, err)
		require.Equal(t, []item{"30", "0", "10"}, results)
	}
	_, err := parallel(t.Context(), 2, []item{"a", "b", "c"}, func(i item) (int, error) {
		return 0, map[item]error{"a": errors.New("broken"), "b": errors.New("lost"), "c": errors.New("broken")}[i]
	})
	require.EqualError(t, err, "broken\nlost")
}

// A run that is cancelled reports nothing, and names what it left out.
func TestCancelled(t *testing.T) {
	paths := many(t, 20)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := Run(ctx, Options{Paths: paths, Jobs: 1, Progress: func(done, _ int) {
		if done == 10 {
			cancel()
		}
	}})
	require.Nil(t, r)
	require.ErrorIs(t, err, context.Canceled)
	require.EqualError(t, err, "interrupted, and nothing is reported; not checked: c10, c11, c12, c13, c14 and 5 more")
}

// A rule that takes long is the last one of a cancelled run.
func TestCancelledBetweenRules(t *testing.T) {
	paths := many(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	first := &rules.Rule{ID: "x-first", Check: func(*rules.Pass) { cancel() }}
	second := &rules.Rule{ID: "x-second", Check: func(*rules.Pass) { t.Error("a rule ran after the end") }}
	_, err := Run(ctx, Options{Paths: paths, Rules: []*rules.Rule{first, second}})
	require.EqualError(t, err, "interrupted, and nothing is reported; not checked: c00")
}

// A policy that takes long is not waited for.
func TestCancelledInPolicy(t *testing.T) {
	paths := many(t, 1)
	require.NoError(t, os.WriteFile("slow.cue", []byte(`import "list"
#n: list.Range(0, 120, 1)
broker: "druid.port": <list.Sum([for x in #n for y in #n {x * y}])
`), 0o644))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := Run(ctx, Options{Paths: paths, Policies: []string{"slow.cue"}, Evaluator: evaluator})
	require.ErrorContains(t, err, "interrupted, and nothing is reported")
	require.Less(t, time.Since(start), time.Second)
}
