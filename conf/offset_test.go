package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf/syntax"
)

// TestOffset goes back from the positions that the readers answer, in texts with
// every line end, marks, and bytes that are not UTF-8.
func TestOffset(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "=", "ü", "\xfc", "\xe2\x82", "\xf0\x9f", "\xed\xa0\x80", "\ufeff", " ", "\n", "\r", "\r\n", "\\", "#", "-Xmx1g", "€"})
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for _, p := range rapid.SliceOfN(piece, 0, 30).Draw(t, "text") {
			text += p
		}
		f := &File{Kind: RuntimeProperties, Data: []byte(text)}
		f.parse()
		for _, e := range f.Properties.Entries {
			for _, at := range []syntax.Position{e.Span.Start, e.KeySpan.Start, e.KeySpan.End, e.ValueSpan.Start, e.ValueSpan.End} {
				require.Equal(t, at.Offset, f.Offset(at.Line, at.Column), "%q %+v", text, at)
			}
		}
		f = &File{Kind: JVMConfig, Data: []byte(text)}
		f.parse()
		for _, w := range f.Args.Words {
			require.Equal(t, w.Span.Start.Offset, f.Offset(w.Span.Start.Line, w.Span.Start.Column), "%q %+v", text, w)
		}
	})
}

func TestOffsetOutside(t *testing.T) {
	f := &File{Kind: JVMConfig, Data: []byte("ab\r\ncd")}
	f.parse()
	require.Equal(t, 2, f.Offset(1, 9), "before the line end")
	require.Equal(t, 6, f.Offset(2, 9))
	require.Equal(t, 6, f.Offset(7, 1))
}
