//go:build !js

package report

import "github.com/mattn/go-runewidth"

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
