package report

import (
	"bufio"
	"io"
	"slices"

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

// Text writes findings for people: grouped by file, each with an excerpt, what
// Druid makes of it and what to write instead, and a last line that counts.
func Text(w io.Writer, r *finding.Report, o Options) error {
	findings := r.Findings
	if o.Quiet {
		findings = withoutAdvice(findings)
		if len(findings) == 0 && !slices.ContainsFunc(r.Trees, func(t finding.Tree) bool { return t.HighAvailability != nil }) {
			return nil
		}
	}
	p := newTextPrinter(w, o)
	for len(findings) > 0 {
		n := inOneFile(findings)
		p.file(findings[:n])
		findings = findings[n:]
	}
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

// inOneFile counts the findings that share the file of the first one.
func inOneFile(findings []finding.Finding) int {
	first := &findings[0]
	n := slices.IndexFunc(findings, func(f finding.Finding) bool {
		return f.Tree != first.Tree || f.File != first.File
	})
	if n < 0 {
		return len(findings)
	}
	return n
}

// textPrinter is one call of Text.
type textPrinter struct {
	out   *bufio.Writer
	style palette
	color bool
	quiet bool
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

// file prints the findings of one file, below its name when they are several.
func (p *textPrinter) file(findings []finding.Finding) {
	if len(findings) > 1 && findings[0].File != "" {
		p.print(p.style.heading.paint(printable(findings[0].File)), ": ", counts(finding.Summarize(nil, findings, nil), p.quiet))
		p.print()
	}
	for i := range findings {
		p.finding(&findings[i])
		p.print()
	}
}
