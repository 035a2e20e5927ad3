package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// What is shown of a long line costs what is shown, not what is long.
func TestExcerptOfALongLine(t *testing.T) {
	place := finding.Location{Line: 1, EndLine: 1, Column: 50_001, EndColumn: 50_006, Source: strings.Repeat("a", 50_000) + "WRONG" + strings.Repeat("b", 50_000)}
	e := newExcerpt(place, 40)
	require.Equal(t, "...aaaaaaaaaaaaaaWRONGbbbbbbbbbbbbbbb...", e.text)
	require.Equal(t, "WRONG", e.text[e.offset:e.offset+e.length])
	require.Less(t, testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			newExcerpt(place, 40)
		}
	}).AllocedBytesPerOp(), int64(50_000))
}
