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

// A tree that is a link is changed where that stays in the repository or the
// working folder, and nowhere else.
func TestWriteToALinkedTree(t *testing.T) {
	tree := func(t *testing.T, dir string) []retune.Change {
		trees, err := conf.Open(t.Context(), dir, conf.Options{})
		require.NoError(t, err)
		return []retune.Change{retune.NewChange(trees[0].Masker(), trees[0].Files[0], []byte("druid.port=1\n"))}
	}
	lay := func(t *testing.T, dir string) string {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "broker"), 0o755))
		name := filepath.Join(dir, "broker", "runtime.properties")
		require.NoError(t, os.WriteFile(name, []byte("a=1\n"), 0o644))
		return name
	}
	const refused = "/broker/runtime.properties cannot be written: it leads out of its repository or folder; nothing was written"
	t.Run("out of a repository", func(t *testing.T) {
		above := t.TempDir()
		repository := filepath.Join(above, "repository")
		require.NoError(t, os.MkdirAll(filepath.Join(repository, ".git"), 0o755))
		file := lay(t, filepath.Join(above, "other"))
		require.NoError(t, os.Symlink("../other", filepath.Join(repository, "conf")))
		require.EqualError(t, fix.Write(tree(t, filepath.Join(repository, "conf"))), filepath.Join(repository, "conf")+refused)
		require.Equal(t, "a=1\n", read(t, file))
	})
	t.Run("out of the working folder", func(t *testing.T) {
		above := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(above, "here"), 0o755))
		t.Chdir(filepath.Join(above, "here"))
		file := lay(t, filepath.Join(above, "other"))
		require.NoError(t, os.Symlink("../other", "conf"))
		require.EqualError(t, fix.Write(tree(t, "conf")), "conf"+refused)
		require.Equal(t, "a=1\n", read(t, file))
	})
	t.Run("from elsewhere", func(t *testing.T) {
		above := t.TempDir()
		file := lay(t, filepath.Join(above, "other"))
		link := filepath.Join(above, "conf")
		require.NoError(t, os.Symlink("other", link))
		require.EqualError(t, fix.Write(tree(t, link)), link+refused)
		require.Equal(t, "a=1\n", read(t, file))
	})
	t.Run("within", func(t *testing.T) {
		t.Chdir(t.TempDir())
		file := lay(t, "clusters/prod")
		require.NoError(t, os.Symlink("clusters/prod", "conf"))
		require.NoError(t, fix.Write(tree(t, "conf")))
		require.Equal(t, "druid.port=1\n", read(t, file))
	})
}

// Between linting and writing a file may become a link, and so may its folder.
func TestWriteAfterASwap(t *testing.T) {
	dir, changes := lay(t, "one")
	victim := filepath.Join(t.TempDir(), "victim")
	require.NoError(t, os.WriteFile(victim, []byte("a=1\n"), 0o644))
	require.NoError(t, os.Remove(filepath.Join(dir, "one")))
	require.NoError(t, os.Symlink(victim, filepath.Join(dir, "one")))
	require.EqualError(t, fix.Write(changes), changes[0].Path+" cannot be written: it leads out of its repository or folder; nothing was written")
	require.Equal(t, "a=1\n", read(t, victim))
}
