package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint"
)

const (
	brokerFile = "conf/druid/broker/runtime.properties"
	commonFile = "conf/druid/_common/common.runtime.properties"
)

// repeated writes n lines, each with its number.
func repeated(format string) func(n int) string {
	return func(n int) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, format, i)
		}
		return text.String()
	}
}

// listed writes n items, each with its number, into one value.
func listed(key, item, open, end string) func(n int) string {
	return func(n int) string {
		return key + open + strings.TrimSuffix(repeated(item+",")(n), ",") + end + "\n"
	}
}

// TestGrowth: what a run allocates grows with its input and not with the square
// of it, whatever there is many of.
func TestGrowth(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures, which the race detector spoils")
	}
	for name, c := range map[string]struct {
		file string
		text func(n int) string
	}{
		"unknown keys":       {brokerFile, repeated("druid.x%d=1\n")},
		"misspelt keys":      {brokerFile, repeated("druid.server.htp.numThreads%d=1\n")},
		"unknown extensions": {commonFile, listed("druid.extensions.loadList=", `"e%d"`, "[", "]")},
		"authenticators":     {commonFile, listed("druid.auth.authenticatorChain=", `"a%d"`, "[", "]")},
		"ignored rules":      {brokerFile, listed("# implycheck:ignore ", "r%d", "", " -- x")},
		"ignores":            {brokerFile, repeated("# implycheck:ignore prop-unknown -- x\ndruid.x%d=1\n")},
		"one key":            {brokerFile, repeated("a.b=%d\n")},
		"ignores alike":      {brokerFile, repeated("# implycheck:ignore prop-unknown -- x%.0d\n")},
		"ignores of nothing": {brokerFile, repeated("# implycheck:ignore prop-unknow%d -- x\n")},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 1500
			allocated(t, c.file, c.text(1)) // what is made once a process
			few, many := allocated(t, c.file, c.text(n)), allocated(t, c.file, c.text(4*n))
			require.Less(t, float64(many)/float64(few), 6.0, "%d bytes for %d, %d for %d", few, n, many, 4*n)
		})
	}
}

// allocated is how many bytes a run over one file allocates.
func allocated(t *testing.T, file, text string) uint64 {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte("druid.service=druid/broker\n"+text), 0o600))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := lint.Run(t.Context(), lint.Options{Paths: []string{dir}, NoConfig: true, Tool: finding.Tool{Name: "implycheck"}})
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	return after.TotalAlloc - before.TotalAlloc
}
