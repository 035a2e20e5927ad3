package fix_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/edit/fix"
	"github.com/implycheck/implycheck/internal/edit/retune"
)

// lay writes files and answers the changes that append a line to each.
func lay(t *testing.T, names ...string) (string, []retune.Change) {
	dir := t.TempDir()
	var changes []retune.Change
	for _, name := range names {
		name = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(name, []byte("a=1\n"), 0o640))
		changes = append(changes, retune.NewChange(conf.Masker(), &conf.File{Path: name, Data: []byte("a=1\n")}, []byte("a=1\nb=2\n")))
	}
	return dir, changes
}

func read(t *testing.T, name string) string {
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}

func requireFiles(t *testing.T, dir string, n int) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, n, "nothing is left behind")
}

func TestWrite(t *testing.T) {
	dir, changes := lay(t, "one", "two")
	require.NoError(t, os.Chmod(changes[1].Path, 0o604))
	require.NoError(t, fix.Write(changes))
	for i, mode := range []os.FileMode{0o640, 0o604} {
		require.Equal(t, "a=1\nb=2\n", read(t, changes[i].Path))
		info, err := os.Stat(changes[i].Path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode())
	}
	requireFiles(t, dir, 2)
}

func TestWriteAllOrNothing(t *testing.T) {
	dir, changes := lay(t, "one", "two", "three")
	require.NoError(t, os.WriteFile(changes[1].Path, []byte("edited\n"), 0o640))
	err := fix.Write(changes)
	require.EqualError(t, err, changes[1].Path+" cannot be written: it was changed by somebody else in the meantime; nothing was written")
	require.Equal(t, "a=1\n", read(t, changes[0].Path))
	require.Equal(t, "edited\n", read(t, changes[1].Path))

	require.NoError(t, os.Remove(changes[1].Path))
	require.EqualError(t, fix.Write(changes), changes[1].Path+" cannot be written: no such file or directory; nothing was written")
	require.Equal(t, "a=1\n", read(t, changes[0].Path))
	requireFiles(t, dir, 2)
}

// A link stays a link, and its file is changed.
func TestWriteThroughLinks(t *testing.T) {
	dir, changes := lay(t, "one")
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("one", link))
	changes[0].Path = link
	require.NoError(t, fix.Write(changes))
	require.Equal(t, "a=1\nb=2\n", read(t, filepath.Join(dir, "one")))
	target, err := os.Readlink(link)
	require.NoError(t, err)
	require.Equal(t, "one", target)
}
