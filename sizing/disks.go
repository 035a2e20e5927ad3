package sizing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// ParseDisks reads what local disks a server has: 2TB, or 2x1900GB for two of
// them, in bytes. Its error shows how disks are written.
func ParseDisks(given string) ([]Disk, error) {
	count, size, several := strings.Cut(strings.ToLower(strings.TrimSpace(given)), "x")
	n := 1
	if several {
		var err error
		if n, err = strconv.Atoi(strings.TrimSpace(count)); err != nil || n < 1 || n > 1000 {
			return nil, fmt.Errorf("%q is not a number of disks: write 2TB, or 2x1900GB for two disks", given)
		}
	} else {
		size = count
	}
	if strings.TrimSpace(strings.Trim(size, "0123456789.")) == "" && strings.TrimSpace(size) != "" {
		return nil, fmt.Errorf("%s what? Write %sTB, or %sGB", given, given, given)
	}
	bytes, err := text.ParseSize(size)
	if err != nil || bytes == 0 {
		return nil, fmt.Errorf("%q is not a disk: write 2TB, or 2x1900GB for two disks", given)
	}
	return slices.Repeat([]Disk{{Size: bytes}}, n), nil
}
