package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable writes what a terminal could obey (escapes, line breaks, changes of
// direction), what the log of a CI system takes for a command, and what a reader
// could not see (a no-break space, a broken byte), as Go writes it within quotes.
func Printable(text string) string {
	if IsPrintable(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		shown, size := PrintableRune(text)
		b.WriteString(shown)
		text = text[size:]
	}
	return b.String()
}

// IsPrintable reports whether Printable changes nothing.
func IsPrintable(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '#' && isCommand(text[i:]) {
			return c > '~' && utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 && !hasCommand(text)
		}
	}
	return true
}

// PrintableRune is Printable for the first character of a text, which takes so
// many bytes of it.
func PrintableRune(text string) (shown string, size int) {
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case r == utf8.RuneError && size == 1, r == '#' && isCommand(text):
		return fmt.Sprintf(`\x%02x`, text[0]), size
	case unicode.IsPrint(r):
		return text[:size], size
	}
	quoted := strconv.QuoteRune(r)
	return quoted[1 : len(quoted)-1], size
}

// commands are what the runners of GitHub, Azure and TeamCity obey wherever it
// stands in a line. What they obey at its beginning is for who writes lines.
var commands = [...]string{"##[", "##vso[", "##teamcity["}

// LogLine is a printable line that the log of a CI system does not take for a
// command at its beginning.
func LogLine(line string) string {
	if strings.HasPrefix(strings.TrimSpace(line), "::") {
		return strings.Replace(line, "::", `:\x3a`, 1)
	}
	return line
}

const longestCommand = len("##teamcity[")

func isCommand(text string) bool {
	for _, c := range commands {
		if strings.HasPrefix(text, c) {
			return true
		}
	}
	return false
}

func hasCommand(text string) bool {
	for _, c := range commands {
		if strings.Contains(text, c) {
			return true
		}
	}
	return false
}
