package report

import (
	"io"
	"os"

	"golang.org/x/term"
)

// TableFormats are those of commands that answer with tables.
var TableFormats = []string{"table", "markdown", "json"}

// WriteTable prints a table for people, in lines or as markdown.
func WriteTable(w io.Writer, format string, header []string, rows [][]string) error {
	width, color := Screen(w)
	return Table(w, header, rows, TableOptions{Width: width, Color: color, Markdown: format == "markdown"})
}

// IsTerminal reports whether w writes to a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := Raw(w).(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Screen is the width of the terminal that w writes to, and whether it may show
// colours; 0 and false where w is none.
func Screen(w io.Writer) (width int, color bool) {
	f, ok := Raw(w).(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 0
	}
	return width, os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
