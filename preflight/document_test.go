package preflight_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

func targetOf(t *testing.T, name string) schema.Target {
	t.Helper()
	target, err := schema.ParseTarget(name)
	require.NoError(t, err)
	return target
}

// Every check says all that explain prints, and its name is no rule's.
func TestDocuments(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range preflight.All() {
		require.True(t, rules.IsLive(c.ID), c.ID)
		require.False(t, seen[c.ID], c.ID)
		seen[c.ID] = true
		for _, text := range []string{c.Title, c.Why, c.Effect, c.Fix, c.Source} {
			require.NotEmpty(t, text, c.ID)
		}
		require.True(t, strings.HasSuffix(c.Title, "."), c.ID)
		require.NotZero(t, c.Severity, c.ID)
		ways := 0
		for _, way := range []bool{c.Judge != nil, c.Each != nil, c.Known != nil} {
			if way {
				ways++
			}
		}
		require.True(t, ways == 1 || ways == 0 && c.Between != nil, "%s judges in one way", c.ID)
		found, ok := preflight.Lookup(c.ID)
		require.True(t, ok)
		require.Same(t, c, found)
		_, err := os.Stat("../docs/rules/" + c.ID + ".md")
		require.NoError(t, err, "run go generate ./preflight")
	}
	require.Greater(t, len(seen), 50)
}
