package syntax

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseJSON(t *testing.T) {
	data := []byte("{ \"a\": [1, -2.5e+3, true, null],\n  \"é\": {\"b\": \"x\\u00e9\\n\\ud83d\\ude00\\/\"}, \"a\": \"last\" }\n")
	node, err := ParseJSON(data)
	require.Nil(t, err)
	require.Equal(t, Object, node.Kind)
	require.Equal(t, strings.TrimSpace(string(data)), spanText(t, data, node.Span))
	require.Len(t, node.Members, 3)
	require.Equal(t, []bool{false, false, true},
		[]bool{node.Members[0].Duplicate, node.Members[1].Duplicate, node.Members[2].Duplicate})
	require.Equal(t, `"é"`, spanText(t, data, node.Members[1].KeySpan))

	items := node.Members[0].Value.Items
	require.Len(t, items, 4)
	for i, want := range []struct {
		kind NodeKind
		text string
	}{{Number, "1"}, {Number, "-2.5e+3"}, {Bool, "true"}, {Null, "null"}} {
		require.Equal(t, want.kind, items[i].Kind)
		require.Equal(t, want.text, items[i].Text)
		require.Equal(t, want.text, spanText(t, data, items[i].Span))
	}

	b, ok := node.Path("é", "b")
	require.True(t, ok)
	require.Equal(t, "xé\n😀/", b.Text)
	require.Equal(t, 2, b.Span.Start.Line)
	require.Equal(t, 14, b.Span.Start.Column)
	last, ok := node.Get("a")
	require.True(t, ok)
	require.Equal(t, "last", last.Text, "the last one wins")
	_, ok = node.Path("é", "none", "b")
	require.False(t, ok)
	_, ok = (*Node)(nil).Get("a")
	require.False(t, ok)
}

func TestParseJSONByteOrderMark(t *testing.T) {
	data := []byte("\ufeff[1]")
	node, err := ParseJSON(data)
	require.Nil(t, err)
	require.Equal(t, "1", spanText(t, data, node.Items[0].Span))
}

func TestParseJSONLoneSurrogates(t *testing.T) {
	node, err := ParseJSON([]byte(`["\ud800", "\ud800\u0041", "\udc00x"]`))
	require.Nil(t, err)
	got, ok := node.Strings()
	require.True(t, ok)
	require.Equal(t, []string{"\ufffd", "\ufffdA", "\ufffdx"}, got)
}

func TestNodeStrings(t *testing.T) {
	for text, want := range map[string][]string{
		`[]`: {}, `["a","b"]`: {"a", "b"}, `["a",1]`: nil, `"a"`: nil, `{}`: nil,
	} {
		node, err := ParseJSON([]byte(text))
		require.Nil(t, err)
		got, ok := node.Strings()
		require.Equal(t, want, got, text)
		require.Equal(t, want != nil, ok, text)
	}
	_, ok := (*Node)(nil).Strings()
	require.False(t, ok)
}

