package since

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestChangedLines(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          []int
	}{
		{"a\nb\nc\n", "a\nb\nc\n", nil},
		{"a\nb\nc", "a\r\nb\r\nc\r\n", nil},
		{"a\nb\nc\n", "a\nB\nc\n", []int{2}},
		{"a\nb\nc\n", "x\na\nc\ny", []int{1, 4}},
		{"", "a\nb", []int{1, 2}},
		{"a\n", "", nil},
	} {
		set := changedLines([]byte(c.before), []byte(c.after))
		for line := 1; line <= 5; line++ {
			require.Equal(t, slices.Contains(c.want, line), set.touch(line, 0), "%q -> %q, line %d", c.before, c.after, line)
		}
		require.False(t, set.touch(0, 0), "a whole file is no line")
	}
	require.True(t, everyLine.touch(7, 7))
	require.True(t, changedLines([]byte("a\nb\n"), []byte("a\nc\n")).touch(1, 2), "an entry of two lines")
}

// What is left without the changed lines was there before, in its order.
func TestUnchangedLinesWereThere(t *testing.T) {
	line := rapid.SampledFrom([]string{"a\n", "b\n", "c\n", "\n", "d\r\n"})
	lines := rapid.SliceOfN(line, 0, 12)
	rapid.Check(t, func(t *rapid.T) {
		before, after := lines.Draw(t, "before"), lines.Draw(t, "after")
		set := changedLines([]byte(strings.Join(before, "")), []byte(strings.Join(after, "")))
		at := 0
		for i, text := range after {
			if set.touch(i+1, i+1) {
				continue
			}
			found := slices.Index(before[at:], text)
			require.GreaterOrEqual(t, found, 0, "line %d is called unchanged", i+1)
			at += found + 1
		}
	})
}
