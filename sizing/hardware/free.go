package hardware

import (
	"strconv"
	"strings"
)

// readFree is how much of a mounted file system is free. A copy of /proc and /sys
// has no file systems to ask: its file statfs says it, a mount point, size and free
// bytes a line.
func readFree(root, point string) (size, free int64, ok bool) {
	if root == "/" {
		return freeOf(point)
	}
	for line := range strings.Lines(readText(root, "/statfs")) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[0] != point {
			continue
		}
		size, errSize := strconv.ParseInt(fields[1], 10, 64)
		free, errFree := strconv.ParseInt(fields[2], 10, 64)
		return size, free, errSize == nil && errFree == nil && 0 <= free && free <= size
	}
	return 0, 0, false
}
