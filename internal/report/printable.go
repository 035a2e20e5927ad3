package report

import (
	"github.com/mattn/go-runewidth"

	"github.com/implycheck/implycheck/internal/text"
)

// screen measures runes. It is our own because the library's default follows the
// locale of the process, and the same report must look the same everywhere.
var screen = &runewidth.Condition{StrictEmojiNeutral: true}

// columns is the number of terminal columns that printable text takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += screen.RuneWidth(r)
	}
	return n
}

// printable keeps a text from writing to a terminal or to the log of a CI system.
func printable(s string) string { return text.Printable(s) }
