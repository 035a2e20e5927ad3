package fix_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/edit/fix"
	"github.com/implycheck/implycheck/lint"
)

// asked fixes a file and answers what becomes of it and which lines were asked about.
func asked(t *testing.T, text string, answer func(f finding.Finding) (bool, error)) (after string, lines []int, err error) {
	dir := t.TempDir()
	file := filepath.Join(dir, "conf", "druid", "broker", "runtime.properties")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	x := fix.Fixer{Unsafe: true, Ask: func(_ *conf.Tree, f finding.Finding) (bool, error) {
		lines = append(lines, f.Line)
		return answer(f)
	}}
	for again := true; again; {
		twice := func(t *conf.Tree, list []finding.Finding) { x.Take(t, slices.Concat(list, list)) } // as two rules have the same fix
		_, err := lint.Run(context.Background(), lint.Options{Paths: []string{dir}, Overlay: x.Files(), NoConfig: true, Linted: twice})
		require.NoError(t, err)
		if again, err = x.Again(); err != nil {
			return "", lines, err
		}
	}
	for _, c := range x.Changes() {
		text = string(c.After)
	}
	return text, lines, nil
}

const misspelt = "druid.service=druid/broker\ndruid.broker.http.numConections=5\ndruid.server.http.numThred=40\n"

// What is refused stays as it is, and is asked about once, although another fix makes
// the tree be linted again.
func TestAskOnce(t *testing.T) {
	after, lines, err := asked(t, misspelt, func(f finding.Finding) (bool, error) { return f.Line == 3, nil })
	require.NoError(t, err)
	require.Equal(t, "druid.service=druid/broker\ndruid.broker.http.numConections=5\ndruid.server.http.numThreads=40\n", after)
	require.Equal(t, []int{2, 3}, lines)

	after, lines, err = asked(t, misspelt, func(finding.Finding) (bool, error) { return false, nil })
	require.NoError(t, err)
	require.Equal(t, misspelt, after)
	require.Equal(t, []int{2, 3}, lines)
}

func TestAskFails(t *testing.T) {
	broken := errors.New("no answer")
	_, lines, err := asked(t, misspelt, func(finding.Finding) (bool, error) { return false, broken })
	require.ErrorIs(t, err, broken)
	require.Equal(t, []int{2}, lines)
}
