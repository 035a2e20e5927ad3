package report

import (
	"strings"

	"github.com/implycheck/implycheck/sizing"
)

// list prints every figure as one writes it down and, to explain it, how it
// came about.
func (t *planPrinter) list(s *sizing.Server, explain bool) {
	for i, p := range s.Processes {
		if i > 0 {
			t.print()
		}
		t.print(t.style.message.paint(printable(p.Service)))
		for _, f := range p.Figures {
			t.figure(&f)
			if explain {
				t.because(&f)
			}
		}
	}
}

func (t *planPrinter) figure(f *sizing.Figure) {
	lines := broken(printable(assign(f)), max(0, t.width-2), "  ")
	says := meaning(f)
	for i, line := range lines {
		if i == len(lines)-1 && says != "" {
			line += t.reason.paint("  # " + says)
		}
		t.print("  ", line)
	}
}

func (t *planPrinter) because(f *sizing.Figure) {
	const mark = "      = "
	if text := reason(f); text != "" {
		for i, line := range t.wrapAfter(len(mark), printable(text)) {
			t.hang(i, t.reason.paint(mark), len(mark), t.reason.paint(line))
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
	switch {
	case f.Value == "":
		return f.Key
	case strings.HasPrefix(f.Key, "-Xm") || strings.HasPrefix(f.Key, "-Xss"):
		return f.Key + f.Value
	}
	return f.Key + "=" + f.Value
}
