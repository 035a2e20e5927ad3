package upgrade

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/schema"
)

// BenchmarkCompare reads and compares the tree of Druid 0.12.3.
func BenchmarkCompare(b *testing.B) {
	dir := filepath.Join(sharedDir(b), "corpus", "druid-tree", "apache__druid__0.12.3-conf", "conf")
	from, to := schema.Target{Name: "druid-0.12.3", Release: 12}, schema.Target{Name: "druid-38", Release: 38}
	for b.Loop() {
		before, err := conf.Open(b.Context(), dir, conf.Options{Target: &from})
		require.NoError(b, err)
		after, err := conf.Open(b.Context(), dir, conf.Options{Target: &to})
		require.NoError(b, err)
		r, err := Compare(b.Context(), before[0], after[0])
		require.NoError(b, err)
		require.NotEmpty(b, r.Items)
	}
}
