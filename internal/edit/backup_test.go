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
	return b, t.TempDir()
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
	require.ErrorContains(t, b.Restore(list[0]), two+" was changed since ")
	require.NoError(t, os.Remove(two))
	require.ErrorContains(t, b.Restore(list[0]), two+" cannot be put back: no such file or directory; nothing was written")
	text, err := os.ReadFile(one)
	require.NoError(t, err)
	require.Equal(t, "b", string(text))

	require.NoError(t, os.WriteFile(two, []byte("b"), 0o604))
	require.NoError(t, b.Restore(list[0]))
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
