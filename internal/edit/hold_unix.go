//go:build unix && !solaris && !aix

package edit

import (
	"os"
	"syscall"
)

// hold keeps a file as long as this process has it open.
func hold(f *os.File) bool {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return err != syscall.EWOULDBLOCK // a file system without locks is no reason not to write
}

// letGo leaves a file that was written open: it is held until it is renamed.
func letGo(*os.File) error { return nil }

// isLeft reports whether nobody holds a file.
func isLeft(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
