package report

import (
	"bufio"
	"io"
	"strings"

	"github.com/implycheck/implycheck/sizing"
)

const (
	// minPlanWidth is the narrowest screen that a plan is laid out for.
	minPlanWidth = 40
	// minTable is the narrowest screen for tables; below it settings are a list.
	minTable = 60
	// maxBar keeps bars on wide screens within one look.
	maxBar = 100
	// maxValue is where values break, such as the options of a task. They would
	// make the table as wide as themselves otherwise.
	maxValue = 48
)

// PlanTable writes a plan for people at a terminal: of each server a memory map
// and a table or, to explain it, a list with the reason of each number.
func PlanTable(w io.Writer, p *sizing.Plan, o PlanOptions) error {
	t := newPlanPrinter(w, o)
	for i := range p.Servers {
		if i > 0 {
			t.print()
		}
		if err := t.server(p, &p.Servers[i], o.Explain); err != nil {
			return err
		}
	}
	if len(p.Flags) > 0 {
		t.print()
		t.listed(everyJVM, p.Flags, o.Explain)
	}
	if len(p.Notes) > 0 {
		t.print()
	}
	for _, note := range p.Notes {
		t.hanging("note: ", t.style.note, note)
	}
	return t.out.Flush()
}

// planPrinter is one call of PlanTable.
type planPrinter struct {
	textPrinter
	color  bool
	reason ink
	kinds  map[string]ink // by mark
}

func newPlanPrinter(w io.Writer, o PlanOptions) *planPrinter {
	t := &planPrinter{
		textPrinter: textPrinter{out: bufio.NewWriter(w), style: newPalette(o.Color)},
		color:       o.Color,
		reason:      newInk(o.Color, faint),
		kinds:       map[string]ink{},
	}
	for _, k := range append(memoryKinds, otherMemory) {
		t.kinds[k.mark] = newInk(o.Color, k.color)
	}
	if o.Width > 0 {
		t.width = max(o.Width, minPlanWidth)
	}
	return t
}

func (t *planPrinter) server(p *sizing.Plan, s *sizing.Server, explain bool) error {
	title := printable(serverTitle(s))
	for i, line := range t.wrapAfter(0, title+": "+printable(hardwareTitle(s))+" ("+printable(p.Target.Name)+")") {
		if rest, ok := strings.CutPrefix(line, title); ok && i == 0 {
			line = t.style.heading.paint(title) + rest
		}
		t.print(line)
	}
	t.print()
	t.memoryMap(s)
	t.print()
	if explain || t.width > 0 && t.width < minTable {
		t.list(s, explain)
	} else if err := t.figures(s); err != nil {
		return err
	}
	if len(s.Notes) > 0 {
		t.print()
	}
	for _, note := range s.Notes {
		t.hanging("note: ", t.style.note, note)
	}
	for i, step := range s.Setup() {
		if i == 0 {
			t.print()
		}
		t.hanging("to do: ", t.style.note, step.Text)
		for _, command := range step.Commands {
			t.print("    ", printable(command))
		}
	}
	return nil
}

// figures prints the settings of every process, each below its name.
func (t *planPrinter) figures(s *sizing.Server) error {
	var rows [][]string
	for i, p := range s.Processes {
		rows = append(rows, []string{printable(p.Service)})
		for _, f := range shownFigures(s, i) {
			value := strings.Join(breakCell(printable(f.Value), maxValue), "\n")
			rows = append(rows, []string{"  " + printable(f.Key), value, meaning(&f)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := t.out.Flush(); err != nil {
		return err
	}
	return Table(t.out, []string{"setting", "value", "meaning"}, rows, TableOptions{Width: t.width, Color: t.color})
}

// hanging prints a sentence beside its label.
func (t *planPrinter) hanging(label string, color ink, text string) {
	for i, line := range t.wrapAfter(len(label), printable(text)) {
		t.hang(i, color.paint(label), len(label), line)
	}
}
