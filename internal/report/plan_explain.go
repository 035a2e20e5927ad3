package report

import (
	"github.com/implycheck/implycheck/sizing"
)

// list prints every figure as one writes it down and, to explain it, how it
// came about.
func (t *planPrinter) list(s *sizing.Server, explain bool) {
	for i, p := range s.Processes {
		if i > 0 {
			t.print()
		}
		t.listed(p.Service, shownFigures(s, i), explain)
	}
}

func (t *planPrinter) listed(heading string, figures []sizing.Figure, explain bool) {
	t.print(t.style.message.paint(printable(heading)))
	for _, f := range figures {
		t.figure(&f)
		if explain {
			t.because(&f)
		}
	}
}

// figure prints key and value, and what the value amounts to beside or below it.
func (t *planPrinter) figure(f *sizing.Figure) {
	room := max(0, t.width-2)
	lines := broken(printable(assign(f)), room, "  ")
	if says := meaning(f); says != "" {
		last := &lines[len(lines)-1]
		says = "  # " + says
		if room > 0 && columns(*last)+columns(says) > room {
			lines = append(lines, t.reason.paint(says))
		} else {
			*last += t.reason.paint(says)
		}
	}
	for _, line := range lines {
		t.print("  ", line)
	}
}

func (t *planPrinter) because(f *sizing.Figure) {
	const margin = "      "
	if text := reason(f); text != "" {
		for _, line := range t.wrapAfter(len(margin), printable(text)) {
			t.print(margin, t.reason.paint(line))
		}
	}
}

// broken breaks text into lines; all but the first are indented.
func broken(text string, width int, indent string) []string {
	if width <= 0 || columns(text) <= width {
		return []string{text}
	}
	lines := breakCell(text, width-len(indent))
	for i := range lines[1:] {
		lines[i+1] = indent + lines[i+1]
	}
	return lines
}

// assign writes a figure as its file has it: key=value, or a flag such as -Xmx8g.
func assign(f *sizing.Figure) string {
	if flag := f.Flag(); flag != "" {
		return flag
	}
	return f.Key + "=" + f.Value
}
