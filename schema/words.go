package schema

import (
	"fmt"
	"math"

	"github.com/implycheck/implycheck/internal/lazy"
)

var wants = lazy.Value[map[Type]string]{New: func() map[Type]string {
	return map[Type]string{
		Int: "a whole number", Long: "a whole number", Millis: "a whole number of milliseconds", Bytes: "a whole number of bytes",
		Double: "a number", Bool: "true or false", Period: "an ISO-8601 duration such as PT5M or P1D",
		Strings: `a JSON array such as ["a", "b"]`, Ints: "a JSON array such as [1, 2]", List: "a JSON array", Object: "a JSON object",
		String: "a plain text", Path: "a plain path", URL: "a plain URL", Host: "a plain host name", Hosts: "a plain list such as host1:2181,host2:2181",
		OneOf: "a plain word",
	}
}}

// want is what the property takes, for people.
func (v reader) want() string {
	switch {
	case v.sizes():
		return "a size such as 536870912 or 512MiB"
	case v.kind == Period && v.java == "Duration" && !v.magic && v.r < jackson210:
		return "a duration in seconds such as PT300S"
	case v.kind == Period && v.fixed():
		return "an ISO-8601 duration without months and years, such as PT5M or P30D"
	}
	return wants.Get()[v.kind]
}

// rangeText says which numbers are right.
func (v reader) rangeText() string {
	low, high, _ := v.bounds()
	if v.int32() {
		low, high = max(low, math.MinInt32), min(high, math.MaxInt32)
	}
	switch {
	case low > math.MinInt32 && high >= math.MaxInt32:
		if high == math.MaxInt32 && !v.int32() {
			return fmt.Sprintf("a number from %d to %d", low, high)
		}
		return fmt.Sprintf("a number of at least %d", low)
	case low > math.MinInt32:
		return fmt.Sprintf("a number from %d to %d", low, high)
	}
	return fmt.Sprintf("a number of at most %d", high)
}
