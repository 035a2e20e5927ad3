package report

import (
	"regexp"
	"strings"

	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/finding"
)

// anyString is a text that files may hold: words, tabs, marks, escapes, broken bytes.
func anyString() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9.=-]{1,12}`),
		rapid.SampledFrom([]string{" ", "  ", "\t", "\r\n", "\n", "日本", "e\u0301", "\u0301", "\x1b[31m", "\u009b", "\u202e", "\u00a0", "👩\u200d🚀"}),
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 4), func(b []byte) string { return string(b) }),
	)
	return rapid.Custom(func(t *rapid.T) string {
		return "x" + strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "pieces"), "")
	})
}

// reports makes valid reports whose texts come from text, with few files so
// that findings share them.
func reports(text *rapid.Generator[string]) *rapid.Generator[*finding.Report] {
	return rapid.Custom(func(t *rapid.T) *finding.Report {
		files := rapid.SliceOfN(text, 1, 3).Draw(t, "files")
		findings := rapid.SliceOfN(findingsIn(files, text), 0, 5).Draw(t, "findings")
		trees := rapid.SliceOfN(treesOf(text), 0, 3).Draw(t, "trees")
		return reportOf(trees, findings...)
	})
}

func treesOf(text *rapid.Generator[string]) *rapid.Generator[finding.Tree] {
	return rapid.Custom(func(t *rapid.T) finding.Tree {
		return finding.Tree{
			Path: text.Draw(t, "path"), Target: text.Draw(t, "target"), TargetReason: text.Draw(t, "reason"),
			Services: rapid.SliceOfN(text, 0, 3).Draw(t, "services"),
			Files:    rapid.IntRange(0, 99).Draw(t, "count"),
		}
	})
}

func findingsIn(files []string, text *rapid.Generator[string]) *rapid.Generator[finding.Finding] {
	optional := rapid.OneOf(rapid.Just(""), text)
	return rapid.Custom(func(t *rapid.T) finding.Finding {
		f := finding.Finding{
			Tree: text.Draw(t, "tree"), Rule: strings.ReplaceAll(text.Draw(t, "rule"), "[", "("), Message: text.Draw(t, "message"),
			Severity: rapid.SampledFrom([]finding.Severity{finding.Info, finding.Warning, finding.Error}).Draw(t, "severity"),
			Effect:   sentence(optional).Draw(t, "effect"), Help: sentence(optional).Draw(t, "help"),
			Service: optional.Draw(t, "service"), Suggestion: sentence(optional).Draw(t, "suggestion"),
			Location: placesIn(files, text).Draw(t, "place"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "related") {
			f.Related = append(f.Related, related(placesIn(files, text).Draw(t, "place"), text.Draw(t, "note")))
		}
		return f
	})
}

var indent = regexp.MustCompile(`\n +`)

// sentence leaves out indented lines, which are not wrapped on purpose.
func sentence(text *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Map(text, func(s string) string { return indent.ReplaceAllString(s, "\n") })
}

// placesIn makes places that need not lie within their source line.
func placesIn(files []string, text *rapid.Generator[string]) *rapid.Generator[finding.Location] {
	number := rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(1, 1_000_000_000))
	return rapid.Custom(func(t *rapid.T) finding.Location {
		place := finding.Location{File: rapid.SampledFrom(files).Draw(t, "file")}
		known := rapid.IntRange(0, 3).Draw(t, "known")
		if known > 0 {
			place.Line, place.Source = number.Draw(t, "line"), text.Draw(t, "source")
		}
		if known > 1 {
			place.Column = number.Draw(t, "column")
		}
		if known > 2 {
			place.EndLine = place.Line + rapid.IntRange(0, 1).Draw(t, "lines")
			place.EndColumn = number.Draw(t, "end")
		}
		return place
	})
}
