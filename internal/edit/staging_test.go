package edit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/disk"
)

func text(s string) func(*os.File) error {
	return func(f *os.File) error {
		_, err := f.WriteString(s)
		return err
	}
}

// requireFiles asserts that a folder holds exactly these files.
func requireFiles(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	got := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		got[e.Name()] = string(data)
	}
	require.Equal(t, want, got)
}

// folder is a folder with files, and opened.
func folder(t *testing.T, files map[string]string) (string, *os.Root) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644))
	}
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	return dir, root
}

func TestReplace(t *testing.T) {
	dir, root := folder(t, map[string]string{"old": "old"})
	require.NoError(t, os.Chmod(filepath.Join(dir, "old"), 0o662))
	var s Staging
	require.NoError(t, s.Add(File{Folder: root, Path: "old", Shown: "old"}, text("new")))
	require.NoError(t, s.Add(File{Folder: root, Path: "other", Shown: "other", New: true}, text("other")))
	require.NoError(t, s.Commit())
	requireFiles(t, dir, map[string]string{"old": "new", "other": "other"})
	info, err := os.Stat(filepath.Join(dir, "old"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o662), info.Mode())
}

// Half of a report is worse than the last one.
func TestFailureLeavesTheOldFile(t *testing.T) {
	dir, root := folder(t, map[string]string{"old": "old"})
	full := errors.New("disk full")
	var s Staging
	err := s.Add(File{Folder: root, Path: "old", Shown: "the/old"}, func(f *os.File) error {
		_, _ = f.WriteString("half")
		return full
	})
	require.ErrorIs(t, err, full)
	require.EqualError(t, err, "the/old cannot be written: disk full")
	s.Discard()
	requireFiles(t, dir, map[string]string{"old": "old"})
}

// TestAllOrNone: what somebody else does between Add and Commit stays, and the
// files before it are as they were.
func TestAllOrNone(t *testing.T) {
	replace := func(name, text string) func(string) error {
		return func(dir string) error { // as editors do
			if err := os.WriteFile(filepath.Join(dir, "swap"), []byte(text), 0o644); err != nil {
				return err
			}
			return os.Rename(filepath.Join(dir, "swap"), filepath.Join(dir, name))
		}
	}
	for name, c := range map[string]struct {
		meanwhile func(dir string) error
		file      File
		want      string
		left      map[string]string
	}{
		"written to": {
			func(dir string) error { return os.WriteFile(filepath.Join(dir, "c"), []byte("theirs"), 0o644) },
			File{Before: []byte("c")}, "it was changed by somebody else in the meantime", map[string]string{"a": "a", "c": "theirs"},
		},
		"longer": {
			func(dir string) error { return os.WriteFile(filepath.Join(dir, "c"), []byte("c and more"), 0o644) },
			File{Before: []byte("c")}, "it was changed by somebody else in the meantime", map[string]string{"a": "a", "c": "c and more"},
		},
		"replaced": {replace("c", "theirs"), File{}, "it was changed by somebody else in the meantime", map[string]string{"a": "a", "c": "theirs"}},
		"removed": {
			func(dir string) error { return os.Remove(filepath.Join(dir, "c")) },
			File{Before: []byte("c")}, "no such file or directory", map[string]string{"a": "a"},
		},
		"a link now": {
			func(dir string) error {
				_ = os.Remove(filepath.Join(dir, "c"))
				return os.Symlink("a", filepath.Join(dir, "c"))
			},
			File{}, "it is a link, and no regular file", map[string]string{"a": "a", "c": "a"},
		},
		"there now": {replace("new", "theirs"), File{Path: "new", New: true}, "file already exists", map[string]string{"a": "a", "c": "c", "new": "theirs"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, root := folder(t, map[string]string{"a": "a", "c": "c"})
			c.file.Folder, c.file.Shown = root, "it"
			if c.file.Path == "" {
				c.file.Path = "c"
			}
			var s Staging
			require.NoError(t, s.Add(File{Folder: root, Path: "a", Before: []byte("a")}, text("ours")))
			require.NoError(t, s.MakeFolder(root, "sub/folder"))
			require.NoError(t, s.Add(File{Folder: root, Path: "sub/folder/b", New: true}, text("ours")))
			require.NoError(t, s.Add(c.file, text("ours")))
			require.NoError(t, c.meanwhile(dir))
			require.EqualError(t, s.Commit(), "it cannot be written: "+c.want+"; nothing was written")
			requireFiles(t, dir, c.left)
		})
	}
}

// Hard links are as documented: the other name keeps the old content.
func TestHardLink(t *testing.T) {
	dir, root := folder(t, map[string]string{"a": "old"})
	require.NoError(t, os.Link(filepath.Join(dir, "a"), filepath.Join(dir, "same")))
	var s Staging
	require.NoError(t, s.Add(File{Folder: root, Path: "a", Before: []byte("old")}, text("new")))
	require.NoError(t, s.Commit())
	requireFiles(t, dir, map[string]string{"a": "new", "same": "old"})
}

