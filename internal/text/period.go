package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Period is an ISO-8601 period as Joda-Time's toStandardDuration counts it:
// weeks of 7 days, days of 24 hours. Months have no fixed length.
type Period struct {
	Months int64
	Millis int64 // without the months
}

// periodUnits are the parts of a period in their order; from periodTime on they
// follow the T.
const (
	periodUnits = "YMWDHMS"
	periodTime  = 4
)

// periodMillis are the milliseconds of the parts that have a fixed length.
var periodMillis = [...]int64{7 * 24 * 3600_000, 24 * 3600_000, 3600_000, 60_000, 1000}

// PeriodParts are the numbers in front of a period's units, as they are written.
type PeriodParts [len(periodUnits)]string

// HasMonths reports whether years or months are among them.
func (p PeriodParts) HasMonths() bool { return p[0] != "" || p[1] != "" }

// SplitPeriod takes an ISO-8601 period apart as Joda-Time does: any case, signs,
// fractions of a second, and a P alone.
func SplitPeriod(text string) (parts PeriodParts, ok bool) {
	if text == "" || text[0]|0x20 != 'p' {
		return parts, false
	}
	text = text[1:]
	for next, time := 0, false; text != ""; next++ {
		if text[0]|0x20 == 't' && !time {
			text, next, time = text[1:], periodTime, true
		}
		n := numberLen(text)
		if n == 0 || n == len(text) {
			return parts, false
		}
		end := len(periodUnits)
		if !time {
			end = periodTime
		}
		for next < end && periodUnits[next] != text[n]&^0x20 {
			next++
		}
		if next == end || next < len(periodUnits)-1 && strings.IndexByte(text[:n], '.') >= 0 {
			return parts, false
		}
		parts[next], text = text[:n], text[n+1:]
	}
	return parts, true
}

// numberLen is the length of the number that a text starts with: a sign, digits, and
// what may follow a point.
func numberLen(text string) int {
	i := 0
	digits := func() int {
		start := i
		for i < len(text) && '0' <= text[i] && text[i] <= '9' {
			i++
		}
		return i - start
	}
	if text != "" && (text[0] == '+' || text[0] == '-') {
		i++
	}
	if digits() == 0 {
		return 0
	}
	if i < len(text) && text[i] == '.' {
		i++
		digits()
	}
	return i
}

// ParsePeriod reads a period; false for other texts, a period without a part, and
// for numbers too large to count.
func ParsePeriod(text string) (Period, bool) {
	parts, ok := SplitPeriod(text)
	if !ok || parts == (PeriodParts{}) {
		return Period{}, false
	}
	var numbers [len(parts)]int64
	for i, part := range parts {
		part, _, _ = strings.Cut(part, ".")
		n, err := strconv.ParseInt(part, 10, 32)
		if err != nil && part != "" {
			return Period{}, false
		}
		numbers[i] = n
	}
	p := Period{Months: 12*numbers[0] + numbers[1]}
	for i, millis := range periodMillis {
		p.Millis += numbers[i+2] * millis
	}
	seconds := parts[len(parts)-1]
	_, fraction, _ := strings.Cut(seconds, ".")
	millis, _ := strconv.ParseInt((fraction + "000")[:3], 10, 64) // Joda counts milliseconds
	if strings.HasPrefix(seconds, "-") {
		millis = -millis
	}
	p.Millis += millis
	return p, true
}

// Duration is the period's length; false if it counts months or years. One
// longer than a Duration can hold (292 years) is the longest that it can.
func (p Period) Duration() (time.Duration, bool) {
	if p.Months != 0 {
		return 0, false
	}
	const most = math.MaxInt64 / int64(time.Millisecond)
	switch {
	case p.Millis > most:
		return math.MaxInt64, true
	case p.Millis < -most:
		return math.MinInt64, true
	}
	return time.Duration(p.Millis) * time.Millisecond, true
}

// String is the same for all periods of one length.
func (p Period) String() string {
	var b strings.Builder
	b.WriteByte('P')
	if p.Months != 0 {
		fmt.Fprintf(&b, "%dM", p.Months)
	}
	if p.Millis != 0 || p.Months == 0 {
		b.WriteString("T" + strconv.FormatFloat(float64(p.Millis)/1000, 'f', -1, 64) + "S")
	}
	return b.String()
}
