package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text/mask"
)

// hunk is what a fix does to one line, as a diff shows it: the first character
// of each line is a blank, a minus or a plus. The lines are printable.
type hunk struct {
	Place string
	Lines []string
	// Exact reports whether the lines are those of the file: none had to be made
	// printable.
	Exact bool
}

// Added are the lines to write, empty where a secret hides what they are, or where
// they are shown otherwise: \t for a tab is another key in runtime.properties.
func (h hunk) Added() string {
	var b strings.Builder
	for _, line := range h.Lines {
		if added, ok := strings.CutPrefix(line, "+"); ok {
			b.WriteString(added + "\n")
		}
	}
	if !h.Exact || strings.Contains(b.String(), "****") {
		return ""
	}
	return b.String()
}

// Offer shows a finding and the change that removes it, before somebody is asked.
// The finding has no secrets any more; a fix that would show one is not there.
func Offer(w io.Writer, number int, f finding.Finding, o Options) error {
	f = mask.Each(f, hideOnce())
	p := newTextPrinter(w, o)
	p.print(fmt.Sprintf("\n%d. %s", number, location(f.Location)))
	p.headline(&f, p.style.severity[f.Severity])
	signs := map[byte]ink{'-': p.style.severity[finding.Error], '+': p.style.clean}
	all := hunks(f.Fix)
	if len(all) == 0 {
		p.print("  its change is not shown: it would show a secret")
	}
	for _, h := range all {
		p.print("  " + h.Place)
		for _, line := range h.Lines {
			p.print("    " + signs[line[0]].paint(line))
		}
	}
	b := block{textPrinter: p}
	b.detail("effect", f.Effect)
	if f.Fix != nil && !f.Fix.Safe {
		b.detail("note", "look at it twice: it may not be what the author meant")
	}
	return p.out.Flush()
}

// hunks shows a fix line by line.
func hunks(fix *finding.Fix) []hunk {
	if fix == nil {
		return nil
	}
	edits := slices.SortedStableFunc(slices.Values(fix.Edits), func(a, b finding.Edit) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var all []hunk
	for len(edits) > 0 {
		n := 1
		for n < len(edits) && edits[n].File == edits[0].File && edits[n].Line == edits[0].Line {
			n++
		}
		all = append(all, hunksOfLine(edits[:n])...)
		edits = edits[n:]
	}
	return all
}

// hunksOfLine shows the edits of one line together where the line is known. Where
// it is not, each is told in words.
func hunksOfLine(edits []finding.Edit) []hunk {
	before := strings.TrimRight(edits[0].Source, "\r\n")
	if after, ok := edited(before, edits); ok {
		place := edits[0].Location
		place.Column = 0
		return []hunk{{location(place), diffLines(before, after), exact(after)}}
	}
	return each(edits, func(e finding.Edit) hunk {
		place := location(e.Location)
		if e.EndLine > 0 && (e.EndLine != e.Line || e.EndColumn != e.Column) {
			place += fmt.Sprintf(" to %d:%d", e.EndLine, e.EndColumn)
		}
		lines := splitLines(e.Text)
		return hunk{place, signed("+", lines), exact(lines)}
	})
}

// edited applies edits to a line, the last one first. It fails where an edit
// reaches beyond the line, and where a secret is masked: columns are the file's.
func edited(line string, edits []finding.Edit) (lines []string, ok bool) {
	runes := []rune(line)
	end := len(runes) + 1
	after := append(slices.Clone(runes), '\n')
	if line == "" || strings.Contains(line, "****") {
		return nil, false
	}
	for _, e := range slices.Backward(edits) {
		from, to := e.Column-1, e.EndColumn-1
		if e.EndLine == e.Line+1 && e.EndColumn == 1 {
			to = len(runes) + 1
		} else if e.EndLine != e.Line {
			return nil, false
		}
		if from < 0 || from > to || to > end || from > len(runes) {
			return nil, false
		}
		after = slices.Replace(after, from, to, []rune(e.Text)...)
		end = from
	}
	return splitLines(string(after)), true
}

// diffLines leaves the line alone where it is among those that replace it.
func diffLines(before string, after []string) []string {
	if i := slices.Index(after, before); i >= 0 {
		lines := append(signed("+", after[:i]), " "+printable(before))
		return append(lines, signed("+", after[i+1:])...)
	}
	return append([]string{"-" + printable(before)}, signed("+", after)...)
}

func signed(sign string, lines []string) []string {
	return each(lines, func(line string) string { return sign + printable(line) })
}

// exact reports whether lines are shown as they are.
func exact(lines []string) bool {
	return !slices.ContainsFunc(lines, func(line string) bool { return printable(line) != line })
}

// splitLines are the lines of a text without their ends.
func splitLines(text string) []string {
	text = strings.TrimSuffix(text, "\n")
	if text == "" {
		return nil
	}
	return each(strings.Split(text, "\n"), func(line string) string { return strings.TrimSuffix(line, "\r") })
}
