package schema

import (
	"math"
	"strconv"
	"strings"
)

// byteUnits are the units of Druid's HumanReadableBytes: k is 1000, Ki and KiB
// are 1024, in any case.
const byteUnits = "kmgtp"

// ParseBytes reads a size as Druid's HumanReadableBytes does, from 0.20 on: bytes, or
// numbers with a unit such as 512MiB or 1G. False for anything else, and for what is
// beyond 64 bits.
func ParseBytes(text string) (int64, bool) {
	text = strings.ToLower(strings.Trim(text, javaBlanks))
	base := int64(1000)
	digits := strings.TrimRight(text, byteUnits+"ib")
	switch unit := text[len(digits):]; {
	case unit == "":
		base = 1
	case len(unit) == 1 && strings.Contains(byteUnits, unit):
		base = power(base, unit[0])
	case len(unit) >= 2 && unit[1:] == "i" || len(unit) == 3 && unit[1:] == "ib":
		if !strings.Contains(byteUnits, unit[:1]) {
			return 0, false
		}
		base = power(1024, unit[0])
	default:
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/base {
		return 0, false
	}
	return n * base, true
}

func power(base int64, unit byte) int64 {
	value := int64(1)
	for range strings.IndexByte(byteUnits, unit) + 1 {
		value *= base
	}
	return value
}
