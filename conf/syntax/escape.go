package syntax

import (
	"github.com/implycheck/implycheck/internal/lazy"
)

// EscapeValue writes text so that a properties file gives it back as a value.
func EscapeValue(text string) string {
	text = valueEscapes.Replace(text)
	if text != "" && isPropertyBlank(rune(text[0])) {
		text = `\` + text
	}
	return text
}

var valueEscapes = lazy.Replacer{Pairs: []string{`\`, `\\`, "\n", `\n`, "\r", `\r`}}
