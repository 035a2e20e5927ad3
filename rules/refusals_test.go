package rules

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// refusalReleases are those whose source was searched for what keeps a process
// from starting.
var refusalReleases = []string{"0.15", "25", "28", "33", "38"}

// TestRefusals holds that table against lint: in each release that refuses the
// example the rule gives an error, and in the others it does not. It also says
// how large a share lint foresees.
func TestRefusals(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	base := map[string][]string{}
	for _, release := range refusalReleases {
		base[release] = signatures(druidRow{release: release}.lint(t))
	}
	data, err := os.ReadFile("testdata/refusals.tsv")
	require.NoError(t, err)
	all, said := map[string]int{}, map[string]int{} // by release
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		require.Len(t, cells, 5, line)
		refusal, class, rule := cells[0], cells[1], cells[3]
		for release := range strings.SplitSeq(cells[2], ",") {
			all[release]++
			if rule != "none" {
				said[release]++
			}
		}
		if rule == "none" {
			t.Logf("unsaid: %s: %s", class, refusal)
			continue
		}
		edits, err := parseDruidEdits(cells[4])
		require.NoError(t, err)
		for _, release := range refusalReleases {
			row := druidRow{release: release, edits: edits}
			found := slices.ContainsFunc(row.lint(t), func(f finding.Finding) bool {
				return f.Rule == rule && f.Severity == finding.Error && !slices.Contains(base[release], signature(f))
			})
			if refuses := slices.Contains(strings.Split(cells[2], ","), release); found != refuses {
				t.Errorf("%s: %s, Druid %s: refused %v, %s is an error %v", class, refusal, release, refuses, rule, found)
			}
		}
	}
	for _, release := range refusalReleases {
		t.Logf("%s: %d of %d refusals are foreseen", release, said[release], all[release])
		require.GreaterOrEqual(t, 100*said[release], 98*all[release])
	}
}
