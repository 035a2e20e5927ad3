package text

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"64GiB": 64 << 30, "64g": 64 << 30, "64 G": 64 << 30, "61GB": 61_000_000_000, "1.5TiB": 3 << 39, "2TB": 2_000_000_000_000, "1024": 1024, "0": 0,
	} {
		got, err := ParseSize(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "GiB", "64 elephants", "-1g", "1e30g", "NaN", "Inf"} {
		_, err := ParseSize(text)
		require.Error(t, err, text)
	}
}

// What Size writes ParseSize reads.
func TestSizeThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.Int64Range(0, 1<<52).Draw(t, "bytes")
		if bytes%1024 != 0 || bytes == 0 {
			return // Size writes "bytes", which nobody types
		}
		got, err := ParseSize(Size(bytes))
		require.NoError(t, err)
		require.Equal(t, bytes, got)
	})
}
