package rules

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/sizing"
)

// TestSmallBuffers: what is small depends on the server, where it is told.
func TestSmallBuffers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "conf", "druid", "broker", "runtime.properties")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte("druid.service=druid/broker\ndruid.processing.buffer.sizeBytes=35000000\ndruid.processing.numThreads=1\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "jvm.config"), []byte("-Xmx1g\n"), 0o644))
	trees, err := conf.Open(t.Context(), filepath.Dir(filepath.Dir(filepath.Dir(file))), conf.Options{})
	require.NoError(t, err)
	for memory, want := range map[int64]int{0: 1, 4 << 30: 0, 8 << 30: 1, 64 << 30: 1} {
		r, err := Lint(t.Context(), trees[0], Options{
			Deployment: "cluster", Rules: []*Rule{memBufferSmall},
			Topology: Topology{Machines: map[string]sizing.Machine{"": {Cores: 2, Memory: memory}}},
		})
		require.NoError(t, err)
		require.Len(t, r.Findings, want, "%d bytes of memory", memory)
	}
}
