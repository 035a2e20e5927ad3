package syntax

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func texts(words []Word) []string {
	var out []string
	for _, word := range words {
		out = append(out, word.Text)
	}
	return out
}

func TestParseArgsWords(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"blank lines", "\n \t\n", nil},
		{"a line each", "-server\n-Xmx1g\n", []string{"-server", "-Xmx1g"}},
		{"several in a line", " -a  -b\t-c", []string{"-a", "-b", "-c"}},
		{"quotes go away", `-Da="x" -Db='y'`, []string{"-Da=x", "-Db=y"}},
		{"quotes inside quotes stay", `"it's" 'say "x"'`, []string{"it's", "say", `"x"`}},
		{"a quoted blank separates after all", `-XX:OnError="kill -9 %p"`, []string{"-XX:OnError=kill", "-9", "%p"}},
		{"an empty quote is nothing", `a "" '' b`, []string{"a", "b"}},
		{"backslash blank", `a\ b`, []string{"a", "b"}},
		{"backslash quote", `\"a\'`, []string{`"a'`}},
		{"backslash newline", "a\\\nb", []string{"a", "b"}},
		{"backslash backslash", `C:\\x\y`, []string{`C:\xy`}},
		{"backslash in quotes stays", `"a\b"'\c'`, []string{`a\b\c`}},
		{"backslash at the end goes", `a\`, []string{"a"}},
		{"a comment is no comment", "# -Xmx1g\n-a", []string{"#", "-Xmx1g", "-a"}},
		{"CR LF sticks to the word", "-a\r\n-b\r\n\r\n-c", []string{"-a\r", "-b\r", "-c"}},
		{"a form feed between words", "a \f b\fc", []string{"a", "b\fc"}},
		{"a non-breaking space is no blank", "a\u00a0b", []string{"a\u00a0b"}},
		{"an open quote at the very end", `a "`, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := ParseArgs([]byte(c.text))
			require.Equal(t, c.want, texts(args.Words))
			require.Nil(t, args.Err)
		})
	}
}

func TestParseArgsUnmatchedQuote(t *testing.T) {
	data := []byte("-Xmx1g\n-Da=\"x y\n-Db")
	args := ParseArgs(data)
	require.Equal(t, []string{"-Xmx1g"}, texts(args.Words), "java is started with the words before")
	require.EqualError(t, args.Err, "2:5: unmatched double quote")
	require.Equal(t, `"`, spanText(t, data, args.Err.Span))

	require.EqualError(t, ParseArgs([]byte("é='x")).Err, "1:3: unmatched single quote")
}

func TestParseArgsDescribesWords(t *testing.T) {
	data := []byte("-server\n  # -x\n-XX:OnError=\"kill -9\"\t-y\n")
	words := ParseArgs(data).Words
	type row struct {
		Text, Raw    string
		Quoted       bool
		SplitFrom    int
		Comment      bool
		Line, Column int
	}
	var got []row
	for _, w := range words {
		require.Equal(t, w.Raw, spanText(t, data, w.Span))
		got = append(got, row{w.Text, w.Raw, w.Quoted, w.SplitFrom, w.Comment, w.Span.Start.Line, w.Span.Start.Column})
	}
	require.Equal(t, []row{
		{"-server", "-server", false, 0, false, 1, 1},
		{"#", "#", false, 1, true, 2, 3},
		{"-x", "-x", false, 2, true, 2, 5},
		{"-XX:OnError=kill", `-XX:OnError="kill`, true, 3, false, 3, 1},
		{"-9", `-9"`, true, 3, false, 3, 19},
		{"-y", "-y", false, 4, false, 3, 23},
	}, got)
}
