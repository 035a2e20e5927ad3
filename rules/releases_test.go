package rules_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/rules/internal/exampletree"
	"github.com/implycheck/implycheck/schema"
)

// TestReleases lints the bad example of every rule under release after release: where the
// rule speaks, and how loudly, on both sides of each border between releases. A
// border that moves is seen in testdata/releases.golden.
func TestReleases(t *testing.T) {
	if testing.Short() {
		t.Skip("one rule like another")
	}
	var lock sync.Mutex
	lines := map[string]string{}
	t.Run("rules", func(t *testing.T) {
		for _, r := range rules.All() {
			t.Run(r.ID, func(t *testing.T) {
				t.Parallel()
				worst, err := exampletree.Severities(t.Context(), "testdata/base", r.Example().Cases[0], r.ID, asked(r))
				require.NoError(t, err)
				lock.Lock()
				defer lock.Unlock()
				lines[r.ID] = spans(worst)
			})
		}
	})
	var text strings.Builder
	for _, r := range rules.All() {
		fmt.Fprintf(&text, "%s: %s\n", r.ID, lines[r.ID])
	}
	if flag.Lookup("update").Value.String() == "true" {
		require.NoError(t, os.WriteFile("testdata/releases.golden", []byte(text.String()), 0o644))
	}
	want, err := os.ReadFile("testdata/releases.golden")
	require.NoError(t, err)
	require.Equal(t, string(want), text.String())
}

// asked are the releases that show where a rule speaks: both sides of its own
// borders, and some on the way.
func asked(r *rules.Rule) (releases []schema.Release) {
	some := []schema.Release{schema.Oldest, 17, 22, 28, 33, schema.Newest}
	if from := r.Releases.From; from > 0 {
		some = append(some, from-1, from)
	}
	if until := r.Releases.Until; until > 0 {
		some = append(some, until, until+1)
	}
	slices.Sort(some)
	some = slices.DeleteFunc(some, func(r schema.Release) bool { return r < schema.Oldest || r > schema.Newest })
	return slices.Compact(some)
}

// spans writes runs of releases of one severity: error 0.12 - 0.19, info 0.20 - 38.
func spans(worst map[schema.Release]finding.Severity) string {
	asked := slices.Sorted(maps.Keys(worst))
	var list []string
	for i := 0; i < len(asked); {
		last := i
		for last+1 < len(asked) && worst[asked[last+1]] == worst[asked[i]] {
			last++
		}
		if s := worst[asked[i]]; s != 0 {
			list = append(list, fmt.Sprintf("%s %s - %s", s, asked[i], asked[last]))
		}
		i = last + 1
	}
	return strings.Join(list, ", ")
}
