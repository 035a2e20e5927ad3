//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWatch: each change is linted, whatever kind of file it is in, and Ctrl-C ends
// with the exit code of the last run.
func TestWatch(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	const right, wrong = "druid.service=druid/broker\ndruid.server.http.numThreads=40\n", "druid.service=druid/broker\ndruid.server.http.numThreads=forty\n"
	run := start(t, map[string]string{"conf/broker/runtime.properties": right}, "lint", "--watch", "--quiet", "--format", "compact", "--output", "json=conf/broker/druid.json", "conf")
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(run.stdout); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(run.Dir, name), []byte(text), 0o644))
	}
	wait := func(want string) {
		t.Helper()
		deadline := time.After(20 * time.Second)
		for {
			select {
			case line, open := <-lines:
				require.True(t, open, "it ended")
				if strings.Contains(line, want) {
					return
				}
			case <-deadline:
				t.Fatalf("nothing says %q", want)
			}
		}
	}
	select {
	case line := <-lines:
		require.Fail(t, "nothing has changed", line)
	case <-time.After(time.Second):
	}
	write("conf/broker/runtime.properties", wrong)
	wait("---- 20")
	wait("runtime.properties:2:30: error")
	write(".implycheck.yaml", "version: 1\nrules:\n  prop-type-int: warning\n")
	wait("runtime.properties:2:30: warning")
	write("conf/broker/jvm.config", "-Xms2g\n-Xmx1g\n")
	wait("jvm.config:1")
	require.NoError(t, os.Remove(filepath.Join(run.Dir, ".implycheck.yaml")))
	wait("runtime.properties:2:30: error")
	select {
	case line := <-lines:
		require.NotContains(t, line, "----", "its own report is the reason for a run")
	case <-time.After(1500 * time.Millisecond):
	}
	require.NoError(t, run.Process.Signal(os.Interrupt))
	require.Equal(t, exitFindings, run.code(t))
	require.Empty(t, run.stderr.String())
}

// TestWatchGoesOn: what cannot be read is said, and looked at again. The exit code is
// that of the last run.
func TestWatchGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	run := start(t, map[string]string{"conf/broker/runtime.properties": "druid.service=druid/broker\n", ".implycheck.yaml": "version: 1\n"}, "lint", "--watch", "--exit-zero", "conf/broker/runtime.properties")
	require.NoError(t, os.WriteFile(filepath.Join(run.Dir, ".implycheck.yaml"), []byte("version: ["), 0o644))
	var before strings.Builder
	stdout := bufio.NewReader(run.stdout)
	for !strings.Contains(before.String(), "---- 20") {
		line, err := stdout.ReadString('\n')
		require.NoError(t, err)
		before.WriteString(line)
	}
	time.Sleep(time.Second) // for a run that nothing is the reason of
	require.NoError(t, run.Process.Signal(syscall.SIGTERM))
	rest, err := io.ReadAll(stdout)
	require.NoError(t, err)
	out := before.String() + string(rest)
	require.Equal(t, exitUsage, run.code(t))
	require.Equal(t, 1, strings.Count(out, "---- 20"), "one change, one more run")
	require.Contains(t, run.stderr.String(), "implycheck: .implycheck.yaml:1:")
}
