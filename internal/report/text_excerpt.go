package report

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
)

const (
	tabStop  = 4
	ellipsis = "..."
)

// excerpt is a source line as shown, and the columns of it to underline.
type excerpt struct {
	text           string
	offset, length int
}

// newExcerpt shows the part of the source line around the span that fits.
func newExcerpt(place finding.Location, width int) excerpt {
	place = place.InSource()
	place.Source = strings.TrimRight(place.Source, "\r\n")
	place = clip(place, width)
	l := layOut(place.Source)
	from, to := l.span(place)
	return l.window(from, to, width)
}

// wholeLine is how many bytes of a line are laid out as a whole. A list in one line
// may have as many findings as items.
const wholeLine = 4096

// clip cuts a long line down to more than can be seen of it around the span.
func clip(place finding.Location, width int) finding.Location {
	if len(place.Source) <= wholeLine {
		return place
	}
	first := max(place.Column-1-2*width, 0)
	from, to, n := len(place.Source), len(place.Source), 0
	for i := range place.Source {
		if n == first {
			from = i
		}
		if n == first+5*width {
			to = i
			break
		}
		n++
	}
	place.Source = place.Source[from:to]
	place.Column, place.EndColumn = max(place.Column-first, 0), max(place.EndColumn-first, 0)
	return place
}

// sourceLine is a line laid out for the screen, one cell for each rune.
type sourceLine struct {
	cells []string
	// at is the screen column where each cell begins, and where the last one ends.
	at []int
}

func layOut(source string) sourceLine {
	l := sourceLine{cells: make([]string, 0, len(source)), at: make([]int, 1, len(source)+1)}
	column := 0
	for len(source) > 0 {
		shown, size := text.PrintableRune(source)
		if source[0] == '\t' {
			shown = strings.Repeat(" ", tabStop-column%tabStop)
		}
		column += columns(shown)
		l.cells = append(l.cells, shown)
		l.at = append(l.at, column)
		source = source[size:]
	}
	return l
}

// span returns the screen columns that place covers, at least one. A place
// without a column is its whole line; what lies beyond the line is cut off.
func (l sourceLine) span(place finding.Location) (from, to int) {
	n := len(l.cells)
	first := min(max(place.Column, 1), n+1) - 1
	last := n
	if place.Column > 0 && place.EndLine <= place.Line {
		last = min(max(place.EndColumn-1, first), n)
	}
	// A combining mark has no column of its own: point at what it stands on.
	for first > 0 && first < n && l.at[first] == l.at[first+1] {
		first--
	}
	return l.at[first], max(l.at[last], l.at[first]+1)
}

// window cuts the line down to width, so that the span, or at least its
// beginning, stays in sight with as much before it as after it.
func (l sourceLine) window(from, to, width int) excerpt {
	n := len(l.cells)
	end := max(l.at[n], to)
	if end <= width {
		return excerpt{strings.Join(l.cells, ""), from, to - from}
	}
	room := width - 2*len(ellipsis)
	left := from - (room-min(to-from, room))/2
	left = max(0, min(left, end-room))
	first, last := l.cellsIn(left, left+room)
	text := strings.Join(l.cells[first:last], "")
	offset := from - l.at[first]
	if first > 0 {
		text = ellipsis + text
		offset += len(ellipsis)
	}
	if last < n {
		text += ellipsis
	}
	return excerpt{text, offset, max(1, min(to, l.at[last])-from)}
}

// cellsIn returns the range of the cells that lie wholly between two columns.
func (l sourceLine) cellsIn(left, right int) (first, last int) {
	first, _ = slices.BinarySearch(l.at, left)
	// Marks that stand on a cell cut away would otherwise move to the ellipsis.
	for left > 0 && first < len(l.cells) && l.at[first] == l.at[first+1] {
		first++
	}
	last, _ = slices.BinarySearch(l.at, right+1)
	return first, max(first, last-1)
}
