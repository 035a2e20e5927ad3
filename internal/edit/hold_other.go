//go:build !unix || solaris || aix

package edit

import (
	"os"
	"time"
)

func hold(*os.File) bool { return true }

// letGo closes a file: one that is open cannot be renamed everywhere.
func letGo(f *os.File) error { return f.Close() }

// isLeft takes what is older than any run for left over.
func isLeft(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && time.Since(info.ModTime()) > time.Hour
}
