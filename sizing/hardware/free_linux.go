package hardware

import "syscall"

// freeOf is what the users of a mounted file system have and may have of it, as df
// says it.
func freeOf(point string) (size, free int64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(point, &s); err != nil || s.Blocks == 0 {
		return 0, 0, false
	}
	return int64(s.Blocks) * s.Bsize, int64(s.Bavail) * s.Bsize, true
}
