package report

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

// memoryMap prints the bar of a server, what its parts are, and what is left.
func (t *planPrinter) memoryMap(s *sizing.Server) {
	parts := s.Parts()
	t.print(t.bar(parts, min(maxBar, t.widthOr(unknownWidth))))
	t.legend(parts)
	for _, line := range t.wrapAfter(0, printable(remainder(s))) {
		t.print(line)
	}
}

func (t *planPrinter) widthOr(unknown int) int {
	if t.width > 0 {
		return t.width
	}
	return unknown
}

// bar draws the parts one after the other, each in the mark of its kind.
func (t *planPrinter) bar(parts []sizing.Part, width int) string {
	var b strings.Builder
	for i, n := range spread(parts, width) {
		mark := kindOf(parts[i].Kind).mark
		b.WriteString(t.kinds[mark].paint(strings.Repeat(mark, n)))
	}
	return b.String()
}

// legend lists the parts below the bar, in its order. On a narrow screen the
// name of a process has a line of its own.
func (t *planPrinter) legend(parts []sizing.Part) {
	names, kinds := 0, 0
	for _, p := range parts {
		names, kinds = max(names, columns(printable(p.Process))), max(kinds, columns(printable(string(p.Kind))))
	}
	total, process := totalOf(parts), ""
	narrow := names+kinds+22 > t.widthOr(unknownWidth)
	for _, p := range parts {
		name := ""
		if p.Process != process {
			name, process = printable(p.Process), p.Process
		}
		if narrow && name != "" {
			t.print(t.style.message.paint(name))
		}
		if narrow {
			name = ""
		}
		margin := pad(name, names) + "  "
		if narrow {
			margin = " "
		}
		k := kindOf(p.Kind)
		t.print(margin, t.kinds[k.mark].paint(strings.Repeat(k.mark, 2)), " ", pad(printable(string(p.Kind)), kinds),
			fmt.Sprintf("%10s %4s", text.About(p.Bytes), sizing.Percent(p.Bytes, total)))
	}
}

// pad fills text up with blanks.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-columns(text)))
}
