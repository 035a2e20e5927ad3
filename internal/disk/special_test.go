//go:build unix

package disk

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Nothing that never ends is opened, whoever names it; and nothing waits for a
// writer that never comes.
func TestNeverEnding(t *testing.T) {
	dir := lay(t, "repo/.git/", "repo/f")
	pipe := filepath.Join(dir, "repo/pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o644))
	link(t, "/dev/zero", filepath.Join(dir, "repo/zero"))
	link(t, "pipe", filepath.Join(dir, "repo/to-pipe"))
	file, err := Bounded(filepath.Join(dir, "repo/f"))
	require.NoError(t, err)
	in := func(name string) Name {
		n, err := file.Beside(name)
		require.NoError(t, err)
		return n
	}
	const isPipe = "it is a pipe, and no regular file"
	done := make(chan bool)
	go func() {
		defer close(done)
		for want, names := range map[string][]Name{
			isPipe:                                {User(pipe), User(filepath.Join(dir, "repo/to-pipe")), in("pipe"), in("to-pipe")},
			"it is a device, and no regular file": {User("/dev/zero"), User(filepath.Join(dir, "repo/zero"))},
			"it leads out of its repository or folder": {in("zero")},
		} {
			for _, n := range names {
				_, err := n.Read(1 << 20)
				require.EqualError(t, err, want, n)
				_, err = n.List(10)
				require.EqualError(t, err, want, n)
			}
		}
		// What becomes a pipe after the first look is opened and does not wait.
		info, err := os.Stat(filepath.Join(dir, "repo/f"))
		require.NoError(t, err)
		_, err = openChecked(pipe, func(string) (os.FileInfo, error) { return info, nil }, os.OpenFile)
		require.EqualError(t, err, isPipe)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("it waits")
	}
}
