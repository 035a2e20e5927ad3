package report

import (
	"path/filepath"

	"github.com/implycheck/implycheck/finding"
)

// sarifResult is a result (3.27).
type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    *int               `json:"ruleIndex,omitempty"`
	Level        string             `json:"level"`
	Message      sarifMessage       `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Related      []sarifLocation    `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitzero"` // An empty list says that it is not suppressed.
	Fixes        []sarifFix         `json:"fixes,omitempty"`
	Properties   sarifProperties    `json:"properties"`
}

// sarifProperties is what the standard has no place for.
type sarifProperties struct {
	Tree       string `json:"tree"`
	Service    string `json:"service,omitempty"`
	Property   string `json:"property,omitempty"`
	Suggestion string `json:"suggestion,omitempty"`
}

// sarifLocation is a location (3.28). Related ones have a number, because no two
// of them may be equal.
type sarifLocation struct {
	ID       int            `json:"id,omitempty"`
	Message  *sarifMessage  `json:"message,omitempty"`
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI  string `json:"uri"`
	Base string `json:"uriBaseId,omitempty"`
}

// sarifRegion is a region (3.30): from 1, the end column after the last character.
type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"`
}

// sarifResults makes results, and knows which rules are described and which
// fingerprints are taken.
type sarifResults struct {
	rules   map[string]int
	seen    fingerprints
	options Options
}

func newSARIFResults(rules []finding.Rule, o Options) sarifResults {
	results := sarifResults{make(map[string]int, len(rules)), fingerprints{}, o}
	for i, r := range rules {
		results.rules[r.ID] = i
	}
	return results
}

func (s sarifResults) of(original *finding.Finding) sarifResult {
	placed := s.options.placed(*original)
	f := &placed
	result := sarifResult{
		RuleID: f.Rule, Level: sarifLevels[f.Severity], Message: sarifMessage{Text: paragraphs(f.Message, f.Effect, f.Help)},
		Locations:    []sarifLocation{{Physical: s.physical(fileOf(f), f.Location)}},
		Fingerprints: map[string]string{"implycheck/v1": s.seen.of(f)},
		Properties:   sarifProperties{f.Tree, f.Service, f.Property, f.Suggestion},
	}
	if i, ok := s.rules[f.Rule]; ok {
		result.RuleIndex = &i
	}
	for i, r := range f.Related {
		place := sarifLocation{ID: i + 1, Message: newSARIFMessage(r.Message)}
		if r.File != "" {
			place.Physical = s.physical(r.File, r.Location)
		}
		result.Related = append(result.Related, place)
	}
	if fix, ok := s.fix(f); ok {
		result.Fixes = []sarifFix{fix}
	}
	return result
}

// artifact is a file, relative to the repository if it lies there.
func (s sarifResults) artifact(file string) sarifArtifact {
	a := sarifArtifact{URI: uri(file)}
	if s.options.Repository != nil && !filepath.IsAbs(file) {
		a.Base = "%SRCROOT%"
	}
	return a
}

func (s sarifResults) physical(file string, l finding.Location) *sarifPhysical {
	p := &sarifPhysical{Artifact: s.artifact(file)}
	if l.Line > 0 {
		p.Region = newSARIFRegion(l)
	}
	return p
}

func newSARIFRegion(l finding.Location) *sarifRegion {
	return &sarifRegion{l.Line, l.Column, l.EndLine, l.EndColumn}
}
