package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// editor runs a client of the server on a small tree, and answers what it prints.
func editor(t *testing.T, stdin, dir, program string, args ...string) string {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	tree, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	lay(t, tree, map[string]string{
		"conf/druid/_common/common.runtime.properties": "druid.zk.service.host=zk1:2181,zk2:2181,zk3:2181\n",
		"conf/druid/broker/runtime.properties":         "druid.service=druid/broker\ndruid.processing.buffer.sizeBytes=536870912\ndruid.processing.numThreads=3\n",
		"conf/druid/historical/runtime.properties":     "druid.service=druid/historical\ndruid.processing.numThreads=3\n",
	})
	self, err := exec.LookPath("implycheck")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "IMPLYCHECK_DIR="+tree, "IMPLYCHECK_BIN="+self, "XDG_STATE_HOME="+t.TempDir())
	printed, err := cmd.CombinedOutput()
	require.NoError(t, err, string(printed))
	return strings.ReplaceAll(string(printed), "\r", "")
}

// TestNeovim: the server in an editor that people use.
func TestNeovim(t *testing.T) {
	installed(t, editors, "nvim")
	script, err := filepath.Abs("testdata/lsp/nvim.lua")
	require.NoError(t, err)
	out := editor(t, "", "", "nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", "filetype on", "-c", "luafile "+script)
	for _, want := range []string{
		"filetype jproperties\n", "finds the wrong key true\n", "it goes with its reason true\n", "explains true\n", "completes true\n", "leads to 3 lines\n", "has stopped true\n",
	} {
		require.Contains(t, out, want)
	}
}

// TestNode: the server behind the library of VS Code and of others.
func TestNode(t *testing.T) {
	installed(t, editors, "node")
	dir, err := filepath.Abs("../../bin/editors")
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(dir, "node_modules/vscode-languageserver-protocol")); err != nil {
		missing(t, editors, "vscode-languageserver-protocol, in bin/editors,")
	}
	script, err := os.ReadFile("testdata/lsp/client.js")
	require.NoError(t, err)
	out := editor(t, string(script), dir, "node", "-")
	require.Equal(t, `is implycheck and takes changes of kind 2
watches workspace/didChangeWatchedFiles
finds prop-unknown {"start":{"line":0,"character":0},"end":{"line":0,"character":31}}
offers Write druid.processing.numMergeBuffers; Ignore prop-unknown here
begins with druid.processing.numMergeBuffer
hints = 512 MiB; direct memory 512 MiB x (3 threads + 2 merge buffers + 1) = 3 GiB
completes true
refuses -32601
exits with 0
`, out)
}

// TestVSCode: the extension in a host that is made up.
func TestVSCode(t *testing.T) {
	installed(t, editors, "node")
	out, err := exec.Command("node", "../../editors/vscode/test.js").CombinedOutput()
	require.NoError(t, err, string(out))
}

// TestNeovimSnippet: what the documentation tells people to copy works. Neovim before
// 0.8 lacks two functions that it uses.
func TestNeovimSnippet(t *testing.T) {
	installed(t, editors, "nvim")
	snippet, err := filepath.Abs("../../editors/neovim/implycheck.lua")
	require.NoError(t, err)
	script, err := filepath.Abs("testdata/lsp/snippet.lua")
	require.NoError(t, err)
	out := editor(t, "", "", "nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", "luafile "+script, "-c", "luafile "+snippet, "-c", "lua Check()")
	require.Contains(t, out, "finds the wrong key true\n")
}

// TestCompactInEditors: lines of the compact format are what ALE's pattern expects.
func TestCompactInEditors(t *testing.T) {
	script, err := os.ReadFile("../../editors/ale/ale_linters/jproperties/implycheck.vim")
	require.NoError(t, err)
	pattern := regexp.MustCompile(`'\\v(\^.+\$)'`).FindStringSubmatch(string(script))
	require.Len(t, pattern, 2)
	var out, log strings.Builder
	name := filepath.Join(t.TempDir(), "druid/broker/runtime.properties")
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	code := run([]string{"lint", "-", "--stdin-filename", name, "--format", "compact", "--exit-zero", "--verbose"},
		strings.NewReader("druid.service=druid/broker\ndruid.processing.numThread=3\n"), &out, &log)
	require.Equal(t, exitClean, code, log.String())
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	line := regexp.MustCompile(pattern[1])
	found := map[string]string{}
	for _, l := range lines {
		m := line.FindStringSubmatch(l)
		require.NotNil(t, m, l)
		found[m[6]] = m[1] + ":" + m[2]
	}
	require.Equal(t, filepath.ToSlash(name)+":2", found["prop-unknown"])
}

// TestLSP: what a shell sees of it.
func TestLSP(t *testing.T) {
	say := func(stdin string, args ...string) (int, string) {
		var out, log strings.Builder
		code := run(append([]string{"lsp"}, args...), strings.NewReader(stdin), &out, &log)
		return code, out.String() + log.String()
	}
	code, out := say("")
	require.Equal(t, exitFindings, code)
	require.Contains(t, out, "the client has left without shutdown")
	for _, wrong := range [][]string{{"--target", "nonsense"}, {"--form", "nonsense"}, {"--masters", "-1"}, {"conf/"}} {
		code, out = say("", wrong...)
		require.Equal(t, exitUsage, code, "%v: %s", wrong, out)
	}
}
