package report

import (
	"math"
	"slices"
	"strings"
)

// minColumn is the narrowest that a column is made.
const minColumn = 8

// fit breaks the cells into lines so that the rows take at most width columns,
// if that is possible at all. The columns get the widths that cost the fewest
// lines. A width below 1 is no limit.
func fit(rows [][]string, width int) {
	natural := make([]int, len(rows[0]))
	sum := 0
	for c := range natural {
		for _, row := range rows {
			natural[c] = max(natural[c], widest(row[c]))
		}
		sum += natural[c]
	}
	if width < 1 || sum <= width {
		return
	}
	for c, w := range cheapest(rows, natural, width) {
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
		least := min(natural[c], minColumn)
		lines := make([]int, natural[c]+1)
		for w := least; w <= natural[c]; w++ {
			lines[w] = linesOf(rows, c, w)
			if c == 0 {
				lines[w] *= 2 // Names are looked for, and copied.
			}
		}
		next := make([]share, width+1)
		for b := range next {
			next[b].lines = math.MaxInt32
			chosen := 0
			for w := least; w <= min(natural[c], b); w++ {
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

// linesOf counts the lines of a column beyond the one that every cell has.
func linesOf(rows [][]string, column, width int) int {
	lines := 0
	for _, row := range rows {
		if widest(row[column]) > width {
			lines += len(breakCell(row[column], width)) - 1
		}
	}
	return lines
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
		for columns(text) > width-len(indent) {
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
