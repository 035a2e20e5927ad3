package form

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What compose-go 2.6.0 was seen to make of quotes and backslashes, and python-dotenv
// for the first Compose.
func TestDotenvEscapes(t *testing.T) {
	for _, c := range []struct{ text, want, v1 string }{
		{`"a\"b"`, `a"b`, `a"b`},
		{`"a\\"`, `a\`, `a\`},
		{`"a\\\"b"`, `a\"b`, `a\"b`},
		{`"a\$HOME"`, `a$HOME`, `a\$HOME`},
		{`"a\n\t\qb"`, "a\n\t\\qb", "a\n\t\\qb"},
		{`"it\'s"`, `it\'s`, `it's`},
		{`'a"$HOME\n'`, `a"$HOME\n`, `a"$HOME\n`},
		{`'it\'s'`, `it's`, `it's`},
		{`'a\\'`, `a\\`, `a\`},
	} {
		s := &Source{Data: []byte("A=" + c.text + "\nB=1\n")}
		for want, read := range map[*string]func(*Source, Lookup, func(string) string) ([]Var, *mistake){&c.want: dotenv, &c.v1: dotenvV1} {
			vars, mistake := read(s, nowhere, none)
			require.Nil(t, mistake, c.text)
			require.Len(t, vars, 2, c.text)
			require.Equal(t, *want, vars[0].Value.s, c.text)
		}
	}
}
