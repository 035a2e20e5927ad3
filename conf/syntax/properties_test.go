package syntax

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPropertiesTrickyCases(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       map[string]string
	}{
		{"separators", "a=1\nb:2\nc 3\nd = 4\ne=:5\nf\n", map[string]string{"a": "1", "b": "2", "c": "3", "d": "4", "e": ":5", "f": ""}},
		{"escaped separators in keys", `a\=b\:c\ d=1`, map[string]string{"a=b:c d": "1"}},
		{"JSON with escaped colons", `l=[{"path"\:"/mnt","maxSize"\:1}]`, map[string]string{"l": `[{"path":"/mnt","maxSize":1}]`}},
		{"blanks at the end stay", "a=1  \n", map[string]string{"a": "1  "}},
		{"no inline comments", "a=1 # one\n", map[string]string{"a": "1 # one"}},
		{"the last duplicate wins", "a=1\na=2\n", map[string]string{"a": "2"}},
		{"continuation", "a=[1,\\\n   2]\nb=3\n", map[string]string{"a": "[1,2]", "b": "3"}},
		{"an escaped backslash does not continue", "a=C:\\\\\nb=3\n", map[string]string{"a": `C:\`, "b": "3"}},
		{"continuation swallows a comment", "a=1,\\\n# no comment\n", map[string]string{"a": "1,# no comment"}},
		{"a comment does not continue", "# one \\\na=1\n", map[string]string{"a": "1"}},
		{"line ends of all kinds", "a=1\rb=2\r\nc=3\n\n\rd=4", map[string]string{"a": "1", "b": "2", "c": "3", "d": "4"}},
		{"form feed is a blank", "a\f=\f1\n", map[string]string{"a": "1"}},
		{"backslashes are eaten", `a=C:\data\z`, map[string]string{"a": "C:dataz"}},
		{"escapes that mean something", `a=\t\n\r\f\u0041\\`, map[string]string{"a": "\t\n\r\fA\\"}},
		{"an escape over two lines", "a=\\u00\\\n  41\n", map[string]string{"a": "A"}},
		{"a BOM is a part of the key", "\ufeffa=1\n", map[string]string{"\ufeffa": "1"}},
		{"a pair of surrogates", `a=\ud83d\ude00`, map[string]string{"a": "😀"}},
		{"nothing", "\n \n# c\n", map[string]string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := ParseProperties([]byte(test.text))
			require.Nil(t, p.Err)
			require.Equal(t, test.want, p.Map())
		})
	}
}

func TestPropertiesBadUnicode(t *testing.T) {
	p := ParseProperties([]byte("a=1\nb=C:\\users\nc=3\n"))
	require.NotNil(t, p.Err)
	require.Equal(t, Position{Offset: 8, Line: 2, Column: 5}, p.Err.Span.Start)
	require.Len(t, p.Entries, 1, "what stands before is there")
}

func TestPropertiesPositions(t *testing.T) {
	text := "# päge\n  key = välue \\\n    more\n\nlist=[\"a\"]\n"
	p := ParseProperties([]byte(text))
	require.Len(t, p.Entries, 2)
	e := p.Entries[0]
	require.Equal(t, Span{Position{10, 2, 3}, Position{13, 2, 6}}, e.KeySpan)
	require.Equal(t, Span{Position{16, 2, 9}, Position{33, 3, 9}}, e.ValueSpan)
	require.Equal(t, "välue \\\n    more", e.RawValue)
	require.Equal(t, "välue more", e.Value)
	require.Equal(t, 2, e.Lines)
	require.True(t, e.HasSeparator)
	require.Equal(t, Span{Position{35, 5, 1}, Position{45, 5, 11}}, p.Entries[1].Span)
	require.Equal(t, Span{Position{0, 1, 1}, Position{7, 1, 7}}, slices.Collect(p.Comments())[0].Span)
}

func TestEmptyValuesHaveAPlace(t *testing.T) {
	e := ParseProperties([]byte("key=\n")).Entries[0]
	require.Equal(t, Span{Position{4, 1, 5}, Position{4, 1, 5}}, e.ValueSpan)
	require.Equal(t, "", e.RawValue)
}

func TestCommentedProperties(t *testing.T) {
	p := ParseProperties([]byte("#druid.storage.type=s3\n# druid.port : 8081\n# a sentence: with a colon\n#just words\n"))
	comments := slices.Collect(p.Comments())
	require.Len(t, comments, 4)
	require.Equal(t, "druid.storage.type", comments[0].Property.Key)
	require.Equal(t, "s3", comments[0].Property.Value)
	require.Equal(t, Position{1, 1, 2}, comments[0].Property.KeySpan.Start)
	require.Equal(t, "8081", comments[1].Property.Value)
	require.Nil(t, comments[2].Property)
	require.Nil(t, comments[3].Property)
}

func TestDroppedBackslashes(t *testing.T) {
	e := ParseProperties([]byte(`a=\d+\.csv \\ \= \"x\" \n` + "\n")).Entries[0]
	require.Equal(t, `d+.csv \ = "x" `+"\n", e.Value)
	require.Len(t, e.Escapes, 2)
	require.Equal(t, 'd', e.Escapes[0].Char)
	require.Equal(t, Span{Position{2, 1, 3}, Position{4, 1, 5}}, e.Escapes[0].Span)
	require.Equal(t, '.', e.Escapes[1].Char)
}

func FuzzProperties(f *testing.F) {
	for _, piece := range pieces {
		f.Add([]byte("a=" + piece + "\n" + piece + "=b"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		p := ParseProperties(data)
		last := 0
		for _, e := range p.Entries {
			require.LessOrEqual(t, last, e.Span.Start.Offset)
			require.LessOrEqual(t, e.KeySpan.Start.Offset, e.KeySpan.End.Offset)
			require.LessOrEqual(t, e.KeySpan.End.Offset, e.ValueSpan.Start.Offset)
			require.LessOrEqual(t, e.ValueSpan.End.Offset, len(data))
			require.Equal(t, e.RawValue, string(data[e.ValueSpan.Start.Offset:e.ValueSpan.End.Offset]))
			require.Equal(t, e.Lines, e.Span.End.Line-e.Span.Start.Line+1)
			require.Equal(t, positionOf(data, e.ValueSpan.Start.Offset), e.ValueSpan.Start)
			last = e.Span.End.Offset
		}
		for _, c := range slices.Collect(p.Comments()) {
			require.Equal(t, positionOf(data, c.Span.Start.Offset), c.Span.Start)
			require.LessOrEqual(t, c.Span.End.Offset, len(data))
		}
	})
}

// positionOf counts from the start of the file, slowly and surely.
func positionOf(data []byte, offset int) Position {
	at := Position{0, 1, 1}
	for rest := string(data); at.Offset < offset; {
		c, size := DecodeJava(rest)
		if c == '\r' && strings.HasPrefix(rest, "\r\n") {
			size = 2
		}
		rest = rest[size:]
		at.Offset += size
		if c == '\r' || c == '\n' {
			at.Line, at.Column = at.Line+1, 1
		} else {
			at.Column++
		}
	}
	return at
}

func BenchmarkParseProperties(b *testing.B) {
	data := []byte(strings.Repeat("# a comment\ndruid.processing.buffer.sizeBytes=536870912\ndruid.extensions.loadList=[\"a\", \"b\"]\n", 32))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		ParseProperties(data)
	}
}
