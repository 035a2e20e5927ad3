package sizing

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/implycheck/implycheck/internal/text"
)

// Unit is what the numbers of a plan are counted in.
type Unit string

// The units. Memory is bytes in binary multiples; Hundredths are those of a core.
const (
	UnitCount          Unit = "count"
	UnitPercent        Unit = "percent"
	UnitBytes          Unit = "bytes"
	UnitMemory         Unit = "memory"
	UnitBytesPerSecond Unit = "bytes per second"
	UnitRows           Unit = "rows"
	UnitRowsPerSecond  Unit = "rows per second"
	UnitSeconds        Unit = "seconds"
	UnitHundredths     Unit = "hundredths"
)

// Format writes a number of the unit for people.
func (u Unit) Format(n int64) string {
	switch u {
	case UnitPercent:
		return fmt.Sprintf("%d %%", n)
	case UnitBytes:
		return text.Decimal(n)
	case UnitMemory:
		return text.About(n)
	case UnitBytesPerSecond:
		return text.Decimal(n) + "/s"
	case UnitRowsPerSecond:
		return grouped(n) + "/s"
	case UnitSeconds:
		return shortTime(n)
	case UnitHundredths:
		return strings.TrimSuffix(fmt.Sprintf("%s.%d", grouped(n/100), n%100/10), ".0")
	}
	return grouped(n)
}

// Parse reads what a person writes for the unit: 80%, 0.8, 500MB, 10MB/s, 1h or
// 10000000. The number is in the unit that Unit says; the error shows how it is written.
func (u Unit) Parse(given string) (int64, error) {
	given = strings.TrimSpace(given)
	switch u {
	case UnitPercent:
		return parsePercent(given)
	case UnitBytes, UnitMemory:
		return text.ParseSize(given)
	case UnitBytesPerSecond:
		return ParseRate(given)
	case UnitSeconds:
		span, err := time.ParseDuration(given)
		if err != nil || span < 0 {
			return 0, fmt.Errorf("%q is not a length of time: write it as in 90m or 1h", given)
		}
		return int64(span / time.Second), nil
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(strings.ReplaceAll(given, ",", ""), "/s"), 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not a whole number", given)
	}
	return n, nil
}

// parsePercent reads 80% or 0.8.
func parsePercent(text string) (int64, error) {
	number, percent := strings.CutSuffix(text, "%")
	part, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	most := 10_000.0
	if !percent {
		part *= 100
		most = 1000 // 1.5 is half as much again, and 80 a forgotten sign
	}
	if err != nil || !(part >= 0 && part <= most) {
		return 0, fmt.Errorf("%q is not a share: write it as in 80%% or 0.8", text)
	}
	return int64(part + 0.5), nil
}

// shortTime writes a time without the zeroes that the library adds: 1h, not 1h0m0s.
func shortTime(seconds int64) string {
	text := (time.Duration(seconds) * time.Second).String()
	if seconds > 0 && seconds%60 == 0 {
		text = strings.TrimSuffix(text, "0s")
	}
	if seconds > 0 && seconds%3600 == 0 {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// grouped writes a number with commas between the thousands.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
