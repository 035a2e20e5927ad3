package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// command is a command of the guide: what to run, how it exits, and lines that
// it prints, in that order.
type command struct {
	text  string
	exit  int
	lines []string
}

var exits = regexp.MustCompile(`\s+# exits with (\d+)(: .*)?$`)

// consoles reads the console blocks of a page.
func consoles(page string) []command {
	var list []command
	inside := false
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		switch text, isCommand := strings.CutPrefix(line, "$ "); {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case isCommand:
			c := command{text: text}
			if m := exits.FindStringSubmatch(text); m != nil {
				c.text, c.exit = strings.TrimSuffix(text, m[0]), int(m[1][0]-'0')
			}
			list = append(list, c)
		case line != "...":
			list[len(list)-1].lines = append(list[len(list)-1].lines, line)
		}
	}
	return list
}

// blocks are the texts of a page's blocks in a language.
func blocks(page, language string) []string {
	var list []string
	for _, part := range strings.Split(page, "\n```"+language+"\n")[1:] {
		text, _, _ := strings.Cut(part, "\n```")
		list = append(list, text+"\n")
	}
	return list
}

// The guide's commands run as written, one after the other, on a copy of the
// demo's cluster.
func TestGuide(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	data, err := os.ReadFile("../../docs/guide.md")
	require.NoError(t, err)
	page := string(data)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "conf"), os.DirFS("../../testdata/demo/conf")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "acme.cue"), []byte(blocks(page, "cue")[0]), 0o644))
	list := consoles(page)
	require.Greater(t, len(list), 20)
	for i, c := range list {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "bash", "-c", c.text)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "HOME="+dir)
			out, _ := cmd.CombinedOutput()
			require.Equal(t, c.exit, cmd.ProcessState.ExitCode(), "%s\n%s", c.text, out)
			rest := string(out)
			for _, line := range c.lines {
				_, after, found := strings.Cut(rest, line)
				require.True(t, found, "%s does not print %q; it prints\n%s", c.text, line, out)
				rest = after
			}
		})
	}
}
