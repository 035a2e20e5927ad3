package report

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

// summary prints the last line, which counts, and what is found where when
// there are many trees.
func (p *textPrinter) summary(r *finding.Report) {
	p.fleet(r)
	result := outcome(r, p.quiet)
	color := p.verdict(r.Summary)
	for _, line := range p.wrapAfter(0, printable(result)) {
		p.print(color.paint(line))
	}
}

// outcome says in one sentence what was found and where.
func outcome(r *finding.Report, quiet bool) string {
	result := counts(r.Summary, quiet)
	if result == "" {
		result = "No problems found"
	}
	if r.Summary.Suppressed > 0 {
		result += " (" + suppressed(r) + ")"
	}
	result += fmt.Sprintf(" in %s of %s", count(r.Summary.Files, "file"), count(r.Summary.Services, "service"))
	if where := subject(r.Trees); where != "" {
		result += " (" + where + ")"
	}
	if len(r.Checks) > 0 {
		result = verdicts(r.Checks) + ": " + strings.ToLower(result[:1]) + result[1:]
	}
	return result
}

// suppressed writes "3 suppressed: 2 by comment, 1 by baseline".
func suppressed(r *finding.Report) string {
	n := map[string]int{}
	for _, f := range r.Suppressed {
		n[f.Suppression.By]++
	}
	var parts []string
	for _, by := range []string{"comment", "config", "baseline"} {
		if n[by] == r.Summary.Suppressed {
			return fmt.Sprintf("%d suppressed by %s", n[by], by)
		}
		if n[by] > 0 {
			parts = append(parts, fmt.Sprintf("%d by %s", n[by], by))
		}
	}
	return strings.TrimSuffix(fmt.Sprintf("%d suppressed: %s", r.Summary.Suppressed, strings.Join(parts, ", ")), ": ")
}

// counts writes "2 errors, 1 note", without what is not shown.
func counts(s finding.Summary, quiet bool) string {
	var parts []string
	add := func(n int, noun string) {
		if n > 0 {
			parts = append(parts, count(n, noun))
		}
	}
	add(s.Errors, "error")
	add(s.Warnings, "warning")
	if !quiet {
		add(s.Infos, "info")
	}
	return strings.Join(parts, ", ")
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// subject names the only tree and what it was checked against. Several trees may
// differ in that, and are counted.
func subject(trees []finding.Tree) string {
	if len(trees) > 1 {
		return count(len(trees), "tree")
	}
	var text string
	for _, t := range trees {
		text = t.Path
		if t.Form != "" && t.Form != "conf" {
			text += " (" + t.Form + ")"
		}
		if t.Target != "" {
			text += "; target " + t.Target
		}
		if t.TargetReason != "" {
			text += ": " + t.TargetReason
		}
		text += deployment(t)
	}
	return text
}

// deployment says where the processes of a tree run and what tells, or what would
// be said if they ran on several machines.
func deployment(t finding.Tree) string {
	switch {
	case t.Deployment == "":
		return ""
	case t.Deployment != "unknown":
		return strings.TrimSuffix("; "+t.Deployment+": "+t.DeploymentReason, ": ")
	}
	text := "; deployment unknown: " + t.DeploymentReason
	if t.IfCluster != nil {
		text += ", and --deployment cluster would add " + counts(finding.Summary{Errors: t.IfCluster.Errors, Warnings: t.IfCluster.Warnings}, true)
	}
	return text
}

// verdict is the colour of the worst finding.
func (p *textPrinter) verdict(s finding.Summary) ink {
	switch {
	case s.Errors > 0:
		return p.style.severity[finding.Error]
	case s.Warnings > 0:
		return p.style.severity[finding.Warning]
	case s.Infos > 0:
		return p.style.severity[finding.Info]
	default:
		return p.style.clean
	}
}
