package edit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func text(s string) func(*os.File) error {
	return func(f *os.File) error {
		_, err := f.WriteString(s)
		return err
	}
}

// only asserts that a folder holds exactly one file, with this text.
func only(t *testing.T, name, want string) {
	entries, err := os.ReadDir(filepath.Dir(name))
	require.NoError(t, err)
	require.Len(t, entries, 1)
	got, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}

func TestWrite(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.sarif")
	require.NoError(t, Write(name, text("first")))
	only(t, name, "first")

	require.NoError(t, os.Chmod(name, 0o662))
	require.NoError(t, Write(name, text("second")))
	only(t, name, "second")
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o662), info.Mode())
}

// TestFailureLeavesTheOldFile: half of a report is worse than the last one.
func TestFailureLeavesTheOldFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.sarif")
	require.NoError(t, Write(name, text("old")))
	full := errors.New("disk full")
	err := Write(name, func(f *os.File) error {
		_, _ = f.WriteString("half")
		return full
	})
	require.ErrorIs(t, err, full)
	require.EqualError(t, err, name+" cannot be written: disk full")
	only(t, name, "old")
}

func TestWriteFollowsLinks(t *testing.T) {
	folder := t.TempDir()
	real, link := filepath.Join(t.TempDir(), "real"), filepath.Join(folder, "link")
	require.NoError(t, os.WriteFile(real, []byte("old"), 0o644))
	require.NoError(t, os.Symlink(real, link))
	require.NoError(t, Write(link, text("new")))
	only(t, real, "new")
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.Equal(t, fs.ModeSymlink, info.Mode().Type())
}

// TestWriteIntoADevice: it must not be replaced by a file.
func TestWriteIntoADevice(t *testing.T) {
	require.NoError(t, Write(os.DevNull, text("nothing")))
	info, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.False(t, info.Mode().IsRegular())
}

func TestCheck(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	require.NoError(t, Check(file))
	require.NoError(t, Check(filepath.Join(folder, "new")))
	require.EqualError(t, Check(folder), folder+" is a folder: name a file in it")
	require.EqualError(t, Check(filepath.Join(file, "new")), file+" is no folder")
	require.EqualError(t, Check(filepath.Join(folder, "no", "new")), "there is no folder "+filepath.Join(folder, "no")+": make it first")
}
