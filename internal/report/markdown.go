package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

const (
	// markdownLimit is where GitHub ends a comment. It counts characters and we
	// bytes, which are never fewer.
	markdownLimit = 65_536
	// markdownTail is kept free for the lines at the end.
	markdownTail = 750
)

// Markdown writes findings for a comment or a job's summary: the worst first,
// by file, everything beyond a line folded. What does not fit is counted.
// Rules have no links: their pages are not where the comment is.
func Markdown(w io.Writer, r *finding.Report, o Options) error {
	findings := r.Findings
	if o.Quiet {
		findings = withoutAdvice(findings)
	}
	p := &markdownPage{}
	p.add("## implycheck\n\n**" + prose(outcome(r, o.Quiet)) + "**\n")
	p.trees(r.Trees, findings)
	p.checks(r.Checks)
	p.highAvailability(r.Trees)
	p.findings(findings)
	p.suppressed(r.Suppressed)
	p.end(len(findings) > 0)
	_, err := io.WriteString(w, p.text.String())
	return err
}

// commentMarker is not shown. It stays the same in every release.
const commentMarker = "<!-- implycheck -->\n"

// PRComment is Markdown behind a marker: a bot that finds it in a comment of a pull
// request writes that comment anew instead of adding one.
func PRComment(w io.Writer, r *finding.Report, o Options) error {
	if _, err := io.WriteString(w, commentMarker); err != nil {
		return err
	}
	return Markdown(w, r, o)
}

// checks is the table of what preflight has looked at.
func (p *markdownPage) checks(checks []finding.Check) {
	if len(checks) == 0 {
		return
	}
	header, rows := checkTable(checks)
	for i, row := range rows {
		rows[i] = each(row, prose)
	}
	var table strings.Builder
	table.WriteString("\n")
	if Table(&table, header, rows, TableOptions{Markdown: true}) == nil && !p.add(table.String()) {
		p.leave(count(len(rows), "check"))
	}
}

// markdownPage has a limit, and keeps account of what it has no room for.
type markdownPage struct {
	text strings.Builder
	left []string
}

// add reports whether the piece, always a whole one, had room.
func (p *markdownPage) add(piece string) bool {
	if p.text.Len()+len(piece) > markdownLimit-markdownTail {
		return false
	}
	p.text.WriteString(piece)
	return true
}

// leave remembers that things had no room.
func (p *markdownPage) leave(what string) {
	if what != "" {
		p.left = append(p.left, what)
	}
}

// trees counts the findings of each tree, where there are several.
func (p *markdownPage) trees(trees []finding.Tree, findings []finding.Finding) {
	if len(trees) < 2 || len(findings) == 0 || !p.add("\n| tree | errors | warnings | infos |\n|---|--:|--:|--:|\n") {
		return
	}
	const most = 100 // A table of a fleet would leave no room for findings.
	rows, clean := 0, 0
	byTree := summaries(findings)
	for _, t := range trees {
		s, found := byTree[t.Path]
		switch {
		case !found:
			clean++
		case rows < most && p.add(fmt.Sprintf("| %s | %d | %d | %d |\n", cell(code(t.Path), true), s.Errors, s.Warnings, s.Infos)):
			rows++
		}
	}
	if clean > 0 {
		p.add(fmt.Sprintf("\n%s without findings.\n", count(clean, "tree")))
	}
	if more := len(trees) - clean - rows; more > 0 {
		p.leave(count(more, "row") + " of the table of trees")
	}
}

// summaries counts the findings of each tree.
func summaries(findings []finding.Finding) map[string]finding.Summary {
	byTree := map[string]finding.Summary{}
	for i := range findings {
		s, one := byTree[findings[i].Tree], finding.Summarize(nil, findings[i:i+1], nil)
		s.Errors, s.Warnings, s.Infos = s.Errors+one.Errors, s.Warnings+one.Warnings, s.Infos+one.Infos
		byTree[findings[i].Tree] = s
	}
	return byTree
}

// highAvailability answers --ha, a table a tree.
func (p *markdownPage) highAvailability(trees []finding.Tree) {
	left := 0
	for _, t := range trees {
		if t.HighAvailability == nil {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "\n### High availability of %s\n\n| | point | because |\n|---|---|---|\n", code(t.Path))
		for _, point := range t.HighAvailability {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(prose(string(point.Answer)), true), cell(prose(point.Name), true), cell(prose(point.Detail), true))
		}
		if !p.add(b.String()) {
			left++
		}
	}
	if left > 0 {
		p.leave("the high availability of " + count(left, "tree"))
	}
}

// findings writes the worst first; within a severity the order stays.
func (p *markdownPage) findings(findings []finding.Finding) {
	worstFirst := slices.Clone(findings)
	slices.SortStableFunc(worstFirst, func(a, b finding.Finding) int { return int(b.Severity - a.Severity) })
	titles := map[finding.Severity]string{finding.Error: "Errors", finding.Warning: "Warnings", finding.Info: "Infos"}
	var last finding.Finding
	var left []finding.Finding
	for _, f := range worstFirst {
		heading := ""
		if f.Severity != last.Severity {
			heading = "\n### " + titles[f.Severity] + "\n"
		}
		if heading != "" || subjectOf(&f) != subjectOf(&last) {
			heading += "\n#### " + code(subjectOf(&f)) + "\n"
		}
		if p.add(heading + "\n" + markdownFinding(&f)) {
			last = f
		} else {
			left = append(left, f)
		}
	}
	p.leave(counts(finding.Summarize(nil, left, nil), false))
}

// subjectOf is the file of a finding, and the tree where no file is at fault.
func subjectOf(f *finding.Finding) string {
	if f.File == "" {
		return f.Tree
	}
	return f.File
}

// suppressed lists what somebody chose not to see, and why.
func (p *markdownPage) suppressed(list []finding.Suppressed) {
	heading := fmt.Sprintf("\n### Suppressed\n\n<details><summary>%d suppressed</summary>\n\n", len(list))
	left := 0
	for _, f := range list {
		place := f.Location
		place.File = subjectOf(&f.Finding)
		if p.add(fmt.Sprintf("%s- %s %s %s (%s)\n", heading, code(location(place)), prose(f.Message), code(f.Rule), prose(suppressedBy(f.Suppression)))) {
			heading = ""
		} else {
			left++
		}
	}
	if left < len(list) {
		p.text.WriteString("\n</details>\n")
	}
	if left > 0 {
		p.leave(fmt.Sprintf("%d suppressed", left))
	}
}

// suppressedBy says who suppressed a finding, and why.
func suppressedBy(s finding.Suppression) string {
	text := s.By
	if s.File != "" {
		text += " " + location(s.Location)
	}
	if s.Reason != "" {
		text += ": " + s.Reason
	}
	return text
}

// end says what is missing, in the room that was kept for it.
func (p *markdownPage) end(found bool) {
	if len(p.left) > 0 {
		fmt.Fprintf(&p.text, "\n**Left out: %s.** A comment ends at 65,536 characters; the formats text, html and json have all.\n", strings.Join(p.left, "; "))
	}
	if found {
		p.text.WriteString("\n`implycheck explain RULE` says more about a rule.\n")
	}
}
