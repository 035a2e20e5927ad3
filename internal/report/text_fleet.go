package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

const (
	// manyTrees is from how many trees on nobody keeps in mind what was said of
	// which.
	manyTrees = 5
	// fleetRows is how much of a table people look at.
	fleetRows = 10
)

// fleet prints which rules and which clusters have the most findings, the worst
// first.
func (p *textPrinter) fleet(r *finding.Report) {
	findings := r.Findings
	if p.quiet {
		findings = withoutAdvice(findings)
	}
	if len(r.Trees) < manyTrees || len(findings) == 0 {
		return
	}
	p.fleetTable("Rule", "Clusters", countBy(findings,
		func(f *finding.Finding) string { return f.Rule }, func(f *finding.Finding) string { return f.Tree }))
	p.fleetTable("Cluster", "Rules", countBy(findings,
		func(f *finding.Finding) string { return f.Tree }, func(f *finding.Finding) string { return f.Rule }))
}

// fleetCount is a row: the findings of one rule or of one cluster.
type fleetCount struct {
	name string
	finding.Summary
	// others are the clusters of the rule, or the rules of the cluster.
	others map[string]bool
}

// countBy counts findings by a name, and how many other names each goes with.
func countBy(findings []finding.Finding, name, other func(*finding.Finding) string) []fleetCount {
	index := map[string]int{}
	var rows []fleetCount
	for i := range findings {
		f := &findings[i]
		at, ok := index[name(f)]
		if !ok {
			at = len(rows)
			index[name(f)] = at
			rows = append(rows, fleetCount{name: name(f), others: map[string]bool{}})
		}
		rows[at].others[other(f)] = true
		switch f.Severity {
		case finding.Error:
			rows[at].Errors++
		case finding.Warning:
			rows[at].Warnings++
		case finding.Info:
			rows[at].Infos++
		}
	}
	slices.SortFunc(rows, func(a, b fleetCount) int {
		return cmp.Or(cmp.Compare(b.Errors, a.Errors), cmp.Compare(b.Warnings, a.Warnings), cmp.Compare(b.Infos, a.Infos), strings.Compare(a.name, b.name))
	})
	return rows
}

func (p *textPrinter) fleetTable(what, others string, counts []fleetCount) {
	var rows [][]string
	for _, c := range counts[:min(fleetRows, len(counts))] {
		rows = append(rows, []string{
			printable(c.name), strconv.Itoa(c.Errors), strconv.Itoa(c.Warnings), strconv.Itoa(c.Infos), strconv.Itoa(len(c.others)),
		})
	}
	_ = Table(p.out, []string{what, "Errors", "Warnings", "Infos", others}, rows,
		TableOptions{Width: p.width, Right: []int{1, 2, 3, 4}, Color: p.color})
	if more := len(counts) - fleetRows; more > 0 {
		p.print(fmt.Sprintf("and %d more", more))
	}
	p.print()
}
