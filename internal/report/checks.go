package report

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

// checks draws the table of what preflight has looked at.
func (p *textPrinter) checks(checks []finding.Check) {
	if len(checks) == 0 {
		return
	}
	header, rows := checkTable(checks)
	_ = Table(p.out, header, rows, TableOptions{Width: p.width, Color: p.color})
	p.print()
}

// checkTable is a row for each check, in the order of the checks; the host is said
// where there are several.
func checkTable(checks []finding.Check) (header []string, rows [][]string) {
	header = []string{"verdict", "check", "of", "required", "current"}
	hosts := false
	for _, c := range checks {
		hosts = hosts || c.Host != ""
	}
	if hosts {
		header = append(header, "host")
	}
	for _, c := range checks {
		row := []string{string(c.Verdict), c.Rule, c.Target, c.Required, c.Current}
		if hosts {
			row = append(row, c.Host)
		}
		rows = append(rows, row)
	}
	return header, rows
}

// verdicts writes "48 checks: 40 pass, 3 fail, 5 unknown".
func verdicts(checks []finding.Check) string {
	n := map[finding.Verdict]int{}
	for _, c := range checks {
		n[c.Verdict]++
	}
	var parts []string
	for _, v := range []finding.Verdict{finding.Fail, finding.Warn, finding.CannotSay, finding.Pass} {
		if n[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[v], v))
		}
	}
	return fmt.Sprintf("%s (%s)", count(len(checks), "check"), strings.Join(parts, ", "))
}
