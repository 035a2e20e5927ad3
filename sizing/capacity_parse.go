package sizing

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
)

// Share is a part of a whole; none at its zero value.
type Share struct {
	Part, Whole int64
}

// of is the part of n that the share is.
func (s Share) of(n int64) int64 {
	if s.Whole == 0 {
		return 0
	}
	return mulDivUp(n, s.Part, s.Whole)
}

// ageHours are the units of ages.
var ageHours = lazy.Value[map[byte]int64]{New: func() map[byte]int64 {
	return map[byte]int64{'h': 1, 'd': 24, 'w': 7 * 24, 'y': 365 * 24}
}}

// ParseShare reads 30d/1y: the newest 30 days of a year. Its error shows how a share is
// written.
func ParseShare(text string) (Share, error) {
	part, whole, ok := strings.Cut(text, "/")
	hours, err := parseAge(part)
	all, errAll := parseAge(whole)
	if !ok || err != nil || errAll != nil || hours < 1 || hours > all {
		return Share{}, fmt.Errorf("%q is not a part of a time: write the newest of all, as in 30d/1y, with h, d, w or y", text)
	}
	return Share{Part: hours, Whole: all}, nil
}

func parseAge(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "" || ageHours.Get()[text[len(text)-1]] == 0 {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseInt(text[:len(text)-1], 10, 32)
	return n * ageHours.Get()[text[len(text)-1]], err
}

// perSeconds are the times that rates are given for.
var perSeconds = lazy.Value[map[string]int64]{New: func() map[string]int64 {
	return map[string]int64{"s": 1, "min": 60, "h": 3600, "d": 86400}
}}

// ParseRate reads an amount for a time, 200MB/s or 2TB/d, in bytes per second.
// Its error shows how a rate is written.
func ParseRate(given string) (int64, error) {
	amount, seconds, ok := cutRate(given)
	if number := strings.TrimSpace(amount); ok && strings.Trim(number, "0123456789.") == "" && strings.Trim(number, "0.") != "" {
		return 0, fmt.Errorf("%s what? Write %sMB/s", given, number)
	}
	bytes, err := text.ParseSize(amount)
	if !ok || err != nil {
		return 0, fmt.Errorf("%q is not a rate: write a size for a time, as in 200MB/s, with s, min, h or d", given)
	}
	return mulDivUp(bytes, 1, seconds), nil
}

// ParseCountRate reads a number for a time, 50/s or 300/min, per second. Its error
// shows how a rate is written.
func ParseCountRate(text string) (int64, error) {
	amount, seconds, ok := cutRate(text)
	n, err := strconv.ParseInt(strings.TrimSpace(amount), 10, 64)
	if !ok || err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not a rate: write a number for a time, as in 50/s, with s, min, h or d", text)
	}
	return mulDivUp(n, 1, seconds), nil
}

// cutRate splits a rate; one without a time is for a second.
func cutRate(text string) (amount string, seconds int64, ok bool) {
	amount, unit, has := strings.Cut(text, "/")
	if !has {
		unit = "s"
	}
	seconds, ok = perSeconds.Get()[strings.TrimSpace(unit)]
	return amount, seconds, ok
}
