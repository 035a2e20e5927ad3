package report

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// No line of a page is a command to a runner of GitHub, which passes over blanks.
func TestMarkdownCommands(t *testing.T) {
	at := finding.Location{File: "conf/a", Line: 12, Column: 1, EndLine: 12, EndColumn: 3, Source: "  ::error::x"}
	f := finding.Finding{Rule: "a", Message: "::error::x", Help: "::error::x\n  ::error::x", Location: at, Fix: &finding.Fix{Edits: []finding.Edit{
		{Location: finding.Location{File: "conf/a", Line: 12, Column: 13, EndLine: 12, EndColumn: 13, Source: "  ::error::x"}, Text: "\n::error::y"},
	}}, Related: []finding.Related{{Location: at, Message: "::error::x"}}}
	var b bytes.Buffer
	require.NoError(t, Markdown(&b, &finding.Report{Findings: []finding.Finding{f}}, Options{}))
	require.NotRegexp(t, `(?m)^\s*::`, b.String())
	require.Contains(t, b.String(), "12 |   ::error::x\n   | ^^")
}
