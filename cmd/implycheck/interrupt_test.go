//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// interruptible is a run over a tree, an archive that never ends and another
// tree, and where the archive is fed.
type interruptible struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
	archive        *os.File
}

// startLint returns when the run reads the archive.
func startLint(t *testing.T) *interruptible {
	t.Helper()
	dir := t.TempDir()
	for _, tree := range []string{"c1", "c2"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, tree, "broker"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, tree, "broker/runtime.properties"), []byte("druid.prot=1\n"), 0o644))
	}
	pipe := filepath.Join(dir, "conf.tar")
	require.NoError(t, syscall.Mkfifo(pipe, 0o644))
	// The test scripts' implycheck is this binary under another name.
	self, err := exec.LookPath("implycheck")
	require.NoError(t, err)
	run := &interruptible{cmd: exec.Command(self, "lint", "--jobs", "1", "c1", "conf.tar", "c2")}
	run.cmd.Dir, run.cmd.Stdout, run.cmd.Stderr = dir, &run.stdout, &run.stderr
	require.NoError(t, run.cmd.Start())
	t.Cleanup(func() { _ = run.cmd.Process.Kill() })
	run.archive, err = os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the reader
	require.NoError(t, err)
	return run
}

func (r *interruptible) interrupt(t *testing.T) {
	t.Helper()
	require.NoError(t, r.cmd.Process.Signal(os.Interrupt))
	time.Sleep(200 * time.Millisecond) // for the signal to arrive
}

// Ctrl-C ends a run with what was not checked; nothing half is reported.
func TestInterrupt(t *testing.T) {
	run := startLint(t)
	run.interrupt(t)
	require.NoError(t, run.archive.Close())
	var exit *exec.ExitError
	require.ErrorAs(t, run.cmd.Wait(), &exit)
	require.Equal(t, exitUsage, exit.ExitCode())
	require.Equal(t, "implycheck: interrupted, and nothing is reported; not checked: c2\n", run.stderr.String())
	require.Empty(t, run.stdout.String())
}

// A second Ctrl-C does not wait for anything.
func TestInterruptTwice(t *testing.T) {
	run := startLint(t)
	run.interrupt(t)
	run.interrupt(t)
	var exit *exec.ExitError
	require.ErrorAs(t, run.cmd.Wait(), &exit)
	require.Equal(t, syscall.SIGINT, exit.Sys().(syscall.WaitStatus).Signal())
	require.NoError(t, run.archive.Close())
}
