//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The tests in attack_*_test.go run the program over what a stranger may send.
// docs/security.md says what is promised, and names them.

// What every run keeps to.
const (
	attackTime   = 20 * time.Second
	attackMemory = 400 // MiB
)

// attacked is what a run over a stranger's files ends with.
type attacked struct {
	code int
	text string // both outputs
}

// attack runs the program in a folder. Its standard input stays open, so that who
// reads it waits.
func attack(t *testing.T, dir string, args ...string) attacked {
	t.Helper()
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	ctx, cancel := context.WithTimeout(t.Context(), attackTime)
	defer cancel()
	self, err := exec.LookPath("implycheck")
	require.NoError(t, err)
	cmd := exec.CommandContext(ctx, self, args...)
	in, out, err := os.Pipe()
	require.NoError(t, err)
	defer in.Close()
	defer out.Close()
	var text bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, in, &text, &text
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	require.NoError(t, cmd.Start())
	memory := make(chan int)
	ended := make(chan struct{})
	go func() { memory <- highWater(cmd.Process.Pid, ended) }()
	_ = cmd.Wait()
	close(ended)
	require.Less(t, <-memory, attackMemory, "implycheck %v: MiB", args)
	require.NoError(t, ctx.Err(), "implycheck %v does not end", args)
	require.NotContains(t, text.String(), "goroutine ")
	require.Contains(t, []int{0, 1, 2}, cmd.ProcessState.ExitCode(), text.String())
	return attacked{cmd.ProcessState.ExitCode(), text.String()}
}

// highWater is the most memory that a process has had, in MiB, where Linux tells.
func highWater(pid int, ended <-chan struct{}) (most int) {
	for {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if _, line, ok := strings.Cut(string(status), "VmHWM:"); ok {
			kib := 0
			_, _ = fmt.Sscan(line, &kib)
			most = kib >> 10
		}
		select {
		case <-ended:
			return most
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// requireCode is the exit code that is wanted, and a part of what is said.
func (a attacked) requireCode(t *testing.T, code int, says string) {
	t.Helper()
	require.Equal(t, code, a.code, a.text)
	require.Contains(t, a.text, says)
}

const (
	commonFile = "conf/druid/_common/common.runtime.properties"
	brokerFile = "conf/druid/broker/runtime.properties"
	brokerText = "druid.service=druid/broker\ndruid.plaintextPort=8082\n"
	mistake    = "druid.processing.numThreads=abc\n"
)

// checkout is a folder with a small tree; a repository with it committed, if git
// is true.
func checkout(t *testing.T, git bool) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	dir = filepath.Join(dir, "checkout")
	lay(t, dir, map[string]string{
		commonFile: "druid.zk.service.host=zk1.internal\n", brokerFile: brokerText,
		"conf/druid/broker/jvm.config":         "-server\n-Xms1g\n-Xmx1g\n",
		"conf/druid/router/runtime.properties": "druid.service=druid/router\n",
	})
	if git {
		installed(t, servers, "git")
		shell(t, dir, "git init -q -b main . && git add -A && git commit -qm base")
	}
	return dir
}

// shell runs a line of commands, as a stranger or a CI system does.
func shell(t *testing.T, dir, line string) {
	t.Helper()
	cmd := exec.Command("sh", "-euc", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@a.invalid", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@a.invalid")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s", line, out)
}

func textOf(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}
