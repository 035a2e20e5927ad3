package main

import (
	"io"

	"github.com/implycheck/implycheck/internal/report"
)

// tableFormats are those of commands that answer with tables.
var tableFormats = []string{"table", "markdown", "json"}

// writeTable prints a table for people, in lines or as markdown.
func writeTable(w io.Writer, format string, header []string, rows [][]string) error {
	width, color := screen(w)
	return report.Table(w, header, rows, report.TableOptions{Width: width, Color: color, Markdown: format == "markdown"})
}
