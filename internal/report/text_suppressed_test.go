package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// The last line says how many findings were hidden and by what.
func TestTextCountsSuppressed(t *testing.T) {
	hidden := func(by string) finding.Suppressed {
		return finding.Suppressed{Finding: misspelt(), Suppression: finding.Suppression{By: by, Reason: "known"}}
	}
	r := clean()
	r.Suppressed = []finding.Suppressed{hidden("baseline"), hidden("comment"), hidden("baseline")}
	r.Summary = finding.Summarize(r.Trees, r.Findings, r.Suppressed)
	require.Equal(t, "No problems found (3 suppressed: 1 by comment, 2 by baseline) in 27 files of 2 services "+
		"(conf; target imply-3.0.19: class names are org.apache.druid; cluster)\n", render(t, Text, r, Options{}))
	require.Empty(t, render(t, Text, r, Options{Quiet: true}))
}
