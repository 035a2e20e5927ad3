//go:build !js

package report

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// TableOptions say how a table is drawn.
type TableOptions struct {
	// Width is the number of columns that the table may take, 0 for all that it
	// needs. Cells are broken into lines, never cut.
	Width int
	// Right are the columns of numbers, which stand flush right.
	Right []int
	// Color makes headings bold: the header, and rows of a single cell.
	Color bool
	// Markdown draws the table for a Markdown page. Cells are Markdown then.
	Markdown bool
}

// Table draws a table. It knows the library, and nobody else does. A line break
// in a cell stays one, except on a Markdown page.
func Table(w io.Writer, header []string, rows [][]string, o TableOptions) error {
	all := append([][]string{header}, rows...)
	cells := make([][]string, len(all))
	for i, row := range all {
		cells[i] = make([]string, len(header))
		for j, text := range row {
			cells[i][j] = cell(text, o.Markdown)
		}
	}
	if !o.Markdown {
		// Each column has two blanks and a line, and one line ends the table.
		fit(cells, o.Width-3*len(header)-1)
	}
	embolden(cells, all, newInk(o.Color, bold))
	out := bufio.NewWriter(w)
	table := tablewriter.NewTable(out, tableOptions(len(header), o)...)
	table.Header(cells[0])
	for _, row := range cells[1:] {
		if err := table.Append(row); err != nil {
			return err
		}
	}
	if err := table.Render(); err != nil {
		return err
	}
	return out.Flush()
}

func tableOptions(columns int, o TableOptions) []tablewriter.Option {
	align := make(tw.Alignment, columns)
	for i := range align {
		align[i] = tw.AlignLeft
		if slices.Contains(o.Right, i) {
			align[i] = tw.AlignRight
		}
	}
	options := []tablewriter.Option{
		tablewriter.WithHeaderAutoFormat(tw.Off), // It would rewrite druid.processing.numThreads.
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithTrimLine(tw.Off),
		tablewriter.WithEastAsian(false), // The same table everywhere, as in columns.
		tablewriter.WithAlignment(align),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
	}
	if o.Markdown {
		return append(options, tablewriter.WithRenderer(renderer.NewMarkdown()))
	}
	return append(options, tablewriter.WithSymbols(tw.NewSymbols(tw.StyleLight)))
}

// embolden paints headings line by line, since lines of other cells stand between.
func embolden(cells, rows [][]string, bold ink) {
	for i, row := range rows {
		if i > 0 && len(row) > 1 {
			continue
		}
		for j, text := range cells[i] {
			lines := strings.Split(text, "\n")
			for k, line := range lines {
				lines[k] = bold.paint(line)
			}
			cells[i][j] = strings.Join(lines, "\n")
		}
	}
}
