package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/implycheck/implycheck/internal/diff"
)

// sideBySide is the width of a terminal from which two values stand side by side.
const sideBySide = 110

// DiffText writes a comparison for people.
func DiffText(w io.Writer, r *diff.Report, o DiffOptions) error {
	out := bufio.NewWriter(w)
	t := diffText{out: out, o: o, bold: newInk(o.Color, bold), old: newInk(o.Color, red), fresh: newInk(o.Color, green), faint: newInk(o.Color, faint)}
	for _, c := range r.Clusters {
		if silent(c) {
			continue
		}
		if err := t.cluster(c); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, diffSummary(r.Summary))
	return out.Flush()
}

// diffSummary is the last line.
func diffSummary(s diff.Summary) string {
	text := "no difference in meaning"
	switch {
	case s.Changes == 1:
		text = "1 difference"
	case s.Changes > 1:
		text = fmt.Sprintf("%d differences", s.Changes)
	}
	if s.Mild > 0 {
		text += fmt.Sprintf(", and %d that %s nothing", s.Mild, map[bool]string{true: "changes", false: "change"}[s.Mild == 1])
	}
	return text
}

type diffText struct {
	out                     *bufio.Writer
	o                       DiffOptions
	bold, old, fresh, faint ink
}

func (t *diffText) cluster(c diff.Cluster) error {
	fmt.Fprintf(t.out, "%s\n\n", t.bold.paint(printable(clusterTitle(c))))
	if t.o.Width >= sideBySide {
		if err := t.table(c); err != nil {
			return err
		}
	} else {
		t.lines(c)
	}
	t.consequences(c.Consequences)
	return nil
}

// lines write what was above what is.
func (t *diffText) lines(c diff.Cluster) {
	for _, g := range c.Groups {
		t.section(groupTitle(g), g.Changes)
	}
	for _, f := range c.Files {
		t.section(fileTitle(f), f.Changes)
	}
}

func (t *diffText) section(title string, changes []diff.Change) {
	fmt.Fprintln(t.out, t.bold.paint(printable(title)))
	for _, c := range changes {
		key := "  " + printable(c.Key)
		if note := remark(c); note != "" {
			key += t.faint.paint("  (" + note + ")")
		}
		fmt.Fprintln(t.out, key)
		t.line("-", t.old, c.Before)
		t.line("+", t.fresh, c.After)
	}
	fmt.Fprintln(t.out)
}

func (t *diffText) line(sign string, in ink, v *diff.Value) {
	if v == nil {
		return
	}
	text := "  " + in.paint(sign+" "+printable(sideText(v)))
	if place := placeText(v); place != "" {
		text += "  " + t.faint.paint(printable(place))
	}
	fmt.Fprintln(t.out, text)
}

// table writes what was beside what is.
func (t *diffText) table(c diff.Cluster) error {
	var rows [][]string
	section := func(title string, changes []diff.Change) {
		rows = append(rows, []string{printable(title)})
		for _, c := range changes {
			key := printable(c.Key)
			if note := remark(c); note != "" {
				key += "\n(" + note + ")"
			}
			rows = append(rows, []string{key, beside(c.Before), beside(c.After)})
		}
	}
	for _, g := range c.Groups {
		section(groupTitle(g), g.Changes)
	}
	for _, f := range c.Files {
		section(fileTitle(f), f.Changes)
	}
	if len(rows) == 0 {
		return nil
	}
	if err := Table(t.out, []string{"", "before", "after"}, rows, TableOptions{Width: t.o.Width, Color: t.o.Color}); err != nil {
		return err
	}
	_, err := fmt.Fprintln(t.out)
	return err
}

// beside is a cell of the table: the value, and its place below it.
func beside(v *diff.Value) string {
	text := printable(sideText(v))
	if place := placeText(v); place != "" {
		text += "\n" + printable(place)
	}
	return text
}

func (t *diffText) consequences(e diff.Consequences) {
	lines := consequenceLines(e)
	for _, line := range lines {
		fmt.Fprintln(t.out, printable(line))
	}
	for _, f := range e.Appear {
		fmt.Fprintln(t.out, t.old.paint("appears    "+printable(findingText(f))))
	}
	for _, f := range e.Disappear {
		fmt.Fprintln(t.out, t.fresh.paint("disappears "+printable(findingText(f))))
	}
	if len(lines)+len(e.Appear)+len(e.Disappear) > 0 {
		fmt.Fprintln(t.out)
	}
}
