package report

import (
	"io"

	"github.com/implycheck/implycheck/finding"
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

var sarifLevels = [...]string{finding.Info: "note", finding.Warning: "warning", finding.Error: "error"}

// SARIF writes SARIF 2.1.0. Suppressed findings are results with a suppression;
// as the standard wants it (3.27.23), every other result then says that it has
// none. In a repository URIs are relative to its top, %SRCROOT% as code hosts call
// it; they know where that is. Elsewhere they are relative to where implycheck ran,
// which is no place that the reader of the file knows: there is no base for them.
func SARIF(w io.Writer, r *finding.Report, o Options) error {
	var rules []finding.Rule
	if o.Rules != nil {
		rules = o.Rules()
	}
	s := newJSONStream(w)
	s.raw("{\n  \"$schema\": ")
	s.compact(sarifSchema)
	s.raw(",\n  \"version\": \"2.1.0\",\n  \"runs\": [{\n    \"tool\": {\"driver\": {\"name\": ")
	s.compact(r.Tool.Name)
	if r.Tool.Version != "" {
		s.raw(", \"version\": ")
		s.compact(r.Tool.Version)
	}
	s.raw(", \"informationUri\": ")
	s.compact(project)
	s.raw(", \"rules\": ")
	lines(s, "    ", len(rules), func(i int) any { return newSARIFRule(&rules[i]) })
	s.raw("}},\n    ")
	if o.Repository != nil {
		s.raw(`"originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The top folder of the repository."}}},` + "\n    ")
	}
	s.raw("\"columnKind\": \"unicodeCodePoints\",\n    \"results\": ")
	results := newSARIFResults(rules, o)
	lines(s, "    ", len(r.Findings)+len(r.Suppressed), func(i int) any {
		if i < len(r.Findings) {
			result := results.of(&r.Findings[i])
			if len(r.Suppressed) > 0 {
				result.Suppressions = []sarifSuppression{}
			}
			return result
		}
		f := &r.Suppressed[i-len(r.Findings)]
		result := results.of(&f.Finding)
		result.Suppressions = []sarifSuppression{results.suppression(f.Suppression)}
		return result
	})
	s.raw("\n  }]\n}\n")
	return s.close()
}

// sarifRule is a reportingDescriptor (3.49).
type sarifRule struct {
	ID               string          `json:"id"`
	ShortDescription *sarifMessage   `json:"shortDescription,omitempty"`
	FullDescription  *sarifMessage   `json:"fullDescription,omitempty"`
	Help             *sarifMessage   `json:"help,omitempty"`
	HelpURI          string          `json:"helpUri,omitempty"`
	Default          sarifLevel      `json:"defaultConfiguration"`
	Properties       *sarifRuleProps `json:"properties,omitempty"`
}

type sarifMessage struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifRuleProps struct {
	Tags []string `json:"tags"`
}

func newSARIFRule(r *finding.Rule) sarifRule {
	rule := sarifRule{
		ID: r.ID, ShortDescription: newSARIFMessage(r.Title), FullDescription: newSARIFMessage(paragraphs(r.Why, r.Effect)),
		Help: newSARIFMessage(paragraphs(r.Why, r.Effect, r.Fix)), HelpURI: DocsURL(r.Docs), Default: sarifLevel{sarifLevels[r.Severity]},
	}
	if rule.Help != nil {
		rule.Help.Markdown = r.Markdown
	}
	if r.Area != "" {
		rule.Properties = &sarifRuleProps{[]string{r.Area}}
	}
	return rule
}

// newSARIFMessage is nil for an empty text, which the standard does not allow.
func newSARIFMessage(text string) *sarifMessage {
	if text == "" {
		return nil
	}
	return &sarifMessage{Text: text}
}
