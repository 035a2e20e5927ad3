package text

import (
	"fmt"
	"math"
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
		return 0, fmt.Errorf("%q is not a size: write a number and a unit, as in 64GiB or 2TB", text)
	}
	return int64(n * unit), nil
}

// ParseAmount is ParseSize for what a person asks for, where a number without a
// unit is a slip: it asks back, with an example of the unit that is usual there.
func ParseAmount(given, unit string) (int64, error) {
	n, err := ParseSize(given)
	if number := strings.TrimSpace(given); err == nil && n > 0 && strings.Trim(number, "0123456789.") == "" {
		return 0, fmt.Errorf("%s what? Write %s%s", number, number, unit)
	}
	return n, err
}

// ParseMemory reads memory as it is sold: in powers of two, so that 128GB is 128
// GiB. said is that amount for people where the unit was a decimal one.
func ParseMemory(given string) (bytes int64, said string, err error) {
	lower := strings.ToLower(strings.TrimSpace(given))
	for _, unit := range []string{"kb", "mb", "gb", "tb", "pb"} {
		if number, decimal := strings.CutSuffix(lower, unit); decimal {
			bytes, err = ParseAmount(number+unit[:1]+"ib", "GiB")
			return bytes, About(bytes), err
		}
	}
	bytes, err = ParseAmount(given, "GiB")
	return bytes, "", err
}

// Size writes an amount the way people do, exactly: 5368709120 is 5 GiB, but
// 100000000 stays 100000000 bytes.
func Size(bytes int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	unit := 0
	for bytes != 0 && bytes%1024 == 0 && unit < len(units)-1 {
		bytes /= 1024
		unit++
	}
	if bytes == 1 && unit == 0 {
		return "1 byte"
	}
	return fmt.Sprintf("%d %s", bytes, units[unit])
}

// About writes an amount with one decimal in the largest unit that fits.
func About(bytes int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if bytes >= unit.size {
			tenths := bytes/unit.size*10 + bytes%unit.size*10/unit.size
			if tenths%10 == 0 {
				return fmt.Sprintf("%d %s", tenths/10, unit.name)
			}
			return fmt.Sprintf("%d.%d %s", tenths/10, tenths%10, unit.name)
		}
	}
	return Size(bytes)
}

// Decimal writes an amount as disks are sold: 1.9 TB.
func Decimal(bytes int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}} {
		if bytes >= unit.size {
			return strings.TrimSuffix(fmt.Sprintf("%d.%d", bytes/unit.size, bytes%unit.size*10/unit.size), ".0") + " " + unit.name
		}
	}
	return fmt.Sprintf("%d bytes", bytes)
}
