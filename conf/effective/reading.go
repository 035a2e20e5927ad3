package effective

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Reading is a text in people's units, with what Druid makes of it in front:
// 536870912 = 512 MiB. It is empty where that would say nothing new.
func Reading(p *schema.Property, value string, r schema.Release) string {
	if p == nil || value == "" || p.Check(value, r) != nil {
		return ""
	}
	switch p.Type { // sizes were plain numbers once
	case schema.Bytes:
		if n, ok := size(p, value, r); ok {
			return bytesReading(n)
		}
	case schema.Millis:
		if n, ok := size(p, value, r); ok && n >= 1000 {
			return millisReading(n)
		}
	case schema.Period:
		if d, ok := text.ParsePeriod(value); ok && d.Months == 0 && d.Millis > 0 {
			return value + " = " + spoken(d.Millis)
		}
	}
	return ""
}

func bytesReading(n int64) string {
	exact := text.Size(n)
	switch {
	case n == math.MaxInt64:
		return noLimit(n)
	case n < 1024:
		return ""
	case len(exact) <= len("1024 MiB"):
		return fmt.Sprintf("%d = %s", n, exact)
	}
	return fmt.Sprintf("%d = about %s", n, text.About(n))
}

func millisReading(n int64) string {
	if n == math.MaxInt64 {
		return noLimit(n)
	}
	return fmt.Sprintf("%d ms = %s", n, spoken(n))
}

// noLimit reads the largest number of Java, which people write for "any".
func noLimit(n int64) string { return strconv.FormatInt(n, 10) + " = no limit" }

// spoken writes milliseconds in words: 1 day 12 hours.
func spoken(millis int64) string {
	var parts []string
	for _, unit := range []struct {
		name string
		size time.Duration
	}{
		{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}, {"ms", time.Millisecond},
	} {
		n := millis / unit.size.Milliseconds()
		millis -= n * unit.size.Milliseconds()
		name := unit.name
		if n > 1 && name != "ms" {
			name += "s"
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, name))
		}
	}
	return strings.Join(parts, " ")
}
