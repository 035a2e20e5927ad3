package effective_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
)

func BenchmarkOf(b *testing.B) {
	shared := os.Getenv("IMPLYCHECK_SHARED")
	if shared == "" {
		b.Skip("IMPLYCHECK_SHARED is not set")
	}
	trees, err := conf.Open(b.Context(), filepath.Join(shared, "oracle", "base", "conf"), conf.Options{})
	require.NoError(b, err)
	for name, all := range map[string]bool{"set": false, "all": true} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				effective.Of(trees[0], effective.Options{All: all})
			}
		})
	}
}
