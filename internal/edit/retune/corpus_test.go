package retune_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/edit/retune"
	"github.com/implycheck/implycheck/sizing"
)

// Real trees, of every layout: a plan is applied once, and no second time.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	shared := os.Getenv("IMPLYCHECK_SHARED")
	if shared == "" {
		t.Skip("IMPLYCHECK_SHARED is not set: it names the folder with the corpus")
	}
	dirs, err := filepath.Glob(filepath.Join(shared, "corpus", "*", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, dirs)
	changed := 0
	for _, source := range dirs {
		if info, err := os.Stat(source); err != nil || !info.IsDir() {
			continue
		}
		dir := filepath.Join(t.TempDir(), "tree")
		require.NoError(t, os.CopyFS(dir, os.DirFS(source)))
		trees, err := conf.Open(t.Context(), dir, conf.Options{})
		if err != nil {
			continue // nothing of Druid's
		}
		for i := range trees {
			if trees[i].Form != "conf" {
				continue // its files are written otherwise
			}
			target := trees[i].Target
			plan, err := sizing.Advise(sizing.Request{Target: target, Servers: []sizing.ServerRequest{
				{Role: "data", Machine: machine}, {Role: "query", Machine: machine}, {Role: "master", Machine: machine},
			}})
			require.NoError(t, err)
			changes, _ := retune.Apply(trees[i], plan)
			for _, c := range changes {
				require.NoError(t, os.WriteFile(c.Path, c.After, 0o644))
				changed++
			}
			retune.Diff(changes)
			again, err := conf.Open(t.Context(), dir, conf.Options{Target: &target})
			require.NoError(t, err)
			changes, _ = retune.Apply(again[i], plan)
			text, _ := retune.Diff(changes)
			require.Empty(t, text, "%s, tree %d", source, i)
		}
	}
	require.Greater(t, changed, 100)
}

var machine = sizing.Machine{Cores: 12, Memory: 96 << 30}
