package main

import (
	"io"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// tableFormats are those of commands that answer with tables.
var tableFormats = []string{"table", "markdown", "json"}

// writeTable prints a table for people, in lines or as markdown.
func writeTable(w io.Writer, format string, header []string, rows [][]string) error {
	options := []tablewriter.Option{
		tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithRowAutoWrap(tw.WrapNone), tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignment(tw.AlignLeft), tablewriter.WithTrimSpace(tw.Off),
	}
	if format == "markdown" {
		options = append(options, tablewriter.WithRenderer(renderer.NewMarkdown()))
	} else {
		options = append(options, tablewriter.WithSymbols(tw.NewSymbols(tw.StyleLight)))
	}
	table := tablewriter.NewTable(w, options...)
	table.Header(header)
	if err := table.Bulk(rows); err != nil {
		return err
	}
	return table.Render()
}
