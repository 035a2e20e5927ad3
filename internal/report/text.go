package report

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

const (
	// minWidth is the narrowest screen that text is laid out for: below it,
	// terminals wrap better than we can.
	minWidth = 60
	// unknownWidth limits excerpts when nobody knows the screen. Sentences are
	// left whole then, so that they can be found with grep.
	unknownWidth = 120
)

// Text writes findings for people: each with an excerpt, what Druid makes of it
// and what to write instead, and a last line that counts. Advice is counted only,
// unless it is asked for.
func Text(w io.Writer, r *finding.Report, o Options) error {
	findings := r.Findings
	if o.Quiet {
		findings = withoutAdvice(findings)
		if len(findings) == 0 && !slices.ContainsFunc(r.Trees, func(t finding.Tree) bool { return t.HighAvailability != nil }) {
			return nil
		}
	}
	all := len(findings)
	if !o.Verbose {
		findings = withoutAdvice(findings)
	}
	p := newTextPrinter(w, o)
	if !o.Quiet {
		p.checks(r.Checks)
	}
	for rest := findings; len(rest) > 0; {
		n := p.block(rest, len(r.Trees) > 1)
		p.findings(rest[:n])
		rest = rest[n:]
	}
	p.advice(all-len(findings), len(findings) > 0)
	for _, t := range r.Trees {
		p.highAvailability(t)
	}
	p.summary(r)
	return p.out.Flush()
}

func withoutAdvice(findings []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f finding.Finding) bool {
		return f.Severity == finding.Info
	})
}

// block prints what the next findings have in common, a tree where there are
// several, or a file if findings go by file, and answers how many they are.
func (p *textPrinter) block(findings []finding.Finding, severalTrees bool) int {
	first := &findings[0]
	name, least := first.Tree, 1
	if p.byFile {
		name, least, severalTrees = first.File, 2, true
	}
	n := slices.IndexFunc(findings, func(f finding.Finding) bool {
		return f.Tree != first.Tree || p.byFile && f.File != first.File
	})
	if n < 0 {
		n = len(findings)
	}
	if severalTrees && n >= least && name != "" {
		p.print(p.style.heading.paint(printable(name)), ": ", counts(finding.Summarize(nil, findings[:n], nil), p.quiet))
		p.print()
	}
	return n
}

// advice says that there is more, if there is.
func (p *textPrinter) advice(n int, others bool) {
	more := " more of severity info; --verbose shows them"
	if !others {
		more = " of severity info; --verbose shows them"
	}
	switch {
	case n == 1:
		p.print("1", strings.Replace(more, "them", "it", 1))
	case n > 1:
		p.print(strconv.Itoa(n), more)
	}
}

// textPrinter is one call of Text.
type textPrinter struct {
	out   *bufio.Writer
	style palette
	color bool
	quiet bool
	// byFile puts the findings of a file together.
	byFile bool
	// width limits lines of sentences, 0 when they are not wrapped.
	width int
	// excerptWidth limits lines of excerpts.
	excerptWidth int
}

func newTextPrinter(w io.Writer, o Options) *textPrinter {
	p := &textPrinter{
		out:          bufio.NewWriter(w),
		style:        newPalette(o.Color),
		color:        o.Color,
		quiet:        o.Quiet,
		byFile:       o.ByFile,
		excerptWidth: unknownWidth,
	}
	if o.Width > 0 {
		p.width = max(o.Width, minWidth)
		p.excerptWidth = p.width
	}
	return p
}

// print writes the parts and ends the line. The writer keeps its first error
// for Flush.
func (p *textPrinter) print(parts ...string) {
	for _, part := range parts {
		_, _ = p.out.WriteString(part)
	}
	_ = p.out.WriteByte('\n')
}

func (p *textPrinter) findings(findings []finding.Finding) {
	for i := range findings {
		p.finding(&findings[i])
		p.print()
	}
}
