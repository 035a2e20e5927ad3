package sizing

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// sizeUnits are the units of amounts that people type, in lower case: binary,
// unless they are written as decimal ones.
var sizeUnits = map[string]float64{
	"": 1, "b": 1,
	"k": 1 << 10, "ki": 1 << 10, "kib": 1 << 10, "kb": 1e3,
	"m": 1 << 20, "mi": 1 << 20, "mib": 1 << 20, "mb": 1e6,
	"g": 1 << 30, "gi": 1 << 30, "gib": 1 << 30, "gb": 1e9,
	"t": 1 << 40, "ti": 1 << 40, "tib": 1 << 40, "tb": 1e12,
	"p": 1 << 50, "pi": 1 << 50, "pib": 1 << 50, "pb": 1e15,
}

// ParseSize reads an amount as people type it: 64g and 64GiB are binary, 2TB is
// decimal.
func ParseSize(text string) (int64, error) {
	number := strings.TrimRight(strings.TrimSpace(text), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit, known := sizeUnits[strings.ToLower(strings.TrimSpace(strings.TrimSpace(text)[len(number):]))]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !known || n < 0 || n*unit > math.MaxInt64/2 {
		return 0, fmt.Errorf("%q is no size: write a number and a unit, as in 64GiB or 2TB", text)
	}
	return int64(n * unit), nil
}
