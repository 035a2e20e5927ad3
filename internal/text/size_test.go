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

func TestParseAmount(t *testing.T) {
	n, err := ParseAmount("20TB", "TB")
	require.NoError(t, err)
	require.EqualValues(t, 20e12, n)
	n, err = ParseAmount("0", "TB")
	require.NoError(t, err)
	require.Zero(t, n)
	_, err = ParseAmount(" 20 ", "TB")
	require.EqualError(t, err, "20 what? Write 20TB")
	_, err = ParseAmount("many", "TB")
	require.ErrorContains(t, err, `"many" is not a size`)
}

// Memory is sold in powers of two, whatever the label says.
func TestParseMemory(t *testing.T) {
	for _, c := range []struct {
		given string
		want  int64
		said  string
	}{
		{"128GB", 128 << 30, "128 GiB"}, {"128 gb", 128 << 30, "128 GiB"}, {"512MB", 512 << 20, "512 MiB"}, {"1TB", 1 << 40, "1 TiB"},
		{"128GiB", 128 << 30, ""}, {"128g", 128 << 30, ""}, {"0", 0, ""}, {"1.5GB", 3 << 29, "1.5 GiB"},
	} {
		bytes, said, err := ParseMemory(c.given)
		require.NoError(t, err)
		require.Equal(t, c.want, bytes, c.given)
		require.Equal(t, c.said, said, c.given)
	}
	_, _, err := ParseMemory("8")
	require.EqualError(t, err, "8 what? Write 8GiB")
	_, _, err = ParseMemory("manyGB")
	require.Error(t, err)
}
