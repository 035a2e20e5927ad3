package lint

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// tree writes a tree with one mistake, a number that is none.
func tree(t *testing.T) string {
	dir := t.TempDir()
	broker := filepath.Join(dir, "conf", "druid", "broker")
	require.NoError(t, os.MkdirAll(broker, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(broker, "runtime.properties"), []byte("druid.server.http.numThreads=many\n"), 0o644))
	return dir
}

func options(paths ...string) Options {
	return Options{Paths: paths, Settings: func(string) (Settings, error) { return Settings{}, nil }}
}

func rulesOf(list []finding.Finding) map[string]int {
	count := map[string]int{}
	for _, f := range list {
		count[f.Rule]++
	}
	return count
}

func TestRun(t *testing.T) {
	o := options(tree(t), tree(t), tree(t))
	var steps []int
	o.Progress = func(done, all int) {
		require.Equal(t, 3, all)
		steps = append(steps, done)
	}
	r, err := Run(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, []int{1, 2, 3}, steps)
	require.Len(t, r.Trees, 3)
	require.Equal(t, 3, rulesOf(r.Findings)["prop-type-int"])
	require.Equal(t, 3, r.Summary.Trees)
}

// A step sees the tree, and what it suppresses is counted apart.
func TestSteps(t *testing.T) {
	o := options(tree(t))
	o.Settings = func(string) (Settings, error) {
		return Settings{Steps: []Step{func(tree *conf.Tree, r *Result) {
			require.Equal(t, "broker", tree.Services[0].Name)
			r.Suppress(func(f finding.Finding) (finding.Suppression, bool) {
				return finding.Suppression{By: "config", Reason: "why not"}, f.Rule == "prop-type-int"
			})
		}}}, nil
	}
	r, err := Run(t.Context(), o)
	require.NoError(t, err)
	require.Zero(t, rulesOf(r.Findings)["prop-type-int"])
	require.Len(t, r.Suppressed, 1)
	require.Equal(t, "why not", r.Suppressed[0].Suppression.Reason)
	require.Equal(t, 1, r.Summary.Suppressed)
}

// One unreadable path makes the run fail, and the error names every such path.
func TestRunFailsWhole(t *testing.T) {
	empty := t.TempDir()
	_, err := Run(t.Context(), options(tree(t), empty, filepath.Join(empty, "missing")))
	require.ErrorContains(t, err, empty+": ")
	require.ErrorContains(t, err, filepath.Join(empty, "missing"))

	o := options(tree(t))
	o.Settings = func(string) (Settings, error) { return Settings{}, errors.New("no settings") }
	_, err = Run(t.Context(), o)
	require.EqualError(t, err, "no settings")
}
