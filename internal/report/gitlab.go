package report

import (
	"io"

	"github.com/implycheck/implycheck/finding"
)

var gitlabSeverities = [...]string{finding.Info: "info", finding.Warning: "major", finding.Error: "critical"}

// gitlabIssue is the part of a Code Climate issue that GitLab reads:
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end,omitempty"`
}

// GitLab writes a Code Quality report. GitLab wants a line: a finding that
// concerns none stands at line 1.
func GitLab(w io.Writer, r *finding.Report, o Options) error {
	s := newJSONStream(w)
	seen := fingerprints{}
	lines(s, "", len(r.Findings), func(i int) any {
		f := o.placed(r.Findings[i])
		return gitlabIssue{
			Description: f.Message, CheckName: f.Rule, Fingerprint: seen.of(&f), Severity: gitlabSeverities[f.Severity],
			Location: gitlabLocation{fileOf(&f), gitlabLines{max(f.Line, 1), f.EndLine}},
		}
	})
	s.raw("\n")
	return s.close()
}