// What a stranger lays in the place of a report is not written through.
func TestNamedIsNoWayOut(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func() error
		file    string
		check   string
		want    string
	}{
		"a link out":       {func() error { return os.Symlink("../victim", "r") }, "r", "r is a link, and is not written through: name a file", "r cannot be written: it is a link, and no regular file"},
		"a link in":        {func() error { return os.Symlink("precious", "r") }, "r", "r is a link, and is not written through: name a file", "r cannot be written: it is a link, and no regular file"},
		"a dangling link":  {func() error { return os.Symlink("../none", "r") }, "r", "r is a link, and is not written through: name a file", "r cannot be written: it is a link, and no regular file"},
		"a folder":         {func() error { return os.Mkdir("r", 0o755) }, "r", "r is a folder: name a file in it", "r cannot be written: it is a folder, and no regular file"},
		"a folder out":     {func() error { return os.Symlink("..", "out") }, "out/r", "the folder out cannot be written to: it leads out of its repository or folder", "out/r cannot be written: it leads out of its repository or folder"},
		"a folder far out": {func() error { return os.Symlink(os.TempDir(), "out") }, "out/r", "the folder out cannot be written to: it leads out of its repository or folder", "out/r cannot be written: it leads out of its repository or folder"},
		"no folder":        {func() error { return nil }, "no/r", "there is no folder no: make it first", "no/r cannot be written: no such file or directory"},
		"a file for one":   {func() error { return nil }, "precious/r", "the folder precious cannot be written to: not a directory", "precious/r cannot be written: not a directory"},
		"a device":         {func() error { return nil }, os.DevNull, "/dev/null is a device, and is not written through: name a file", "/dev/null cannot be written: it is a device, and no regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			above := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(above, "victim"), []byte("precious"), 0o644))
			require.NoError(t, os.Mkdir(filepath.Join(above, "checkout"), 0o755))
			t.Chdir(filepath.Join(above, "checkout"))
			require.NoError(t, os.WriteFile("precious", []byte("precious"), 0o644))
			require.NoError(t, c.prepare())
			require.EqualError(t, Check(disk.User(c.file)), c.check)
			require.EqualError(t, Write(disk.User(c.file), File{}, text("report")), c.want)
			for _, precious := range []string{"precious", "../victim"} {
				data, err := os.ReadFile(precious)
				require.NoError(t, err)
				require.Equal(t, "precious", string(data))
			}
			entries, err := os.ReadDir(above)
			require.NoError(t, err)
			require.Len(t, entries, 2)
		})
	}
	t.Run("plain", func(t *testing.T) {
		t.Chdir(t.TempDir())
		require.NoError(t, os.Mkdir("real", 0o755))
		require.NoError(t, os.Symlink("real", "in"))
		require.NoError(t, Check(disk.User("in/r")))
		require.NoError(t, Write(disk.User("in/r"), File{}, text("report")))
		requireFiles(t, "real", map[string]string{"r": "report"})
	})
}

// Nothing takes a file beside for configuration.
func TestFilesBesideAreNoConfiguration(t *testing.T) {
	for _, dir := range []string{"", "conf/druid/broker", "conf/druid/_common", "conf/supervise", "conf/zk", "conf/pivot"} {
		require.False(t, conf.IsConfiguration(filepath.ToSlash(filepath.Join(dir, newName()))))
	}
	require.True(t, isBeside(newName()))
	for _, name := range []string{"runtime.properties.1.tmp", ".implycheck.yaml", prefix + "x" + suffix, newName() + "x"} {
		require.False(t, isBeside(name), name)
	}
}

// Some file systems have no hard links: the old file is copied then.
func TestCopyOld(t *testing.T) {
	dir, root := folder(t, map[string]string{"a": "old"})
	info, err := root.Stat("a")
	require.NoError(t, err)
	f := staged{File: File{Folder: root, Path: "a"}, info: info}
	require.NoError(t, f.copyOld("kept"))
	requireFiles(t, dir, map[string]string{"a": "old", "kept": "old"})
	require.ErrorIs(t, f.copyOld("kept"), fs.ErrExist)
}

// What was written and cannot be put back is named: its backup is needed.
func TestPutBackThatFails(t *testing.T) {
	_, root := folder(t, map[string]string{"a": "new"})
	err := putBack([]*staged{{File: File{Folder: root, Path: "a", Shown: "conf/a"}, placed: true, old: "gone"}})
	var stuck *StuckError
	require.ErrorAs(t, err, &stuck)
	require.EqualError(t, err, "conf/a was written and cannot be put back: no such file or directory")
}
