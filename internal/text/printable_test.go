package text_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/internal/text"
)

func TestPrintable(t *testing.T) {
	for give, want := range map[string]string{
		"plain # ## text":          "plain # ## text",
		"größe 表":                  "größe 表",
		"a\nb\r\t\x1b[31m\x00\x7f": `a\nb\r\t\x1b[31m\x00\x7f`,
		"\u0085\u009b\u2028\u2029": `\u0085\u009b\u2028\u2029`,
		"\u202e\u2066\u00a0\ufeff": `\u202e\u2066\u00a0\ufeff`,
		"\x9b31m\xff":              `\x9b31m\xff`,
		"x ##[error]y":             `x \x23#[error]y`,
		"##vso[task.setvariable]y": `\x23#vso[task.setvariable]y`,
		"é ##teamcity[buildStop]":  `é \x23#teamcity[buildStop]`,
	} {
		assert.Equal(t, want, text.Printable(give))
	}
}

func TestPrintableIsPrintable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		give := rapid.String().Draw(t, "text") + string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		got := text.Printable(give)
		if strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 || !text.IsPrintable(got) || text.Printable(got) != got {
			t.Fatalf("%q", got)
		}
		if text.IsPrintable(give) != (got == give) {
			t.Fatalf("%q: IsPrintable says otherwise", give)
		}
	})
}
