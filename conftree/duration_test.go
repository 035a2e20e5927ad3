package conftree

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT5M": 5 * time.Minute, "PT0S": 0, "P1D": 24 * time.Hour, "P2W": 14 * 24 * time.Hour,
		"P1DT2H3M4S": 26*time.Hour + 3*time.Minute + 4*time.Second, "PT1.5S": time.Second,
	} {
		got, ok := Value{Text: text, Set: true}.Duration()
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "P", "5m", "P1M", "P1Y", "PT-5M", "${X}"} {
		_, ok := Value{Text: text, Set: true}.Duration()
		require.False(t, ok, text)
	}
}
