package sizing

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// sizeUnits are the units of amounts that people type, in lower case: binary,
// unless they are written as decimal ones.
var sizeUnits = lazy.Value[map[string]float64]{New: func() map[string]float64 {
	return map[string]float64{
		"": 1, "b": 1,
		"k": 1 << 10, "ki": 1 << 10, "kib": 1 << 10, "kb": 1e3,
		"m": 1 << 20, "mi": 1 << 20, "mib": 1 << 20, "mb": 1e6,
		"g": 1 << 30, "gi": 1 << 30, "gib": 1 << 30, "gb": 1e9,
		"t": 1 << 40, "ti": 1 << 40, "tib": 1 << 40, "tb": 1e12,
		"p": 1 << 50, "pi": 1 << 50, "pib": 1 << 50, "pb": 1e15,
	}
}}

// ParseSize reads an amount as people type it: 64g and 64GiB are binary, 2TB is
// decimal.
func ParseSize(text string) (int64, error) {
	number := strings.TrimRight(strings.TrimSpace(text), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit, known := sizeUnits.Get()[strings.ToLower(strings.TrimSpace(strings.TrimSpace(text)[len(number):]))]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !known || n < 0 || n*unit > math.MaxInt64/2 {
		return 0, fmt.Errorf("%q is no size: write a number and a unit, as in 64GiB or 2TB", text)
	}
	return int64(n * unit), nil
}

// ParseDisks reads what local disks a server has: 2TB, or 2x1900GB for two of
// them.
func ParseDisks(text string) ([]Disk, error) {
	count, size, several := strings.Cut(strings.ToLower(strings.TrimSpace(text)), "x")
	n := 1
	if several {
		var err error
		if n, err = strconv.Atoi(strings.TrimSpace(count)); err != nil || n < 1 || n > 1000 {
			return nil, fmt.Errorf("%q is no number of disks: write 2TB, or 2x1900GB for two disks", text)
		}
	} else {
		size = count
	}
	bytes, err := ParseSize(size)
	if err != nil || bytes == 0 {
		return nil, fmt.Errorf("%q is no disk: write 2TB, or 2x1900GB for two disks", text)
	}
	return slices.Repeat([]Disk{{Size: bytes}}, n), nil
}
