package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

func TestHunks(t *testing.T) {
	lines := func(line, column, endLine, endColumn int, source, text string) finding.Edit {
		return edit(finding.Location{File: "f", Line: line, Column: column, EndLine: endLine, EndColumn: endColumn, Source: source}, text)
	}
	one := func(column, endColumn int, source, text string) finding.Edit {
		return lines(4, column, 4, endColumn, source, text)
	}
	tests := map[string]struct {
		edits []finding.Edit
		want  []hunk
	}{
		"replaced":              {[]finding.Edit{one(3, 5, "ab12cd", "é")}, []hunk{{"f:4", []string{"-ab12cd", "+abécd"}, true}}},
		"counted in runes":      {[]finding.Edit{one(2, 3, "éx\r\n", "y")}, []hunk{{"f:4", []string{"-éx", "+éy"}, true}}},
		"two edits of a line":   {[]finding.Edit{one(4, 4, `a\db\d`, `\`), one(2, 2, `a\db\d`, `\`)}, []hunk{{"f:4", []string{`-a\db\d`, `+a\\d\b\d`}, true}}},
		"line deleted":          {[]finding.Edit{lines(4, 1, 5, 1, "gone", "")}, []hunk{{"f:4", []string{"-gone"}, true}}},
		"end of a line deleted": {[]finding.Edit{one(3, 5, "abcd", "")}, []hunk{{"f:4", []string{"-abcd", "+ab"}, true}}},
		"line put before":       {[]finding.Edit{one(1, 1, "old", "new\n")}, []hunk{{"f:4", []string{"+new", " old"}, true}}},
		"line put after":        {[]finding.Edit{one(4, 4, "old", "\nnew")}, []hunk{{"f:4", []string{" old", "+new"}, true}}},
		"line not known":        {[]finding.Edit{one(3, 5, "", "new")}, []hunk{{"f:4:3 to 4:5", []string{"+new"}, true}}},
		"columns not known":     {[]finding.Edit{one(16, 18, "password=****", "new")}, []hunk{{"f:4:16 to 4:18", []string{"+new"}, true}}},
		"beyond the line":       {[]finding.Edit{one(3, 9, "abc", "x")}, []hunk{{"f:4:3 to 4:9", []string{"+x"}, true}}},
		"several lines":         {[]finding.Edit{lines(4, 2, 6, 3, "abc", "x\ny")}, []hunk{{"f:4:2 to 6:3", []string{"+x", "+y"}, true}}},
		"edits that overlap":    {[]finding.Edit{one(1, 3, "abc", "x"), one(2, 4, "abc", "y")}, []hunk{{"f:4:1 to 4:3", []string{"+x"}, true}, {"f:4:2 to 4:4", []string{"+y"}, true}}},
		"not to be obeyed":      {[]finding.Edit{one(1, 2, "a\x1bb", "\x1b")}, []hunk{{"f:4", []string{`-a\x1bb`, `+\x1b\x1bb`}, false}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, hunks(&finding.Fix{Edits: test.edits})) })
	}
	require.Empty(t, hunks(nil))
}

// TestAdded: what is copied is what the file would hold, or nothing: \t instead of a
// tab is another key.
func TestAdded(t *testing.T) {
	require.Equal(t, "ab\nç\n", hunk{"f:1", []string{"-x", "+ab", "+ç"}, true}.Added())
	require.Empty(t, hunk{"f:1", []string{"+password=****"}, true}.Added())
	fix := &finding.Fix{Edits: []finding.Edit{{
		Location: finding.Location{File: "f", Line: 4, Column: 2, EndLine: 4, EndColumn: 3, Source: "\ta=b"}, Text: "c",
	}}}
	require.Equal(t, []hunk{{"f:4", []string{`-\ta=b`, `+\tc=b`}, false}}, hunks(fix))
	require.Empty(t, hunks(fix)[0].Added())
}
