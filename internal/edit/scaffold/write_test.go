package scaffold_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/edit/scaffold"
)

var two = []scaffold.File{{Path: "conf/a/one", Text: "1\n"}, {Path: "conf/b/two", Text: "2\n"}}

// tree is all that is in a folder, by path; a link shows where it leads.
func tree(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		rel, _ := filepath.Rel(dir, name)
		switch {
		case d.Type()&os.ModeSymlink != 0:
			files[rel], err = os.Readlink(name)
		case d.Type().IsRegular():
			var data []byte
			data, err = os.ReadFile(name)
			files[rel] = string(data)
		}
		return err
	}))
	return files
}

func TestWriteAndReplace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	written, err := scaffold.Write(dir, two, nil)
	require.NoError(t, err)
	require.Equal(t, scaffold.Written{New: 2}, written)
	written, err = scaffold.Write(dir, two, nil)
	require.NoError(t, err, "what is so already is no reason to stop")
	require.Equal(t, scaffold.Written{Unchanged: 2}, written)

	one := filepath.Join(dir, "conf/a/one")
	require.NoError(t, os.WriteFile(one, []byte("mine"), 0o644))
	before := tree(t, dir)
	_, err = scaffold.Write(dir, two, nil)
	require.EqualError(t, err, one+" exists: --force replaces files, and implycheck restore puts the old ones back; nothing was written")
	require.Equal(t, before, tree(t, dir))

	replaced := []scaffold.Replaced{{Path: one, Before: []byte("mine"), After: []byte("1\n")}}
	full := errors.New("no room for a backup")
	_, err = scaffold.Write(dir, two, func(old []scaffold.Replaced) error {
		require.Equal(t, replaced, old)
		return full
	})
	require.ErrorIs(t, err, full)
	require.Equal(t, before, tree(t, dir), "what cannot be kept is not replaced")

	written, err = scaffold.Write(dir, two, discard)
	require.NoError(t, err)
	require.Equal(t, scaffold.Written{Unchanged: 1, Replaced: replaced}, written)
	require.Equal(t, map[string]string{"conf/a/one": "1\n", "conf/b/two": "2\n"}, tree(t, dir), "and no copy lies next to it")
}

func discard([]scaffold.Replaced) error { return nil }

// What stands in the way is told before anything is written.
func TestWriteIsAllOrNothing(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(dir string) error
		want    string
	}{
		"a file for a folder": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "conf/b"), nil, 0o644) }, "DIR/conf/b is a file, and a folder is needed there; nothing was written"},
		"a folder for a file": {func(dir string) error { return os.MkdirAll(filepath.Join(dir, "conf/b/two"), 0o755) }, "DIR/conf/b/two is a folder, and a file is needed there; nothing was written"},
		"a link out":          {func(dir string) error { return os.Symlink(os.TempDir(), filepath.Join(dir, "conf/b")) }, "DIR/conf/b: it leads out of its repository or folder; nothing was written"},
		"a link to nothing":   {func(dir string) error { return os.Symlink("nothing", filepath.Join(dir, "conf/b")) }, "DIR/conf/b cannot be made: file exists; nothing was written"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.Mkdir(filepath.Join(dir, "conf"), 0o755))
			require.NoError(t, c.prepare(dir))
			before := tree(t, dir)
			_, err := scaffold.Write(dir, two, discard)
			require.EqualError(t, err, strings.ReplaceAll(c.want, "DIR", dir))
			require.Equal(t, before, tree(t, dir))
			_, err = os.Stat(filepath.Join(dir, "conf/a"))
			require.ErrorIs(t, err, os.ErrNotExist)
		})
	}
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	_, err := scaffold.Write(file, two, discard)
	require.EqualError(t, err, file+": it cannot be made a folder: not a directory")
}
