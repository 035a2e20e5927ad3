package conftree

import (
	"strconv"
	"time"

	"github.com/implycheck/implycheck/internal/lazy"
)

// isoDuration is an ISO-8601 period of weeks, days and times of day.
var isoDuration = lazy.Regexp{Expr: `^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$`}

// Duration reads an ISO-8601 period; false if it is unknown or none, or counts
// months or years, which have no fixed length.
func (v Value) Duration() (time.Duration, bool) {
	if !v.Known() {
		return 0, false
	}
	return ParsePeriod(v.Text)
}

// ParsePeriod reads an ISO-8601 period as Duration does.
func ParsePeriod(text string) (time.Duration, bool) {
	m := isoDuration.FindStringSubmatch(text)
	if m == nil || len(text) < 3 {
		return 0, false
	}
	var sum time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.ParseInt(m[i+1], 10, 32) // absent is 0
		sum += time.Duration(n) * unit
	}
	return sum, true
}
