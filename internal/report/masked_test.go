package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// behindSecret is a finding behind two secrets: one that was hidden when it was found, and
// one that gives itself away.
func behindSecret() finding.Finding {
	place := at("jvm.config", 1, 74, 81, "-Dx.password=**** -Dssl=AKIAIOSFODNN7EXAMPLE -Xmx2gb")
	place.Mark, place.EndMark = 46, 53
	return finding.Finding{Rule: "jvm-size-malformed", Severity: finding.Error, Message: "java does not understand -Xmx2gb", Location: place}
}

// What is meant is marked where people see it, and programs get the columns of the file.
func TestMarkBehindSecrets(t *testing.T) {
	for name, want := range map[string]string{
		"text":       "1 | -Dx.password=**** -Dssl=**** -Xmx2gb\n  | " + strings.Repeat(" ", 29) + "^^^^^^^\n",
		"markdown":   "1 | -Dx.password=**** -Dssl=**** -Xmx2gb\n  | " + strings.Repeat(" ", 29) + "^^^^^^^\n",
		"html":       "-Dx.password=**** -Dssl=**** <mark>-Xmx2gb</mark>",
		"github":     "line=1,col=74,",
		"sarif":      `"startColumn":74,"endLine":1,"endColumn":81`,
		"json":       "\"column\": 74,",
		"compact":    "jvm.config:1:74:",
		"checkstyle": `line="1" column="74"`,
		"rdjson":     `"range":{"start":{"line":1}}`, // it counts bytes, which nobody knows
	} {
		t.Run(name, func(t *testing.T) {
			format, err := Lookup(name)
			require.NoError(t, err)
			require.Contains(t, render(t, format, reportOf([]finding.Tree{tree("conf")}, behindSecret()), Options{}), want)
		})
	}
	r := Hide(reportOf([]finding.Tree{tree("conf")}, behindSecret()))
	card := Cards(r.Findings)[0].Places[0].Excerpt
	require.Equal(t, "-Xmx2gb", card.Marked)
}
