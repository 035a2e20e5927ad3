package report

import (
	"github.com/implycheck/implycheck/finding"
)

// sarifFix is a fix (3.55).
type sarifFix struct {
	Description *sarifMessage   `json:"description,omitempty"`
	Changes     []sarifChange   `json:"artifactChanges"`
	Properties  map[string]bool `json:"properties"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  *sarifRegion `json:"deletedRegion"`
	Inserted sarifMessage `json:"insertedContent"`
}

// fix gathers the edits by file. A fix is whole or it is not written:
// one whose edits do not all say where they are is none.
func (s sarifResults) fix(f *finding.Finding) (sarifFix, bool) {
	if f.Fix == nil {
		return sarifFix{}, false
	}
	fix := sarifFix{Description: newSARIFMessage(f.Help), Properties: map[string]bool{"safe": f.Fix.Safe}}
	byFile := map[string]int{}
	for _, e := range f.Fix.Edits {
		if e.File == "" || e.Line < 1 || e.Column < 1 || e.EndLine < 1 || e.EndColumn < 1 {
			return sarifFix{}, false
		}
		i, ok := byFile[e.File]
		if !ok {
			i = len(fix.Changes)
			byFile[e.File] = i
			fix.Changes = append(fix.Changes, sarifChange{Artifact: s.artifact(e.File)})
		}
		change := &fix.Changes[i]
		change.Replacements = append(change.Replacements, sarifReplacement{newSARIFRegion(e.Location), sarifMessage{Text: e.Text}})
	}
	return fix, len(fix.Changes) > 0
}

// sarifSuppression is a suppression (3.35).
type sarifSuppression struct {
	Kind          string         `json:"kind"`
	Status        string         `json:"status"`
	Justification string         `json:"justification,omitempty"`
	Location      *sarifLocation `json:"location,omitempty"`
}

func (s sarifResults) suppression(by finding.Suppression) sarifSuppression {
	s.options.place(&by.Location)
	suppression := sarifSuppression{Kind: "external", Status: "accepted", Justification: by.Reason}
	if by.By == "comment" {
		suppression.Kind = "inSource"
	}
	if by.File != "" {
		suppression.Location = &sarifLocation{Physical: s.physical(by.File, by.Location)}
	}
	return suppression
}
