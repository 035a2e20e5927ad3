package conf

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/cputime"
)

// strangers writes so many YAML files that have nothing to do with Druid.
func strangers(t testing.TB, n int) string {
	root := t.TempDir()
	text := strings.Repeat("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  level: \"1\"\n---\n", 20)
	for i := range n {
		dir := filepath.Join(root, fmt.Sprintf("app%03d", i/100), "base")
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("r%d.yaml", i)), []byte(text), 0o644))
	}
	return root
}

// BenchmarkStrangers looks for Druid among 10,000 YAML files of other programs.
func BenchmarkStrangers(b *testing.B) {
	root := strangers(b, 10_000)
	for b.Loop() {
		_, err := Find(b.Context(), root, Options{})
		require.ErrorIs(b, err, ErrNoConfiguration)
	}
}

// A walk of a large repository parses none of its YAML: it takes well below two seconds of processors.
func TestStrangers(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures, which the race detector spoils")
	}
	root := strangers(t, 10_000)
	best := time.Hour
	for range 3 {
		best = min(best, cputime.Of(func() {
			_, err := Find(t.Context(), root, Options{})
			require.ErrorIs(t, err, ErrNoConfiguration)
		}))
	}
	require.Less(t, best, 2*time.Second)
}
