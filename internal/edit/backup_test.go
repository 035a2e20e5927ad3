//go:build !js

package edit

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// backupsIn are backups of files that were changed from a to b.
func backupsIn(t *testing.T) (Backups, string) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	b, err := UserBackups()
	require.NoError(t, err)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	return b, dir
}

func TestBackupsRestoreAllOrNone(t *testing.T) {
	b, dir := backupsIn(t)
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	for _, name := range []string{one, two} {
		require.NoError(t, os.WriteFile(name, []byte("b"), 0o640))
	}
	id, err := b.Save([]SavedFile{Saved(one, []byte("a"), []byte("b")), Saved(two, []byte{}, []byte("b"))}, time.Now())
	require.NoError(t, err)
	list, err := b.List()
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, id, list[0].ID)

	require.NoError(t, os.WriteFile(two, []byte("c"), 0o640))
	_, err = b.Restore(list[0])
	require.ErrorContains(t, err, two+" was changed since ")
	require.NoError(t, os.Remove(two))
	_, err = b.Restore(list[0])
	require.ErrorContains(t, err, two+" cannot be put back: no such file or directory; nothing was written")
	text, err := os.ReadFile(one)
	require.NoError(t, err)
	require.Equal(t, "b", string(text))

	require.NoError(t, os.WriteFile(two, []byte("b"), 0o604))
	put, err := b.Restore(list[0])
	require.NoError(t, err)
	require.Equal(t, []string{one, two}, put)
	text, err = os.ReadFile(two)
	require.NoError(t, err)
	require.Empty(t, text)
	info, err := os.Stat(two)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o604), info.Mode().Perm())
	list, err = b.List()
	require.NoError(t, err)
	require.Empty(t, list)
}

// The oldest go first, and the newest is the first of the list.
func TestBackupsAreBounded(t *testing.T) {
	b, dir := backupsIn(t)
	start := time.Date(2026, 1, 31, 23, 59, 59, 0, time.UTC)
	var last string
	for i := range mostBackups + 3 {
		id, err := b.Save([]SavedFile{Saved(filepath.Join(dir, "one"), nil, nil)}, start.Add(time.Duration(i)*time.Millisecond))
		require.NoError(t, err)
		last = id
	}
	list, err := b.List()
	require.NoError(t, err)
	require.Len(t, list, mostBackups)
	require.Equal(t, last, list[0].ID)
	require.Equal(t, start.Add(3*time.Millisecond), list[mostBackups-1].Made)
}

// A folder that others can look into, or that a link leads to, is not used.
func TestBackupsNeedAFolderOfTheirOwn(t *testing.T) {
	b, dir := backupsIn(t)
	require.NoError(t, os.MkdirAll(filepath.Dir(b.String()), 0o700))
	require.NoError(t, os.Symlink(dir, b.String()))
	_, err := b.Save(nil, time.Now())
	require.ErrorContains(t, err, "can be read by others, or is not your folder")
	require.NoError(t, os.Remove(b.String()))
	require.NoError(t, os.Mkdir(b.String(), 0o750))
	_, err = b.Save(nil, time.Now())
	require.ErrorContains(t, err, "can be read by others, or is not your folder")
	_, err = b.List()
	require.ErrorContains(t, err, "can be read by others, or is not your folder")
}

// A run that was killed has changed some of its files, or none: the rest is as it was.
func TestBackupsRestoreWhatWasHalfDone(t *testing.T) {
	b, dir := backupsIn(t)
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	require.NoError(t, os.WriteFile(one, []byte("a"), 0o640))
	require.NoError(t, os.WriteFile(two, []byte("b"), 0o640))
	for _, want := range [][]string{{two}, nil} {
		_, err := b.Save([]SavedFile{Saved(one, []byte("a"), []byte("b")), Saved(two, []byte("a"), []byte("b"))}, time.Now())
		require.NoError(t, err)
		list, err := b.List()
		require.NoError(t, err)
		require.Len(t, list, 1)
		put, err := b.Restore(list[0])
		require.NoError(t, err)
		require.Equal(t, want, put)
		text, err := os.ReadFile(two)
		require.NoError(t, err)
		require.Equal(t, "a", string(text))
	}
}

// Where a folder has become a link, the file behind it is another one, whatever it holds.
func TestBackupsFollowNoNewLink(t *testing.T) {
	b, dir := backupsIn(t)
	mine, theirs := filepath.Join(dir, "mine", "file"), filepath.Join(dir, "theirs", "file")
	require.NoError(t, os.Mkdir(filepath.Dir(theirs), 0o755))
	require.NoError(t, os.WriteFile(theirs, []byte("b"), 0o640))
	require.NoError(t, os.Symlink("theirs", filepath.Dir(mine)))
	_, err := b.Save([]SavedFile{Saved(mine, []byte("a"), []byte("b"))}, time.Now())
	require.NoError(t, err)
	list, err := b.List()
	require.NoError(t, err)
	_, err = b.Restore(list[0])
	require.EqualError(t, err, mine+" cannot be put back: a link leads to "+theirs+" now; nothing was written")
}

// One backup that cannot be read hides no other, and files of others are left alone.
func TestBackupsThatAreBroken(t *testing.T) {
	b, dir := backupsIn(t)
	_, err := b.Save([]SavedFile{Saved(filepath.Join(dir, "one"), nil, nil)}, time.Now())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(b.String(), "20990131-235959.000-abcdef.json"), []byte(`{"made":`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(b.String(), "notes.json"), nil, 0o600))
	list, err := b.List()
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "20990131-235959.000-abcdef", list[0].ID)
	_, err = b.Restore(list[0])
	require.ErrorContains(t, err, "20990131-235959.000-abcdef.json cannot be read: unexpected EOF")
	require.NoError(t, list[1].Broken)
}

// The backup that was made a moment ago is not the oldest, whatever the clock says.
func TestBackupsWhenTheClockGoesBack(t *testing.T) {
	b, dir := backupsIn(t)
	start := time.Date(2026, 1, 31, 23, 59, 59, 0, time.UTC)
	var last string
	for i := range mostBackups + 1 {
		id, err := b.Save([]SavedFile{Saved(filepath.Join(dir, "one"), nil, nil)}, start.Add(-time.Duration(i)*time.Hour))
		require.NoError(t, err)
		last = id
	}
	list, err := b.List()
	require.NoError(t, err)
	require.Len(t, list, mostBackups)
	require.Equal(t, last, list[mostBackups-1].ID)
}

// Without a home there is no folder; one that depends on where the program is started is none.
func TestBackupsNeedAHome(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", "state")
	for _, home := range []string{"", "home", "."} {
		t.Setenv("HOME", home)
		_, err := UserBackups()
		require.EqualError(t, err, "there is no folder for backups: set XDG_STATE_HOME or HOME")
	}
	t.Setenv("HOME", "/home/me")
	b, err := UserBackups()
	require.NoError(t, err)
	require.Equal(t, filepath.FromSlash("/home/me/.local/state/implycheck/backups"), b.String())
}

// Root makes nothing in a folder of somebody else's.
func TestBackupsOfRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	b, dir := backupsIn(t)
	state := filepath.Dir(filepath.Dir(b.String()))
	require.NoError(t, os.Chown(state, 12345, 12345))
	_, err := b.Save([]SavedFile{Saved(filepath.Join(dir, "one"), nil, nil)}, time.Now())
	require.EqualError(t, err, state+" belongs to another user: set XDG_STATE_HOME to a folder of root")
	entries, err := os.ReadDir(state)
	require.NoError(t, err)
	require.Empty(t, entries)
}
