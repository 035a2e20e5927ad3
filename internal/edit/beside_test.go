//go:build linux || darwin

package edit

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/disk"
)

// What a run that was killed has left is gone after the next one; what another
// one is still writing, and files of other people, are not touched.
func TestLeftOver(t *testing.T) {
	if dir := os.Getenv("STAGE_IN"); dir != "" {
		var s Staging
		require.NoError(t, s.AddNamed(disk.User(filepath.Join(dir, "report")), File{}, text("half")))
		fmt.Println("staged")
		select {} // until it is killed
	}
	dir, root := folder(t, map[string]string{"runtime.properties.1.tmp": "theirs", ".implycheck-x.tmp": "theirs"})
	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0], "-test.run=^TestLeftOver$")
		cmd.Env = append(os.Environ(), "STAGE_IN="+dir)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		line, _ := bufio.NewReader(out).ReadString('\n')
		require.Equal(t, "staged\n", line)
		return cmd
	}
	kill := func(cmd *exec.Cmd) {
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()
	}
	beside := func() int {
		names, err := filepath.Glob(filepath.Join(dir, prefix+"*"+suffix))
		require.NoError(t, err)
		return len(names) - 1 // theirs
	}
	kill(start())
	require.Equal(t, 1, beside())
	running := start()
	require.Equal(t, 1, beside(), "the running one has removed the first one's")
	link := filepath.Join(dir, newName())
	require.NoError(t, os.Symlink("runtime.properties.1.tmp", link))

	require.NoError(t, Write(disk.User(filepath.Join(dir, "report")), File{}, text("whole")))
	require.Equal(t, 2, beside(), "the running one's, and a link")
	kill(running)
	var s Staging
	require.NoError(t, s.Add(File{Folder: root, Path: "report"}, text("again")))
	require.NoError(t, s.Commit())
	require.NoError(t, os.Remove(link))
	requireFiles(t, dir, map[string]string{"runtime.properties.1.tmp": "theirs", ".implycheck-x.tmp": "theirs", "report": "again"})
}
