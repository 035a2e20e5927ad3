package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// screen measures runes. It is our own because the library's default follows the
// locale of the process, and the same report must look the same everywhere.
var screen = &runewidth.Condition{StrictEmojiNeutral: true}

// columns is the number of terminal columns that printable text takes.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += screen.RuneWidth(r)
	}
	return n
}

// printable writes what a terminal could obey (escapes, line breaks, changes of
// direction) or a reader could not see (a no-break space, a broken byte) as Go
// writes it within quotes.
func printable(text string) string {
	if isPrintable(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		b.WriteString(printableRune(r, text[:size]))
		text = text[size:]
	}
	return b.String()
}

func isPrintable(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// printableRune is printable for a single rune, which was decoded from raw.
func printableRune(r rune, raw string) string {
	if r == utf8.RuneError && len(raw) == 1 {
		return fmt.Sprintf(`\x%02x`, raw[0])
	}
	if unicode.IsPrint(r) {
		return raw
	}
	quoted := strconv.QuoteRune(r)
	return quoted[1 : len(quoted)-1]
}
