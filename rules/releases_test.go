package rules_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/rules/internal/exampletree"
	"github.com/implycheck/implycheck/schema"
)

// TestReleases lints the bad example of every rule under every release: where the
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
				worst, err := exampletree.Severities(t.Context(), "testdata/base", r.Example().Cases[0], r.ID)
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

// spans writes runs of releases of one severity: error 0.12 - 0.19, info 0.20 - 38.
func spans(worst map[schema.Release]finding.Severity) string {
	var list []string
	for from := schema.Oldest; from <= schema.Newest; {
		until := from
		for until < schema.Newest && worst[until+1] == worst[from] {
			until++
		}
		if s := worst[from]; s != 0 {
			list = append(list, fmt.Sprintf("%s %s - %s", s, from, until))
		}
		from = until + 1
	}
	return strings.Join(list, ", ")
}
