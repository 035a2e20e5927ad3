//go:build !js

package report

import (
	"bufio"
	_ "embed"
	"html/template"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
)

//go:embed findings.html.tmpl
var findingsTemplate string

//go:embed findings.css
var findingsStyle string

//go:embed findings.js
var findingsScript string

// findingsPage is parsed when the first page is written.
var findingsPage = lazy.Value[*template.Template]{New: func() *template.Template {
	return template.Must(template.New("findings").Parse(findingsTemplate))
}}

// What the template shows, every text of it printable. The template escapes.
type (
	findingsDoc struct {
		pageHead
		Outcome         string
		Tool            string
		Trees           []treeRow
		CheckHead       []string
		Checks          []checkRow
		Parts           []part
		All, Suppressed int
		// Severities and the choices are what the filter offers.
		Severities []option
		Choices    []choice
	}
	// choice is a list to choose one from.
	choice struct {
		Name, Label string
		Options     []option
	}
	option struct {
		Value string
		Count int
	}
	checkRow struct {
		Verdict string
		Cells   []string
	}
	treeRow struct {
		Path, Target, Reason, Deployment, Services string
		Files, Errors, Warnings, Infos             int
		Points                                     []pagePoint
	}
	// pagePoint answers one question of high availability; Rule is the finding behind
	// the answer.
	pagePoint struct {
		Answer, Name, Detail, Rule string
	}
	// part is a half of the page: the findings, or those that were suppressed.
	part struct {
		Title, Suppressed string
		Groups            iter.Seq[group]
	}
)

// HTML writes a page that needs nothing else. Its filter is a script of its own;
// without one, and in print, everything is there to read.
func HTML(w io.Writer, r *finding.Report, o Options) error {
	out := bufio.NewWriter(w)
	if err := findingsPage.Get().Execute(out, docOf(r, o)); err != nil {
		return err
	}
	return out.Flush()
}

func docOf(r *finding.Report, o Options) findingsDoc {
	findings := r.Findings
	if o.Quiet {
		findings = withoutAdvice(findings)
	}
	plain, suppressed := shownOf(findings), suppressedOf(r.Suppressed)
	doc := findingsDoc{
		pageHead: newPageHead("implycheck findings", findingsStyle, findingsScript, o.Made),
		Outcome:  printable(outcome(r, o.Quiet)), Tool: printable(strings.TrimSpace(r.Tool.Name + " " + r.Tool.Version)),
		All: len(plain) + len(suppressed), Suppressed: len(suppressed),
		Trees:      treeRows(r.Trees, findings),
		Severities: severities(plain, suppressed), Choices: choices(slices.Concat(plain, suppressed)),
		Parts: []part{{"Findings", "", groups(plain)}},
	}
	if len(r.Checks) > 0 {
		doc.Title = "implycheck preflight"
		header, rows := checkTable(r.Checks)
		doc.CheckHead = header
		for _, row := range rows {
			doc.Checks = append(doc.Checks, checkRow{row[0], each(row, printable)})
		}
	}
	if len(suppressed) > 0 {
		doc.Parts = append(doc.Parts, part{"Suppressed", "yes", groups(suppressed)})
	}
	return doc
}

func treeRows(trees []finding.Tree, findings []finding.Finding) []treeRow {
	byTree := summaries(findings)
	return each(trees, func(t finding.Tree) treeRow {
		s := byTree[t.Path]
		row := treeRow{
			Path: printable(t.Path), Target: printable(t.Target), Reason: printable(t.TargetReason), Deployment: printable(t.Deployment),
			Services: printable(strings.Join(t.Services, ", ")), Files: t.Files, Errors: s.Errors, Warnings: s.Warnings, Infos: s.Infos,
		}
		row.Points = each(t.HighAvailability, pagePointOf)
		return row
	})
}

// pagePointOf tells the rule from the text, which ends with it in brackets.
func pagePointOf(p finding.Point) pagePoint {
	point := pagePoint{Answer: printable(string(p.Answer)), Name: printable(p.Name), Detail: printable(p.Detail)}
	if i := strings.LastIndex(point.Detail, " ["); i >= 0 && strings.HasSuffix(point.Detail, "]") {
		point.Rule = point.Detail[i+2 : len(point.Detail)-1]
		point.Detail = point.Detail[:i]
	}
	return point
}
