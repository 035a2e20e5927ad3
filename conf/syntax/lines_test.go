package syntax

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// slowPosition counts lines and columns the obvious way.
func slowPosition(data []byte, offset int) Position {
	p := Position{Offset: offset, Line: 1, Column: 1}
	for at := 0; at < offset; {
		_, size := utf8.DecodeRune(data[at:])
		crlf := data[at] == '\r' && at+1 < len(data) && data[at+1] == '\n'
		if data[at] == '\n' || data[at] == '\r' && !crlf {
			p.Line, p.Column = p.Line+1, 1
		} else {
			p.Column++
		}
		at += size
	}
	return p
}

// spanText gives the text of a span, and checks that the span is one.
func spanText(t *testing.T, data []byte, span Span) string {
	t.Helper()
	start, end := span.Start.Offset, span.End.Offset
	require.True(t, 0 <= start && start <= end && end <= len(data), "span %v of %d bytes", span, len(data))
	require.Equal(t, slowPosition(data, start), span.Start)
	require.Equal(t, slowPosition(data, end), span.End)
	return string(data[start:end])
}

func TestLinesPosition(t *testing.T) {
	long := strings.Repeat("é", 300)
	for _, text := range []string{
		"", "a", "a\n", "\n\n", "a\r\nb\rc\nd", "\r", "\r\r\n\n", "ключ=значение\nx",
		"a\xffb\xc3\nc", "\ufeffa\nb", long + "\n" + long + "x\r\n" + long,
	} {
		data := []byte(text)
		index := NewLines(data)
		for offset := 0; offset <= len(data); offset++ {
			if offset < len(data) && utf8.Valid(data) && !utf8.RuneStart(data[offset]) {
				continue
			}
			require.Equal(t, slowPosition(data, offset), index.position(offset), "%q at %d", text, offset)
		}
	}
}

func TestLinesClampsOffsets(t *testing.T) {
	index := NewLines([]byte("ab\nc"))
	require.Equal(t, Position{Offset: 0, Line: 1, Column: 1}, index.position(-7))
	require.Equal(t, Position{Offset: 4, Line: 2, Column: 2}, index.position(99))
}

func TestLinesOffset(t *testing.T) {
	index := NewLines([]byte("aé b\r\ncd\n" + strings.Repeat("ü", 400)))
	for _, c := range []struct{ line, column, offset int }{
		{1, 1, 0}, {1, 2, 1}, {1, 3, 3}, {1, 5, 5}, {1, 99, 5},
		{2, 1, 7}, {2, 3, 9}, {3, 301, 610}, {9, 1, 10}, {0, 0, 0},
	} {
		require.Equal(t, c.offset, index.Offset(c.line, c.column), "%d:%d", c.line, c.column)
	}
}

func TestLineEnd(t *testing.T) {
	index := NewLines([]byte("ab\r\n\ncd"))
	require.Equal(t, []int{2, 4, 7}, []int{index.lineEnd(1), index.lineEnd(2), index.lineEnd(3)})
}

func TestSyntaxErrorSaysWhere(t *testing.T) {
	err := &SyntaxError{Span: Span{Start: Position{Line: 3, Column: 7}}, Msg: "no"}
	require.EqualError(t, err, "3:7: no")
}
