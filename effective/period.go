package effective

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/implycheck/implycheck/internal/lazy"
)

// period is an ISO-8601 period as Joda-Time's toStandardDuration counts it:
// weeks of 7 days, days of 24 hours. Months have no fixed length.
type period struct {
	months int64
	millis int64 // without the months
}

// periodParts are years, months, weeks, days, hours, minutes and seconds.
var periodParts = lazy.Regexp{Expr: `^P(?:([+-]?\d+)Y)?(?:([+-]?\d+)M)?(?:([+-]?\d+)W)?(?:([+-]?\d+)D)?(?:T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+)(?:\.(\d*))?S)?)?$`}

var periodUnits = []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second}

// parsePeriod is false for numbers too large to count.
func parsePeriod(text string) (period, bool) {
	m := periodParts.FindStringSubmatch(strings.ToUpper(text))
	if m == nil {
		return period{}, false
	}
	var parts [7]int64
	for i := range parts {
		n, err := strconv.ParseInt(m[i+1], 10, 32)
		if err != nil && m[i+1] != "" {
			return period{}, false
		}
		parts[i] = n
	}
	p := period{months: 12*parts[0] + parts[1]}
	for i, unit := range periodUnits {
		p.millis += parts[i+2] * unit.Milliseconds()
	}
	fraction, _ := strconv.ParseInt((m[8] + "000")[:3], 10, 64) // Joda counts milliseconds
	if strings.HasPrefix(m[7], "-") {
		fraction = -fraction
	}
	p.millis += fraction
	return p, true
}

// String is the same for all periods of one length.
func (p period) String() string {
	var b strings.Builder
	b.WriteByte('P')
	if p.months != 0 {
		fmt.Fprintf(&b, "%dM", p.months)
	}
	if p.millis != 0 || p.months == 0 {
		b.WriteString("T" + strconv.FormatFloat(float64(p.millis)/1000, 'f', -1, 64) + "S")
	}
	return b.String()
}
