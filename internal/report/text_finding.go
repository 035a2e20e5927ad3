package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

// finding prints one finding.
func (p *textPrinter) finding(f *finding.Finding) {
	color := p.style.severity[f.Severity]
	p.headline(f, color)
	b := block{textPrinter: p, margin: margin(f)}
	place := f.Location
	if place.File == "" {
		place.File = f.Tree
	}
	b.place(place, color, "^")
	for _, related := range f.Related {
		if related.Message != finding.HereToo {
			b.note(related)
		}
	}
	b.detail("also", elsewhere(f))
	if !p.quiet {
		b.detail("service", unseenService(f))
		b.detail("effect", f.Effect)
		b.detail("help", help(f))
	}
}

// headline prints "error: MESSAGE [rule]".
func (p *textPrinter) headline(f *finding.Finding, color ink) {
	rule := "[" + printable(f.Rule) + "]"
	label := f.Severity.String() + ": "
	for i, line := range p.wrapAfter(len(label), printable(f.Message)+" "+rule) {
		message, isLast := strings.CutSuffix(line, rule)
		text := p.style.message.paint(message)
		if isLast {
			text += p.style.rule.paint(rule)
		}
		p.hang(i, color.paint(label), len(label), text)
	}
}

// wrapAfter wraps text that stands to the right of an indent.
func (p *textPrinter) wrapAfter(indent int, text string) []string {
	if p.width == 0 {
		return wrap(text, 0)
	}
	return wrap(text, max(1, p.width-indent))
}

// hang prints line i of a text that hangs on a label of that many columns.
func (p *textPrinter) hang(i int, label string, columns int, text string) {
	if i > 0 {
		label = strings.Repeat(" ", columns)
	}
	p.print(label, text)
}

// help returns what to write instead.
func help(f *finding.Finding) string {
	if f.Help == "" && f.Suggestion != "" {
		return "write " + f.Suggestion
	}
	return f.Help
}

// elsewhere lists the other places that have the same, or the first of many.
func elsewhere(f *finding.Finding) string {
	const most = 3
	var places []string
	for _, r := range f.Related {
		if r.Message == finding.HereToo {
			places = append(places, location(finding.Location{File: r.File, Line: r.Line}))
		}
	}
	if len(places) > most+1 {
		places = append(places[:most], fmt.Sprintf("%d more places", len(places)-most))
	}
	return strings.Join(places, ", ")
}

// unseenService returns the service unless the path already names it.
func unseenService(f *finding.Finding) string {
	if slices.Contains(strings.Split(f.File, "/"), f.Service) {
		return ""
	}
	return f.Service
}

// margin is the number of digits of the longest line number a finding shows.
func margin(f *finding.Finding) int {
	last := f.Line
	for _, r := range f.Related {
		last = max(last, r.Line)
	}
	return len(strconv.Itoa(max(last, 0)))
}

// block is the part of a finding that hangs on its gutter.
type block struct {
	*textPrinter
	margin int
	// open means that an excerpt was printed last, and wants a line of air.
	open bool
}

// place prints " --> file:line:column" and the excerpt.
func (b *block) place(at finding.Location, color ink, mark string) {
	if at.File == "" {
		return
	}
	b.print(b.indent(), b.style.gutter.paint("-->"), " ", location(at))
	if at.Line > 0 && at.Source != "" {
		b.excerpt(at, color, mark)
	}
}

func (b *block) indent() string { return strings.Repeat(" ", b.margin) }

// location writes file:line:column as far as they are known.
func location(at finding.Location) string {
	text := printable(at.File)
	if at.Line > 0 {
		text += ":" + strconv.Itoa(at.Line)
		if at.Column > 0 {
			text += ":" + strconv.Itoa(at.Column)
		}
	}
	return text
}

func (b *block) excerpt(at finding.Location, color ink, mark string) {
	number := strconv.Itoa(at.Line)
	number = strings.Repeat(" ", b.margin-len(number)) + number
	bar := b.style.gutter.paint("|")
	shown := newExcerpt(at, b.excerptWidth-b.margin-len(" | "))
	b.air()
	b.print(b.style.gutter.paint(number), " ", bar, " ", shown.text)
	b.print(b.indent(), " ", bar, " ", strings.Repeat(" ", shown.offset), color.paint(strings.Repeat(mark, shown.length)))
	b.open = true
}

// air prints a gutter without text.
func (b *block) air() { b.print(b.indent(), " ", b.style.gutter.paint("|")) }

// part separates an excerpt from what follows it.
func (b *block) part() {
	if b.open {
		b.air()
	}
	b.open = false
}

// note prints another place that has to do with the finding.
func (b *block) note(r finding.Related) {
	const label = "note: "
	b.part()
	for i, line := range b.wrapAfter(len(label), printable(r.Message)) {
		b.hang(i, b.style.note.paint(label), len(label), line)
	}
	b.place(r.Location, b.style.note, "-")
}

// detail prints "= label: text". Unlike messages, which are one sentence, these
// texts may have several lines. An indented line is configuration to copy, and a
// line break that we add would become part of it.
func (b *block) detail(label, text string) {
	if text == "" {
		return
	}
	b.part()
	indent := b.margin + len(" = ") + len(label) + len(": ")
	label = b.indent() + " " + b.style.gutter.paint("=") + " " + b.style.label.paint(label+":") + " "
	i := 0
	for paragraph := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		lines := []string{printable(paragraph)}
		if !strings.HasPrefix(paragraph, " ") {
			lines = b.wrapAfter(indent, lines[0])
		}
		for _, line := range lines {
			b.hang(i, label, indent, line)
			i++
		}
	}
}
