package finding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

func TestTogether(t *testing.T) {
	at := func(file, rule, message string, s finding.Severity) finding.Finding {
		edit := finding.Edit{Location: finding.Location{File: file, Line: 1}, Text: "x"}
		return finding.Finding{
			Tree: "conf", Rule: rule, Severity: s, Message: message, Service: file, Location: finding.Location{File: file, Line: 1},
			Fix: &finding.Fix{Safe: file != "c", Edits: []finding.Edit{edit}},
		}
	}
	got := finding.Together([]finding.Finding{
		at("a", "r", "same", finding.Warning), at("a", "other", "same", finding.Warning), at("b", "r", "same", finding.Warning),
		at("b", "r", "another", finding.Warning), at("c", "r", "same", finding.Warning), at("d", "r", "same", finding.Info),
	})
	require.Len(t, got, 4)
	require.Equal(t, []string{"same", "same", "another", "same"}, []string{got[0].Message, got[1].Message, got[2].Message, got[3].Message})
	require.Equal(t, []finding.Related{
		{Location: finding.Location{File: "b", Line: 1}, Message: "here too"}, {Location: finding.Location{File: "c", Line: 1}, Message: "here too"},
	}, got[0].Related)
	require.Empty(t, got[0].Service)
	require.Equal(t, "a", got[1].Service)
	require.Len(t, got[0].Fix.Edits, 3)
	require.False(t, got[0].Fix.Safe, "one of them is not")
	require.Equal(t, finding.Info, got[3].Severity, "what is worse in one place is said of that place")
}
