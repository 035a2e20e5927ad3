package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/implycheck/implycheck/internal/lazy"
)

// Period is an ISO-8601 period as Joda-Time's toStandardDuration counts it:
// weeks of 7 days, days of 24 hours. Months have no fixed length.
type Period struct {
	Months int64
	Millis int64 // without the months
}

// periodParts are years, months, weeks, days, hours, minutes and seconds.
var periodParts = lazy.Regexp{Expr: `^P(?:([+-]?\d+)Y)?(?:([+-]?\d+)M)?(?:([+-]?\d+)W)?(?:([+-]?\d+)D)?(?:T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+)(?:\.(\d*))?S)?)?$`}

// periodUnits are the milliseconds of the parts that have a fixed length.
var periodUnits = [...]int64{7 * 24 * 3600_000, 24 * 3600_000, 3600_000, 60_000, 1000}

// ParsePeriod reads a period in either case; false for other texts, a period
// without a part, and for numbers too large to count.
func ParsePeriod(text string) (Period, bool) {
	if len(text) < 3 || text[0] != 'P' && text[0] != 'p' {
		return Period{}, false
	}
	m := periodParts.FindStringSubmatch(strings.ToUpper(text))
	if m == nil {
		return Period{}, false
	}
	var parts [7]int64
	for i := range parts {
		n, err := strconv.ParseInt(m[i+1], 10, 32)
		if err != nil && m[i+1] != "" {
			return Period{}, false
		}
		parts[i] = n
	}
	p := Period{Months: 12*parts[0] + parts[1]}
	for i, unit := range periodUnits {
		p.Millis += parts[i+2] * unit
	}
	fraction, _ := strconv.ParseInt((m[8] + "000")[:3], 10, 64) // Joda counts milliseconds
	if strings.HasPrefix(m[7], "-") {
		fraction = -fraction
	}
	p.Millis += fraction
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
