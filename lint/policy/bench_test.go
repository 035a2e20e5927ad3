package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/disk"
)

// One policy on the clean tree of six services, which it finds nothing in.
func BenchmarkCheck(b *testing.B) {
	trees, err := conf.Open(b.Context(), "../../rules/testdata/base/conf", conf.Options{})
	require.NoError(b, err)
	p, err := runner(b).Load(b.Context(), disk.User("testdata/bench.cue"))
	require.NoError(b, err)
	for b.Loop() {
		require.Empty(b, p.Check(b.Context(), trees[0], "cluster"))
	}
}
