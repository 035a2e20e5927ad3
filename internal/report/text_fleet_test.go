package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// fleet has n clusters of which every one has a warning, and every third an
// error too, of a rule of its own.
func clusters(n int) *finding.Report {
	r := &finding.Report{Version: finding.Version}
	for i := range n {
		tree := fmt.Sprintf("clusters/c%02d/conf", i)
		r.Trees = append(r.Trees, finding.Tree{Path: tree, Files: 2, Services: []string{"broker"}})
		r.Findings = append(r.Findings, finding.Finding{Tree: tree, Rule: "zk-even-or-two-nodes", Severity: finding.Warning, Message: "two ZooKeeper servers"})
		if i%3 == 0 {
			rule := fmt.Sprintf("rule-%02d", i)
			r.Findings = append(r.Findings, finding.Finding{Tree: tree, Rule: rule, Severity: finding.Error, Message: "wrong"})
		}
	}
	r.Summary = finding.Summarize(r.Trees, r.Findings, nil)
	return r
}

func TestFleetTables(t *testing.T) {
	got := render(t, Text, clusters(12), Options{})
	tables := got[strings.Index(got, "┌"):]
	require.Equal(t, `┌──────────────────────┬────────┬──────────┬───────┬──────────┐
│ Rule                 │ Errors │ Warnings │ Infos │ Clusters │
├──────────────────────┼────────┼──────────┼───────┼──────────┤
│ rule-00              │      1 │        0 │     0 │        1 │
│ rule-03              │      1 │        0 │     0 │        1 │
│ rule-06              │      1 │        0 │     0 │        1 │
│ rule-09              │      1 │        0 │     0 │        1 │
│ zk-even-or-two-nodes │      0 │       12 │     0 │       12 │
└──────────────────────┴────────┴──────────┴───────┴──────────┘

┌───────────────────┬────────┬──────────┬───────┬───────┐
│ Cluster           │ Errors │ Warnings │ Infos │ Rules │
├───────────────────┼────────┼──────────┼───────┼───────┤
│ clusters/c00/conf │      1 │        1 │     0 │     2 │
│ clusters/c03/conf │      1 │        1 │     0 │     2 │
│ clusters/c06/conf │      1 │        1 │     0 │     2 │
│ clusters/c09/conf │      1 │        1 │     0 │     2 │
│ clusters/c01/conf │      0 │        1 │     0 │     1 │
│ clusters/c02/conf │      0 │        1 │     0 │     1 │
│ clusters/c04/conf │      0 │        1 │     0 │     1 │
│ clusters/c05/conf │      0 │        1 │     0 │     1 │
│ clusters/c07/conf │      0 │        1 │     0 │     1 │
│ clusters/c08/conf │      0 │        1 │     0 │     1 │
└───────────────────┴────────┴──────────┴───────┴───────┘
and 2 more

4 errors, 12 warnings in 24 files of 12 services (12 trees)
`, tables)
}

func TestFewTreesHaveNoTable(t *testing.T) {
	require.NotContains(t, render(t, Text, clusters(manyTrees-1), Options{}), "│")
	require.Contains(t, render(t, Text, clusters(manyTrees), Options{}), "│")
	clean := clusters(manyTrees)
	clean.Findings = nil
	require.NotContains(t, render(t, Text, clean, Options{}), "│")
}
