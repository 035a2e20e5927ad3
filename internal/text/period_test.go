package text

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPeriod(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT5M": 5 * time.Minute, "PT0S": 0, "P1D": 24 * time.Hour, "P2W": 14 * 24 * time.Hour,
		"P1DT2H3M4S": 26*time.Hour + 3*time.Minute + 4*time.Second, "PT1.5S": 1500 * time.Millisecond,
		"pt1m": time.Minute, "PT-5M": -5 * time.Minute, "PT-1.5S": -1500 * time.Millisecond,
		"P365000D": math.MaxInt64, "P-365000D": math.MinInt64,
	} {
		p, ok := ParsePeriod(text)
		require.True(t, ok, text)
		got, ok := p.Duration()
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "P", "PT", "5m", "${X}", "P99999999999D", "1D", "P1DT", "P1.5D", "PT1H1H", "P1H", "PT1S1M"} {
		_, ok := ParsePeriod(text)
		require.False(t, ok, text)
	}
	for _, text := range []string{"P1M", "P1Y", "P1MT1H"} {
		p, ok := ParsePeriod(text)
		require.True(t, ok, text)
		_, ok = p.Duration()
		require.False(t, ok, text)
	}
}