// The part between ‹ and › is where the error has to stand.
func TestParseJSONErrors(t *testing.T) {
	for _, c := range []struct{ text, msg string }{
		{`["a"‹,›]`, "trailing comma"},
		{`{"a":1‹,› }`, "trailing comma"},
		{`[‹'›a']`, "single quote"},
		{`[‹“›a”]`, "typographic quote"},
		{`{‹“›a”: 1}`, "typographic quote"},
		{`{"a" ‹“›b”}`, "typographic quote"},
		{`‹[›"a", "b"`, "missing bracket"},
		{`‹[›`, "missing bracket"},
		{`‹[›"a",`, "missing bracket"},
		{`{"a": ["b"‹}›`, "wrong bracket"},
		{`["a"‹}›`, "wrong bracket"},
		{`{"a":1‹]›`, "wrong bracket"},
		{`{‹]›`, "wrong bracket"},
		{`[‹druid-s3›, "b"]`, "unquoted word"},
		{`{‹a›: 1}`, "unquoted word"},
		{`[‹True›]`, "unquoted word"},
		{`["a" ‹"›b"]`, "a comma or ]"},
		{`{"a":1 ‹"›b":2}`, "a comma or }"},
		{`{"a" ‹1›}`, "colon"},
		{`{"a"‹›`, "colon"},
		{`{"a":‹›`, "value is missing here"},
		{`{"a": ‹}›`, "value is missing before"},
		{`[‹,›1]`, "value is missing before"},
		{`[1,‹,›2]`, "value is missing before"},
		{`{‹1›: 2}`, "key is missing"},
		{`‹{›"a": 1, `, "missing bracket"},
		{`{"‹\x›": 1}`, "bad escape"},
		{`{‹%›: 1}`, "unquoted word"},
		{`[‹$›{x}]`, "unquoted word"},
		{`[‹;›"a"]`, "unquoted word"},
		{`{"a": "b‹` + "\x01" + `›"}`, "control character"},
		{`‹abc›`, "unquoted word"},
		{`[‹01›]`, "not a number"},
		{`[‹1g›]`, "not a number"},
		{`[‹1.›]`, "not a number"},
		{`[‹-›]`, "not a number"},
		{`[‹1e›]`, "not a number"},
		{`[‹1.2.3›]`, "not a number"},
		{`[‹+1›]`, "not a number"},
		{`[‹.5›]`, "not a number"},
		{`["a" ‹/›/ x` + "\n]", "comment"},
		{`[‹#› x` + "\n]", "comment"},
		{`[‹"›a]`, "never closed"},
		{`[‹"›a` + "\n\"]", "not closed in its line"},
		{"[\"a‹\t›\"]", "control character"},
		{`["‹\x›"]`, "bad escape"},
		{`["‹\u›12"]`, "bad escape"},
		{`["‹\›`, "bad escape"},
		{`["a"] ‹# x›  `, "text after the end"},
		{`["a"]‹]›`, "one bracket too many"},
		{`‹›`, "value is missing here"},
		{` ‹›`, "value is missing here"},
	} {
		before, rest, _ := strings.Cut(c.text, "‹")
		inside, after, _ := strings.Cut(rest, "›")
		data := []byte(before + inside + after)
		node, err := ParseJSON(data)
		require.NotNil(t, err, c.text)
		require.Nil(t, node, c.text)
		require.Contains(t, err.Msg, c.msg, c.text)
		require.Equal(t, inside, spanText(t, data, err.Span), c.text)
		require.Equal(t, len(before), err.Span.Start.Offset, c.text)
	}
}

func TestJSONErrorsQuoteNothing(t *testing.T) {
	for _, text := range []string{`{"p": hunter2}`, `{"p": 'hunter2'}`, `{"p": "hunter2`, `{hunter2: 1}`, `[1] hunter2`, `[1hunter2]`} {
		_, err := ParseJSON([]byte(text))
		require.NotContains(t, err.Error(), "hunter", text)
	}
}

func TestParseJSONDepth(t *testing.T) {
	nested := func(n int) []byte {
		return []byte(strings.Repeat("[", n) + strings.Repeat("]", n))
	}
	_, err := ParseJSON(nested(maxDepth))
	require.Nil(t, err)
	_, err = ParseJSON(nested(maxDepth + 1))
	require.Equal(t, "nested too deep", err.Msg)
	_, err = ParseJSON([]byte(strings.Repeat(`{"a":[`, 1_000_000)))
	require.Equal(t, "nested too deep", err.Msg)
}

func TestParseJSONPrefix(t *testing.T) {
	for text, rest := range map[string]string{
		`["a"] # comment`: "# comment",
		` {} `:            "",
		`{}x`:             "x",
		`[1]`:             "",
	} {
		node, at, err := ParseJSONPrefix([]byte(text))
		require.Nil(t, err, text)
		require.NotNil(t, node)
		require.Equal(t, rest, text[at:])
	}
	_, _, err := ParseJSONPrefix([]byte(`["a" # comment`))
	require.NotNil(t, err)
}

func TestParseJSONAt(t *testing.T) {
	at := func(offset int) Position { return Position{Offset: 100 + offset, Line: 7, Column: 20 + offset} }
	node, rest, err := ParseJSONAt(`["a"]  `, at)
	require.Nil(t, err)
	require.Equal(t, 7, rest)
	require.Equal(t, Position{Offset: 101, Line: 7, Column: 21}, node.Items[0].Span.Start)
	_, _, err = ParseJSONAt(`[a]`, at)
	require.Equal(t, 101, err.Span.Start.Offset)
}
