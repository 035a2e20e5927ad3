package report

import (
	"io"

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
	for findings := r.Findings; len(findings) > 0; {
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

func checkstyleError(x xmlWriter, f *finding.Finding) {
	attributes := []string{"line", number(max(f.Line, 1))}
	if f.Column > 0 {
		attributes = append(attributes, "column", number(f.Column))
	}
	x.raw("  ")
	x.open("error", append(attributes, "severity", f.Severity.String(), "message", f.Message, "source", "implycheck."+f.Rule)...)
	x.raw("/>\n")
}
