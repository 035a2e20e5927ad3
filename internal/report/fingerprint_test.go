package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// TestFingerprints: what stays when lines move, and what makes another finding.
func TestFingerprints(t *testing.T) {
	of := func(change func(*finding.Finding)) string {
		f := misspelt()
		change(&f)
		return fingerprints{}.of(&f)
	}
	same := of(func(*finding.Finding) {})
	for name, change := range map[string]func(*finding.Finding){
		"moved":          func(f *finding.Finding) { f.Line, f.EndLine = 90, 90 },
		"indented":       func(f *finding.Finding) { f.Column, f.Source = 3, "  "+f.Source+"\r\n" },
		"said otherwise": func(f *finding.Finding) { f.Message, f.Help, f.Severity = "unknown", "no", finding.Info },
		"other path":     func(f *finding.Finding) { f.File = "./" + f.File },
	} {
		require.Equal(t, same, of(change), name)
	}
	for name, change := range map[string]func(*finding.Finding){
		"rule":     func(f *finding.Finding) { f.Rule = "prop-case" },
		"file":     func(f *finding.Finding) { f.File = common },
		"service":  func(f *finding.Finding) { f.Service = "broker" },
		"property": func(f *finding.Finding) { f.Property += "s" },
		"value":    func(f *finding.Finding) { f.Source += "0" },
		"shifted":  func(f *finding.Finding) { f.Service, f.Property = f.Service+f.Property, "" },
	} {
		require.NotEqual(t, same, of(change), name)
	}
	seen, f := fingerprints{}, misspelt()
	require.NotEqual(t, seen.of(&f), seen.of(&f))
}

func TestURI(t *testing.T) {
	for file, want := range map[string]string{
		"conf/druid/_common/a b.properties": "conf/druid/_common/a%20b.properties",
		"100%/a?b#c":                        "100%25/a%3Fb%23c",
		"c:d/e":                             "./c:d/e",
		"/etc/druid/conf":                   "file:///etc/druid/conf",
		"../conf":                           "../conf",
	} {
		require.Equal(t, want, uri(file))
	}
}

// TestSARIFFixIsWhole: an edit without a place makes the fix none.
func TestSARIFFixIsWhole(t *testing.T) {
	f := storageNotLoaded()
	f.Fix.Edits = append(f.Fix.Edits, edit(at(historical, 9, 1, 27, ""), "x"), edit(at(common, 9, 1, 2, ""), "y"))
	fix, ok := (sarifResults{}).fix(&f)
	require.True(t, ok)
	require.Len(t, fix.Changes, 2)
	require.Len(t, fix.Changes[0].Replacements, 2)
	f.Fix.Edits[1].Line = 0
	_, ok = (sarifResults{}).fix(&f)
	require.False(t, ok)
}
