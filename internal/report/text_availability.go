package report

import (
	"fmt"

	"github.com/implycheck/implycheck/finding"
)

// highAvailability prints the answer to --ha, a line a point.
func (p *textPrinter) highAvailability(t finding.Tree) {
	if t.HighAvailability == nil {
		return
	}
	p.print(fmt.Sprintf("High availability of %s:", printable(t.Path)))
	inks := map[finding.Answer]ink{
		finding.Yes: p.style.clean, finding.No: p.style.severity[finding.Error], finding.Unknown: p.style.severity[finding.Warning],
	}
	for _, point := range t.HighAvailability {
		label := inks[point.Answer].paint(fmt.Sprintf("%-8s", point.Answer))
		p.print(fmt.Sprintf("  %s %s: %s", label, point.Name, printable(point.Detail)))
	}
	p.print("")
}
