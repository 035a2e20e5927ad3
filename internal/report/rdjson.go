package report

import (
	"io"
	"unicode/utf8"

	"github.com/implycheck/implycheck/finding"
)

// The parts of reviewdog's diagnostic format that we have something for:
// https://github.com/reviewdog/reviewdog/tree/master/proto/rdf.
type (
	rdDiagnostic struct {
		Message     string         `json:"message"`
		Location    rdLocation     `json:"location"`
		Severity    string         `json:"severity"`
		Code        rdCode         `json:"code"`
		Suggestions []rdSuggestion `json:"suggestions,omitempty"`
	}
	rdCode struct {
		Value string `json:"value"`
	}
	rdLocation struct {
		Path  string   `json:"path"`
		Range *rdRange `json:"range,omitempty"`
	}
	rdSuggestion struct {
		Range *rdRange `json:"range"`
		Text  string   `json:"text"`
	}
	rdRange struct {
		Start rdPosition  `json:"start"`
		End   *rdPosition `json:"end,omitempty"`
	}
	// rdPosition counts bytes in a line, from 1.
	rdPosition struct {
		Line   int `json:"line"`
		Column int `json:"column,omitempty"`
	}
)

var rdSeverities = [...]string{finding.Info: "INFO", finding.Warning: "WARNING", finding.Error: "ERROR"}

// RDJSON writes reviewdog's diagnostic format. Reviewdog offers a suggestion for a
// single place, so a fix of several is left out.
func RDJSON(w io.Writer, r *finding.Report, _ Options) error {
	s := newJSONStream(w)
	s.raw("{\"source\":{\"name\":\"implycheck\"},\"diagnostics\":")
	lines(s, "", len(r.Findings), func(i int) any {
		f := &r.Findings[i]
		return rdDiagnostic{
			Message: f.Message, Severity: rdSeverities[f.Severity], Code: rdCode{f.Rule},
			Location:    rdLocation{fileOf(f), rdRangeOf(f.Location)},
			Suggestions: rdSuggestions(f),
		}
	})
	s.raw("}\n")
	return s.close()
}

// rdRangeOf is a place in lines and bytes. The columns of a line that is not all ASCII, or
// has a secret before its end, are left out: nobody knows here how many bytes there are.
func rdRangeOf(at finding.Location) *rdRange {
	if at.Line == 0 {
		return nil
	}
	shown := at.InSource()
	if at.EndLine != at.Line || len(at.Source) != utf8.RuneCountInString(at.Source) || shown.EndColumn != at.EndColumn {
		return &rdRange{Start: rdPosition{Line: at.Line}}
	}
	return &rdRange{rdPosition{at.Line, at.Column}, &rdPosition{at.EndLine, at.EndColumn}}
}

func rdSuggestions(f *finding.Finding) []rdSuggestion {
	if f.Fix == nil || !f.Fix.Safe || len(f.Fix.Edits) != 1 {
		return nil
	}
	e := f.Fix.Edits[0]
	at := rdRangeOf(e.Location)
	if e.File != f.File || e.Line != f.Line || at == nil || at.End == nil {
		return nil
	}
	return []rdSuggestion{{at, e.Text}}
}
