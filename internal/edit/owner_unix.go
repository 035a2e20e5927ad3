//go:build unix

package edit

import (
	"io/fs"
	"os"
	"syscall"
)

// own gives a file the owner of another.
func own(f *os.File, like fs.FileInfo) error {
	now, err := f.Stat()
	if err != nil {
		return err
	}
	is, wanted := now.Sys().(*syscall.Stat_t), like.Sys().(*syscall.Stat_t)
	if is.Uid == wanted.Uid && is.Gid == wanted.Gid {
		return nil
	}
	return f.Chown(int(wanted.Uid), int(wanted.Gid))
}

// private reports whether a folder is ours, and nobody else may look into it.
func private(info fs.FileInfo) bool {
	return info.Mode().Perm()&0o077 == 0 && int(info.Sys().(*syscall.Stat_t).Uid) == os.Geteuid()
}

// foreign reports whether we are root, and a folder is not.
func foreign(info fs.FileInfo) bool {
	return os.Geteuid() == 0 && info.Sys().(*syscall.Stat_t).Uid != 0
}
