package report

import (
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
)

// markdownFinding is one line that unfolds.
func markdownFinding(f *finding.Finding) string {
	var b strings.Builder
	line := ""
	if f.Line > 0 {
		line = strconv.Itoa(f.Line) + ": "
	}
	fmt.Fprintf(&b, "<details><summary>%s%s <code>%s</code></summary>\n\n", line, summaryText(f.Message), html.EscapeString(printable(f.Rule)))
	markdownPlace(&b, f.Location, "^")
	for _, r := range f.Related {
		fmt.Fprintf(&b, "Note: %s\n\n", prose(r.Message))
		markdownPlace(&b, r.Location, "-")
	}
	for _, detail := range details(f) {
		fmt.Fprintf(&b, "**%s:** %s\n\n", detail.Label, strings.Join(each(detail.Lines, markdownLine), "<br>"))
	}
	for _, h := range hunks(f.Fix) {
		fmt.Fprintf(&b, "%s of %s:\n\n", fixTitle(f.Fix), code(h.Place))
		fence(&b, "diff", h.Lines...)
	}
	b.WriteString("</details>\n")
	return b.String()
}

// summaryText stands within HTML, where Markdown's escapes do not hold.
func summaryText(text string) string {
	return strings.ReplaceAll(html.EscapeString(printable(text)), "@", "@&#8203;")
}

// markdownLine quotes an indented line, which is configuration to copy.
func markdownLine(line string) string {
	if strings.HasPrefix(line, " ") {
		return code(strings.TrimSpace(line))
	}
	return prose(line)
}

func markdownPlace(b *strings.Builder, at finding.Location, mark string) {
	if at.File != "" {
		b.WriteString(code(location(at)) + "\n\n")
	}
	if at.Line > 0 && at.Source != "" {
		e := newExcerpt(at, unknownWidth)
		number := strconv.Itoa(at.Line)
		fence(b, "text", number+" | "+e.text, strings.Repeat(" ", len(number))+" | "+strings.Repeat(" ", e.offset)+strings.Repeat(mark, e.length))
	}
}

// fence writes a block of printable lines; its fence is longer than any within. No
// line begins with two colons, as the console has it too: a file may be printed
// into the log of a CI system.
func fence(b *strings.Builder, language string, lines ...string) {
	lines = each(lines, text.LogLine)
	fence := "```"
	for slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, fence) }) {
		fence += "`"
	}
	fmt.Fprintf(b, "%s%s\n%s\n%s\n\n", fence, language, strings.Join(lines, "\n"), fence)
}
