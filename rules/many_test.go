package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// Of thousands of findings in a file the first are given, and how many there are;
// the worse ones are not lost among them.
func TestManyFindings(t *testing.T) {
	var b strings.Builder
	for i := range 4_500 {
		fmt.Fprintf(&b, "druid.nosuchthing%d=1\n", i)
	}
	b.WriteString("druid.zkk.service.host=a\ndruid.server.http.numThreads=none\n")
	file := filepath.Join(t.TempDir(), "conf", "broker", "runtime.properties")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	trees, err := conf.Open(t.Context(), filepath.Dir(filepath.Dir(file)), conf.Options{})
	require.NoError(t, err)
	r, err := Lint(t.Context(), trees[0], Options{})
	require.NoError(t, err)
	count, more, worst := map[string]int{}, []string{}, finding.Info
	for _, f := range r.Findings {
		count[f.Rule]++
		worst = max(worst, f.Severity)
		if f.More > 0 {
			more = append(more, f.Message)
		}
	}
	require.Equal(t, mostAlike, count["prop-unknown"])
	require.Len(t, more, 1)
	require.Contains(t, more[0], fmt.Sprintf("(and %d more such findings in this file, which are left out)", 4_501-mostAlike))
	require.Equal(t, finding.Error, worst, "the number of threads")
}
