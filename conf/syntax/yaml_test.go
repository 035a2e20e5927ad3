package syntax

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseYAML(t *testing.T) {
	data := []byte(`# comment
port: 9095
ключ: "a \" b" # comment
list:
  - 'it''s'
  - ~
  - true
  - x: {y: 1.5, z: [a, b]}
empty:
time: 2020-01-01
tagged: !secret &anchor abc
copy: *anchor
`)
	node, err := ParseYAML(data)
	require.Nil(t, err)
	require.Equal(t, Object, node.Kind)
	var keys []string
	for _, member := range node.Members {
		keys = append(keys, member.Key)
		require.Equal(t, member.Key, spanText(t, data, member.KeySpan))
	}
	require.Equal(t, []string{"port", "ключ", "list", "empty", "time", "tagged", "copy"}, keys)

	for _, c := range []struct {
		path      string
		kind      NodeKind
		text, raw string
	}{
		{"port", Number, "9095", "9095"},
		{"ключ", String, `a " b`, `"a \" b"`},
		{"list/0", String, "it's", "'it''s'"},
		{"list/1", Null, "~", "~"},
		{"list/2", Bool, "true", "true"},
		{"list/3/x/y", Number, "1.5", "1.5"},
		{"list/3/x/z/1", String, "b", "b"},
		{"empty", Null, "", ""},
		{"time", String, "2020-01-01", "2020-01-01"},
		{"tagged", String, "abc", "!secret &anchor abc"},
		{"copy", String, "abc", "!secret &anchor abc"},
	} {
		got := node
		for _, step := range strings.Split(c.path, "/") {
			if got.Kind == Array {
				got = got.Items[step[0]-'0']
				continue
			}
			next, ok := got.Get(step)
			require.True(t, ok, c.path)
			got = next
		}
		require.Equal(t, c.kind, got.Kind, c.path)
		require.Equal(t, c.text, got.Text, c.path)
		require.Equal(t, c.raw, spanText(t, data, got.Span), c.path)
	}
	list, _ := node.Get("list")
	require.Equal(t, 5, list.Span.Start.Line)
	require.Equal(t, 8, list.Span.End.Line)
}

func TestParseYAMLTextOfSeveralLines(t *testing.T) {
	data := []byte("a: |\n  x\n  y\nb: one\n  two # c\nc: \"q\n  r\"\n")
	node, err := ParseYAML(data)
	require.Nil(t, err)
	for key, want := range map[string][2]string{"a": {"x\ny\n", "|"}, "b": {"one two", "one"}, "c": {"q r", `"q`}} {
		got, _ := node.Get(key)
		require.Equal(t, want[0], got.Text)
		require.Equal(t, want[1], spanText(t, data, got.Span))
	}
}

func TestParseYAMLEmptyAndFirstDocument(t *testing.T) {
	for _, text := range []string{"", "\n", "# only a comment\n", "---\n"} {
		node, err := ParseYAML([]byte(text))
		require.Nil(t, err, text)
		require.Equal(t, Null, node.Kind, text)
	}
	node, err := ParseYAML([]byte("a: 1\n---\nb: 2\n"))
	require.Nil(t, err)
	require.Len(t, node.Members, 1)
}

func TestParseYAMLByteOrderMark(t *testing.T) {
	data := []byte("\ufeffa: b\nc: d\n")
	node, err := ParseYAML(data)
	require.Nil(t, err)
	require.Equal(t, "a", spanText(t, data, node.Members[0].KeySpan))
	require.Equal(t, "d", spanText(t, data, node.Members[1].Value.Span))
}

func TestParseYAMLMergeKeys(t *testing.T) {
	node, err := ParseYAML([]byte("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: 0\n"))
	require.Nil(t, err)
	for key, want := range map[string]string{"a": "0", "b": "2", "c": "4"} {
		got, ok := node.Path("z", key)
		require.True(t, ok, key)
		require.Equal(t, want, got.Text, key)
	}
}

func TestParseYAMLErrors(t *testing.T) {
	for _, c := range []struct {
		name, text, msg string
		line, column    int
	}{
		{"tab", "a:\n  b: 1\n\tc: 2\n", "a tab in the indentation", 3, 1},
		{"tab behind blanks", "a:\n \t- b\n", "a tab in the indentation", 2, 2},
		{"duplicate", "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", "duplicate key: line 3, column 3 has the same one", 5, 3},
		{"colon", "a: b: c\n", "mapping values are not allowed", 1, 1},
		{"bracket", "x: 1\na: [1, 2\n", "did not find expected ',' or ']'", 2, 1},
		{"template", "port: {{ port }}\n", "a key has to be plain text", 1, 8},
		{"quoted", "a: 'b\n", "found unexpected end of stream", 2, 1},
		{"alias key", "a: &x [b]\n*x : c\n", "a key has to be plain text", 1, 4},
		{"alias", "x: 1\na: *hunter2\n", "an alias without an anchor", 2, 4},
		{"control", "x: 1\na: \x01\n", "a control character", 2, 4},
		{"latin-1", "x: 1\na: gr\xfcn\n", "not UTF-8", 2, 6},
		{"cycle", "a: &a\n  b: *a\n", "nested too deep", 1, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(c.text)
			node, err := ParseYAML(data)
			require.Nil(t, node)
			require.NotNil(t, err)
			spanText(t, data, err.Span)
			require.Contains(t, err.Msg, c.msg)
			require.Equal(t, [2]int{c.line, c.column}, [2]int{err.Span.Start.Line, err.Span.Start.Column})
			require.NotContains(t, err.Msg, "hunter")
		})
	}
}

func TestParseYAMLBombs(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		n, m := string(rune('0'+i)), string(rune('0'+i-1))
		bomb += "a" + n + ": &a" + n + " [" + strings.Repeat("*a"+m+", ", 10) + "]\n"
	}
	_, err := ParseYAML([]byte(bomb))
	require.NotNil(t, err)
	require.Contains(t, err.Msg, "aliases multiply")

	merge := "m0: &m0 {" + keys(1000) + "}\n"
	for i := range 200 {
		merge += "z" + strings.Repeat("z", i) + ": {<<: *m0}\n"
	}
	_, err = ParseYAML([]byte(merge))
	require.NotNil(t, err)

	_, err = ParseYAML([]byte(strings.Repeat("[", 5000)))
	require.NotNil(t, err)
	_, err = ParseYAML([]byte(strings.Repeat("[", 300) + strings.Repeat("]", 300)))
	require.Contains(t, err.Msg, "nested too deep")
}

func keys(n int) string {
	var text strings.Builder
	for i := range n {
		text.WriteString("k" + strings.Repeat("0", i%7) + string(rune('a'+i%26)) + strings.Repeat("x", i/182) + ": 1, ")
	}
	return text.String()
}
