package report

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/finding"
)

func TestWrap(t *testing.T) {
	tests := map[string]struct {
		text  string
		width int
		want  []string
	}{
		"fits":              {"one two", 7, []string{"one two"}},
		"breaks":            {"one two three", 8, []string{"one two", "three"}},
		"no limit":          {"one two three", 0, []string{"one two three"}},
		"long word":         {"a abcdefghij b", 5, []string{"a", "abcdefghij", "b"}},
		"long first word":   {"abcdefghij b", 5, []string{"abcdefghij", "b"}},
		"spaces inside":     {"a  b   c", 6, []string{"a  b", "c"}},
		"spaces around":     {"  a b  ", 4, []string{"  a", "b"}},
		"wide runes":        {"日本 日本", 8, []string{"日本", "日本"}},
		"combining is free": {"e\u0301e\u0301 e\u0301e\u0301", 5, []string{"e\u0301e\u0301 e\u0301e\u0301"}},
		"empty":             {"", 5, []string{""}},
		"only spaces":       {"          ", 5, []string{""}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, wrap(test.text, test.width))
		})
	}
}

func TestPrintable(t *testing.T) {
	tests := map[string]string{
		"druid.x=ü日 e\u0301 \\n": "druid.x=ü日 e\u0301 \\n",
		"\x1b[31m\a\t\r\n":       `\x1b[31m\a\t\r\n`,
		"\u009b\u0085\x7f":       `\u009b\u0085\x7f`,
		"\u202e\u2066\u200b":     `\u202e\u2066\u200b`,
		"\u00a0\ufeff\u2028":     `\u00a0\ufeff\u2028`,
		"\xff\xc3":               `\xff\xc3`,
		"\ufffd":                 "\ufffd",
		"\U000e0001":             `\U000e0001`,
	}
	for text, want := range tests {
		require.Equal(t, want, printable(text))
	}
}

func TestTextOfNothing(t *testing.T) {
	require.Equal(t, "No problems found in 0 files of 0 services\n", render(t, Text, &finding.Report{}, Options{}))
	require.Empty(t, render(t, Text, &finding.Report{}, Options{Quiet: true}))
}

// TestTextWithoutAnyPlace: a report need not come from files.
func TestTextWithoutAnyPlace(t *testing.T) {
	f := finding.Finding{Rule: "r", Severity: finding.Warning, Message: "m", Related: []finding.Related{{Message: "n"}}}
	r := &finding.Report{Findings: []finding.Finding{f}, Summary: finding.Summary{Warnings: 1}}
	require.Equal(t, "warning: m [r]\nnote: n\n\n1 warning in 0 files of 0 services\n", render(t, Text, r, Options{Verbose: true}))
}

// TestTextBelowTheLeastWidth: a screen of 10 columns is treated as one of 60.
func TestTextBelowTheLeastWidth(t *testing.T) {
	require.Equal(t,
		render(t, Text, cluster(), Options{Width: minWidth}),
		render(t, Text, cluster(), Options{Width: 10}))
}

var (
	colors = regexp.MustCompile(`\x1b\[[0-9;]*m`)
	// oneWord is a line that no line break could have made shorter.
	oneWord = regexp.MustCompile(`^ *((= )?[a-z]+: +)?[^ ]*$`)
)

// TestTextProperties: no report makes text panic, obey the report's contents or
// run off the screen, and colours change nothing but colours.
func TestTextProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := reports(anyString()).Draw(t, "report")
		o := Options{Quiet: rapid.Bool().Draw(t, "quiet"), Width: rapid.IntRange(-1, 200).Draw(t, "width")}
		text := render(t, Text, r, o)
		requireVisible(t, text)
		if o.Width >= minWidth {
			requireWidth(t, r, text, o.Width)
		}
		o.Color = true
		require.Equal(t, text, colors.ReplaceAllString(render(t, Text, r, o), ""))
	})
}

// TestTextNamesEverything: whatever the layout, no finding and no place is lost.
func TestTextNamesEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := reports(rapid.StringMatching(`[a-z]{1,9}`)).Draw(t, "report")
		text := render(t, Text, r, Options{Verbose: true})
		for _, f := range r.Findings {
			require.Contains(t, text, f.Severity.String()+": "+f.Message+" ["+f.Rule+"]\n")
			for _, related := range f.Related {
				require.Contains(t, text, "note: "+related.Message+"\n")
				require.Contains(t, text, "--> "+location(related.Location)+"\n")
			}
		}
		require.Equal(t, len(r.Findings), strings.Count(text, "]\n"))
	})
}

func requireVisible(t require.TestingT, text string) {
	for _, r := range text {
		require.True(t, r == '\n' || unicode.IsPrint(r), "%q in %q", r, text)
	}
	require.True(t, strings.HasSuffix(text, "\n") || text == "")
}

func requireWidth(t require.TestingT, r *finding.Report, text string, width int) {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if columns(line) > width && !isLocation(r, line) && !isCopied(r, line) && !oneWord.MatchString(line) {
			require.LessOrEqual(t, columns(line), width, "%q", line)
		}
	}
}

// isCopied tells the indented lines of a detail: configuration to copy, which a line
// break of ours would change.
func isCopied(r *finding.Report, line string) bool {
	for i := range r.Findings {
		f := &r.Findings[i]
		for paragraph := range strings.SplitSeq(f.Service+"\n"+f.Effect+"\n"+help(f), "\n") {
			if strings.HasPrefix(paragraph, " ") && strings.HasSuffix(line, printable(paragraph)) {
				return true
			}
		}
	}
	return false
}

// isLocation tells the lines that must not be broken: those that name a file.
func isLocation(r *finding.Report, line string) bool {
	if strings.HasPrefix(strings.TrimLeft(line, " "), "--> ") {
		return true
	}
	for _, f := range r.Findings {
		if strings.HasPrefix(line, printable(f.Tree)+": ") || f.File != "" && strings.HasPrefix(line, printable(f.File)+": ") {
			return true
		}
	}
	return false
}
