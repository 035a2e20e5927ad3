package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What --force replaces is where restore finds it, and nowhere else.
func TestForceAndRestore(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	dir := filepath.Join(t.TempDir(), "new")
	size := func(want int, more ...string) string {
		var out, errs bytes.Buffer
		args := append([]string{"size", "--instance", "m5.4xlarge", "--target", "druid-33", "--write", dir, "--form", "compose"}, more...)
		require.Equal(t, want, run(args, nil, &out, &errs), errs.String())
		return errs.String()
	}
	size(exitClean)
	file := filepath.Join(dir, "compose.yaml")
	require.NoError(t, os.WriteFile(file, []byte("mine\n"), 0o644))
	require.Contains(t, size(exitUsage), "compose.yaml exists: --force replaces files, and implycheck restore puts the old ones back")
	said := size(exitClean, "--force")
	require.Contains(t, said, "replaced "+file)
	_, rest, found := strings.Cut(said, "implycheck restore ")
	require.True(t, found)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "the files and no copies of them")

	var out, errs bytes.Buffer
	require.Equal(t, exitClean, run([]string{"restore", strings.Fields(rest)[0]}, nil, &out, &errs), errs.String())
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "mine\n", string(text))
}

// A plan for Compose is one for the machine that it starts everything on, also where it is
// compared with a file that is there.
func TestComposeIsOneMachine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	var out, errs bytes.Buffer
	flags := []string{"size", "--cores", "8", "--memory", "64GiB", "--target", "druid-33"}
	require.Equal(t, exitClean, run(append(flags, "--write", dir, "--form", "compose"), nil, &out, &errs), errs.String())
	out.Reset()
	require.Equal(t, exitClean, run(append(flags, "--conf", filepath.Join(dir, "compose.yaml")), nil, &out, &errs), errs.String())
	require.Empty(t, out.String())
	require.Equal(t, exitUsage, run([]string{"size", "--data-instance", "i3.2xlarge", "--target", "druid-33", "--write", dir, "--form", "compose"}, nil, &out, &errs))
	require.Contains(t, errs.String(), "compose starts everything on one machine")
}
