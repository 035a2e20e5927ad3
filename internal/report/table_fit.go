package report

import (
	"math"
	"slices"
	"strings"
)

const (
	// minColumn is the narrowest that a column is made.
	minColumn = 8
	// maxColumn is the widest, where nothing limits the table: all rows are as wide as
	// the widest cell, and a stranger's may be a megabyte.
	maxColumn = 400
)

// fit breaks the cells into lines so that the rows take at most width columns,
// if that is possible at all. The columns get the widths that cost the fewest
// lines. A width below 1 is no limit but maxColumn.
func fit(rows [][]string, width int) {
	natural := make([]int, len(rows[0]))
	sum := 0
	for c := range natural {
		for _, row := range rows {
			natural[c] = max(natural[c], widest(row[c]))
		}
		sum += natural[c]
	}
	if width >= 1 && sum <= width {
		return
	}
	widths := natural
	if width >= 1 {
		widths = cheapest(rows, natural, width)
	}
	for c, w := range widths {
		if w = min(w, maxColumn); w == natural[c] {
			continue
		}
		for _, row := range rows {
			row[c] = strings.Join(breakCell(row[c], w), "\n")
		}
	}
}

// cheapest chooses the widths. It goes from column to column and remembers, for
// every width that the columns so far may take together, the best way to share it.
func cheapest(rows [][]string, natural []int, width int) []int {
	type share struct {
		lines  int
		widths []int
	}
	best := make([]share, width+1)
	for c := range natural {
		least, most := min(natural[c], minColumn), min(natural[c], width)
		lines, cells := make([]int, most+1), cellsOf(rows, c)
		for w := least; w <= most; w++ {
			lines[w] = linesOf(cells, w)
			if c == 0 {
				lines[w] *= 2 // Names are looked for, and copied.
			}
		}
		next := make([]share, width+1)
		for b := range next {
			next[b].lines = math.MaxInt32
			chosen := 0
			for w := least; w <= min(most, b); w++ {
				if n := best[b-w].lines + lines[w]; n < next[b].lines {
					next[b].lines, chosen = n, w
				}
			}
			if next[b].lines < math.MaxInt32 {
				next[b].widths = append(slices.Clone(best[b-chosen].widths), chosen)
			}
		}
		best = next
	}
	if widths := best[width].widths; len(widths) == len(natural) {
		return widths
	}
	narrow := make([]int, len(natural)) // Too many columns: the table runs over.
	for c := range narrow {
		narrow[c] = min(natural[c], minColumn)
	}
	return narrow
}

// linesOf counts the lines of a column beyond the one that every cell has. A text that
// is in many rows is broken once.
func linesOf(cells map[string]columnCell, width int) int {
	lines := 0
	for text, c := range cells {
		if c.width > width {
			lines += c.times * (len(breakCell(text, width)) - 1)
		}
	}
	return lines
}

// columnCell is a text in a column: how wide it is, and in how many rows.
type columnCell struct{ width, times int }

// cellsOf are the texts of a column.
func cellsOf(rows [][]string, column int) map[string]columnCell {
	cells := make(map[string]columnCell)
	for _, row := range rows {
		c, ok := cells[row[column]]
		if !ok {
			c.width = widest(row[column])
		}
		c.times++
		cells[row[column]] = c
	}
	return cells
}

// widest is the width of a cell's widest line.
func widest(cell string) int {
	most := 0
	for line := range strings.Lines(cell) {
		most = max(most, columns(strings.TrimSuffix(line, "\n")))
	}
	return most
}

// breakCell breaks a cell at its own line breaks and where it is too wide. What
// is indented stays indented.
func breakCell(cell string, width int) []string {
	var lines []string
	for _, line := range strings.Split(cell, "\n") {
		line = strings.TrimRight(line, " ")
		text := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(text)]
		if len(indent) > width/2 {
			indent = ""
		}
		for { // Each step looks at one line: a cell may have thousands.
			end := breakAt(text, width-len(indent))
			if end == len(text) {
				break
			}
			lines = append(lines, indent+strings.TrimRight(text[:end], " "))
			text = strings.TrimLeft(text[end:], " ")
		}
		lines = append(lines, indent+text)
	}
	return lines
}

// breakAt is where to break text that is wider than width: after a blank or a
// comma, else after what joins the words of a property or a path, else anywhere.
func breakAt(text string, width int) int {
	good, fair, used := 0, 0, 0
	for i, r := range text {
		used += screen.RuneWidth(r)
		if used > width && i > 0 && r != ' ' {
			switch {
			case good > width/3:
				return good
			case fair > 0:
				return fair
			case good > 0:
				return good
			}
			return i
		}
		switch r {
		case ' ', ',':
			good = i + 1
		case '.', '/', '=', ':', '-':
			fair = i + 1
		}
	}
	return len(text)
}

// cell makes text safe to show. What ends a Markdown cell is escaped, also in code.
func cell(text string, markdown bool) string {
	if markdown {
		return strings.ReplaceAll(printable(strings.ReplaceAll(text, "\n", " ")), "|", `\|`)
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = printable(line)
	}
	return strings.Join(lines, "\n")
}
