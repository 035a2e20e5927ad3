//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// started is a run of the program in a folder of its own, and what it has written.
type started struct {
	*exec.Cmd
	stderr bytes.Buffer
	stdout io.ReadCloser
}

// start runs the program over some files, and waits until it is in the middle of
// what it does.
func start(t *testing.T, files map[string]string, args ...string) *started {
	t.Helper()
	dir := t.TempDir()
	lay(t, dir, files)
	self, err := exec.LookPath("implycheck")
	require.NoError(t, err)
	s := &started{Cmd: exec.Command(self, args...)}
	s.Dir, s.Stderr = dir, &s.stderr
	s.stdout, err = s.StdoutPipe()
	require.NoError(t, err)
	_, err = s.StdinPipe() // nobody writes to it
	require.NoError(t, err)
	require.NoError(t, s.Start())
	t.Cleanup(func() { _ = s.Process.Kill() })
	time.Sleep(1500 * time.Millisecond)
	return s
}

// code is what it ends with, after a signal that it obeys.
func (s *started) code(t *testing.T) int {
	t.Helper()
	var exit *exec.ExitError
	require.ErrorAs(t, s.Wait(), &exit)
	return exit.ExitCode()
}

// TestInterrupt: the first Ctrl-C, or the SIGTERM of a CI system, ends a run within
// a second, with what was not checked; nothing half is reported.
func TestInterrupt(t *testing.T) {
	const broker = "druid.prot=1\n"
	files := map[string]string{
		"c1/broker/runtime.properties": broker, "c2/broker/runtime.properties": broker,
		"slow.cue": `import "list"
#n: list.Range(0, 400, 1)
broker: "druid.port": <list.Sum([for x in #n for y in #n {x * y}])
`,
	}
	for name, test := range map[string]struct {
		args   []string
		signal os.Signal
		want   string
	}{
		"a slow policy":  {[]string{"lint", "--jobs", "1", "--policy", "slow.cue", "c1", "c2"}, os.Interrupt, "interrupted, and nothing is reported; not checked: c1, c2"},
		"SIGTERM":        {[]string{"lint", "--jobs", "1", "--policy", "slow.cue", "c1", "c2"}, syscall.SIGTERM, "interrupted, and nothing is reported; not checked: c1, c2"},
		"standard input": {[]string{"lint", "-", "--stdin-filename", "c1/broker/runtime.properties"}, os.Interrupt, "interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := start(t, files, test.args...)
			require.NoError(t, run.Process.Signal(test.signal))
			begun := time.Now()
			out, err := io.ReadAll(run.stdout)
			require.NoError(t, err)
			require.Equal(t, exitUsage, run.code(t))
			require.Less(t, time.Since(begun), time.Second)
			require.Equal(t, "implycheck: "+test.want+"\n", run.stderr.String())
			require.Empty(t, out)
		})
	}
}

// A second Ctrl-C does not wait for anything, not even for somebody who reads the
// output.
func TestInterruptTwice(t *testing.T) {
	var lines strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&lines, "druid.nobody.knows.this.%d=1\n", i)
	}
	run := start(t, map[string]string{"conf/broker/runtime.properties": lines.String()}, "lint", "conf")
	_, err := io.ReadFull(run.stdout, make([]byte, 1)) // the rest fills the pipe
	require.NoError(t, err)
	require.NoError(t, run.Process.Signal(os.Interrupt))
	time.Sleep(200 * time.Millisecond) // for the signal to arrive
	require.NoError(t, run.Process.Signal(os.Interrupt))
	var exit *exec.ExitError
	require.ErrorAs(t, run.Wait(), &exit)
	require.Equal(t, syscall.SIGINT, exit.Sys().(syscall.WaitStatus).Signal())
}
