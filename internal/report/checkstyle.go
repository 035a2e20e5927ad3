package report

import (
	"io"
	"slices"

	"github.com/implycheck/implycheck/finding"
)

// checkstyleVersion is the release of Checkstyle whose report this is; readers
// want one, and its form has not changed since.
const checkstyleVersion = "4.3"

// Checkstyle writes the XML of Checkstyle's XMLLogger. A finding that concerns
// no line stands at line 1, which every reader takes.
func Checkstyle(w io.Writer, r *finding.Report, _ Options) error {
	x := newXMLWriter(w)
	x.open("checkstyle", "version", checkstyleVersion)
	x.raw(">\n")
	byFile := slices.Clone(r.Findings)
	slices.SortStableFunc(byFile, finding.Compare)
	for findings := byFile; len(findings) > 0; {
		n := inOneFile(findings)
		x.open("file", "name", fileOf(&findings[0]))
		x.raw(">\n")
		for i := range findings[:n] {
			checkstyleError(x, &findings[i])
		}
		x.raw("</file>\n")
		findings = findings[n:]
	}
	x.raw("</checkstyle>\n")
	return x.close()
}

// inOneFile counts the findings that share the file of the first one.
func inOneFile(findings []finding.Finding) int {
	first := &findings[0]
	n := slices.IndexFunc(findings, func(f finding.Finding) bool {
		return f.Tree != first.Tree || f.File != first.File
	})
	if n < 0 {
		return len(findings)
	}
	return n
}

func checkstyleError(x xmlWriter, f *finding.Finding) {
	attributes := []string{"line", number(max(f.Line, 1))}
	if f.Column > 0 {
		attributes = append(attributes, "column", number(f.Column))
	}
	x.raw("  ")
	x.open("error", append(attributes, "severity", f.Severity.String(), "message", f.Message, "source", "implycheck."+f.Rule)...)
	x.raw("/>\n")
}
