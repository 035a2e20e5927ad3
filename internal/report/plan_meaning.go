package report

import (
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

// meaning says what a value amounts to: 536870912 and 512m are 512 MiB. It is
// empty where the value speaks for itself.
func meaning(f *sizing.Figure) string {
	if strings.HasPrefix(f.Key, "-X") {
		return flagSize(f.Value)
	}
	if !countsBytes.MatchString(f.Key) {
		return ""
	}
	bytes, err := strconv.ParseInt(f.Value, 10, 64)
	if err != nil || bytes < 1024 {
		return ""
	}
	return amount(bytes)
}

// countsBytes tells the properties whose values are bytes by their last word.
// Numbers below 1 KiB are counts all the same, such as a poolSize.
var countsBytes = lazy.Regexp{Expr: `(?i)(size|bytes|storage|limit)[^.]*$`}

// flagSize reads a size as a JVM flag has it: 8g, 512m, 64k.
func flagSize(value string) string {
	if value == "" {
		return ""
	}
	shift := map[byte]uint{'k': 10, 'm': 20, 'g': 30, 't': 40}[value[len(value)-1]|0x20]
	n, err := strconv.ParseInt(value[:len(value)-1], 10, 64)
	if shift == 0 || err != nil || n < 0 || n > 1<<22 {
		return ""
	}
	return amount(n << shift)
}

// amount writes bytes exactly if binary or decimal units can with one decimal,
// else roughly.
func amount(bytes int64) string {
	switch {
	case wholeTenths(bytes, 1<<40, 1<<30, 1<<20, 1<<10):
		return text.About(bytes)
	case wholeTenths(bytes, 1e12, 1e9, 1e6):
		return text.Decimal(bytes)
	case bytes%1e6 == 0:
		return "about " + text.Decimal(bytes)
	}
	return "about " + text.About(bytes)
}

// wholeTenths reports whether one decimal says all, in the largest unit that fits.
func wholeTenths(bytes int64, units ...int64) bool {
	for _, unit := range units {
		if bytes >= unit {
			return bytes%unit*10%unit == 0
		}
	}
	return false
}
