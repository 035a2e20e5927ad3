package fix_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/edit/retune"
)

// TestCorpus fixes real trees: no new findings, and git apply makes of the patch
// what the fixes make.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	shared := os.Getenv("IMPLYCHECK_SHARED")
	if shared == "" {
		t.Skip("IMPLYCHECK_SHARED is not set: it names the folder with the corpus")
	}
	trees, err := filepath.Glob(filepath.Join(shared, "corpus", "*-tree", "*"))
	require.NoError(t, err)
	changed := 0
	for _, dir := range trees {
		for _, unsafe := range []bool{true, false} {
			x := fixAll(t, dir, nil, nil, unsafe)
			require.Empty(t, fresh(x), dir)
			changes := x.fixer.Changes()
			if len(changes) == 0 {
				break
			}
			changed++
			requirePatch(t, dir, changes)
		}
	}
	require.Greater(t, changed, 50)
}

// requirePatch lays the changed files into a folder and applies the patch there.
func requirePatch(t *testing.T, dir string, changes []retune.Change) {
	t.Helper()
	work := t.TempDir()
	for i, c := range changes {
		changes[i].Path = strings.TrimPrefix(c.Path, dir+"/")
		name := filepath.Join(work, changes[i].Path)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, c.Before, 0o644))
	}
	patch, left := retune.Patch(changes)
	require.Empty(t, left)
	if patch == "" {
		return
	}
	cmd := exec.Command("git", "apply", "-")
	cmd.Dir, cmd.Stdin = work, strings.NewReader(patch)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s\n%s", dir, out, patch)
	for _, c := range changes {
		require.Equal(t, string(c.After), read(t, filepath.Join(work, c.Path)))
	}
}
