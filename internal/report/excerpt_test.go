package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// TestExcerpt compares the shown line and its carets with a picture of both.
func TestExcerpt(t *testing.T) {
	const long = "0123456789abcdefghijABCDEFGHIJklmnopqrstKLMNOPQRSTuvwxyz"
	tests := map[string]struct {
		place finding.Location
		want  string
	}{
		"word":                    {at("f", 1, 3, 5, "abcdef"), "abcdef\n  ^^"},
		"whole line":              {at("f", 1, 1, 7, "abcdef"), "abcdef\n^^^^^^"},
		"last character":          {at("f", 1, 6, 7, "abcdef"), "abcdef\n     ^"},
		"zero width":              {at("f", 1, 3, 3, "abcdef"), "abcdef\n  ^"},
		"zero width at the end":   {at("f", 1, 7, 7, "abcdef"), "abcdef\n      ^"},
		"end past the line":       {at("f", 1, 5, 99, "abcdef"), "abcdef\n    ^^"},
		"begin past the line":     {at("f", 1, 50, 99, "abcdef"), "abcdef\n      ^"},
		"end before begin":        {at("f", 1, 4, 2, "abcdef"), "abcdef\n   ^"},
		"no end":                  {finding.Location{Line: 1, Column: 2, Source: "abc"}, "abc\n ^"},
		"no column":               {finding.Location{Line: 1, Source: "abc"}, "abc\n^^^"},
		"several lines":           {finding.Location{Line: 1, Column: 2, EndLine: 3, EndColumn: 1, Source: "abcd\\"}, "abcd\\\n ^^^^"},
		"CRLF":                    {at("f", 1, 3, 6, "abc\r\n"), "abc\n  ^"},
		"lone CR inside":          {at("f", 1, 3, 4, "a\rc"), "a\\rc\n   ^"},
		"tab before":              {at("f", 1, 2, 4, "\tab"), "    ab\n    ^^"},
		"tab after text":          {at("f", 1, 4, 5, "ab\tc"), "ab  c\n    ^"},
		"tab under span":          {at("f", 1, 2, 4, "a\tbc"), "a   bc\n ^^^^"},
		"wide before":             {at("f", 1, 3, 5, "日本ab"), "日本ab\n    ^^"},
		"wide under span":         {at("f", 1, 2, 4, "a日本b"), "a日本b\n ^^^^"},
		"combining before":        {at("f", 1, 3, 4, "e\u0301x"), "e\u0301x\n ^"},
		"combining in span":       {at("f", 1, 1, 4, "e\u0301x"), "e\u0301x\n^^"},
		"only the combining mark": {at("f", 1, 3, 4, "ae\u0301x"), "ae\u0301x\n ^"},
		"escape before":           {at("f", 1, 2, 3, "\x1bx"), "\\x1bx\n    ^"},
		"invisible under span":    {at("f", 1, 2, 3, "a\u200bb"), "a\\u200bb\n ^^^^^^"},
		"broken byte":             {at("f", 1, 2, 3, "\xffb"), "\\xffb\n    ^"},

		"long, span at the begin":  {at("f", 1, 1, 4, long), "0123456789abcd...\n^^^"},
		"long, span in the middle": {at("f", 1, 21, 31, long), "...ijABCDEFGHIJkl...\n     ^^^^^^^^^^"},
		"long, span at the end":    {at("f", 1, 55, 57, long), "...MNOPQRSTuvwxyz\n               ^^"},
		"long, caret past the end": {at("f", 1, 57, 57, long), "...NOPQRSTuvwxyz\n                ^"},
		"long, span too long":      {at("f", 1, 11, 51, long), "...abcdefghijABCD...\n   ^^^^^^^^^^^^^^"},
		"long, cut before a mark":  {at("f", 1, 22, 32, long[:18]+"\u0301"+long[18:]), "...ijABCDEFGHIJkl...\n     ^^^^^^^^^^"},
		"long, of wide runes":      {at("f", 1, 11, 12, strings.Repeat("日", 30)), "...日日日日日日日...\n         ^^"},
		"as long as the screen":    {at("f", 1, 20, 21, long[:20]), long[:20] + "\n" + strings.Repeat(" ", 19) + "^"},
		"caret needs one more":     {at("f", 1, 21, 21, long[:20]), "...789abcdefghij\n                ^"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := newExcerpt(test.place, 20)
			picture := e.text + "\n" + strings.Repeat(" ", e.offset) + strings.Repeat("^", e.length)
			require.Equal(t, test.want, picture)
		})
	}
}
