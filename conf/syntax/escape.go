package syntax

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
)

// EscapeValue writes text so that a properties file gives it back as a value.
func EscapeValue(text string) string {
	escaped := visible(valueEscapes.Replace(text))
	if text != "" && (text[0] == ' ' || text[0] == '\t') {
		escaped = `\` + escaped
	}
	return escaped
}

// EscapeKey writes text so that a properties file gives it back as a key.
func EscapeKey(text string) string { return visible(keyEscapes.Replace(text)) }

var (
	valueEscapes = lazy.Replacer{Pairs: []string{`\`, `\\`, "\n", `\n`, "\r", `\r`}}
	keyEscapes   = lazy.Replacer{Pairs: []string{`\`, `\\`, "=", `\=`, ":", `\:`, " ", `\ `, "\t", `\t`, "\f", `\f`, "\n", `\n`, "\r", `\r`, "#", `\#`, "!", `\!`}}
)

// visible writes what a terminal could obey as Java's \uXXXX.
func visible(s string) string {
	if text.IsPrintable(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		shown, size := text.PrintableRune(s)
		r, _ := utf8.DecodeRuneInString(s)
		switch high, low := utf16.EncodeRune(r); {
		case shown == s[:size] || s[0] == '\t':
			b.WriteString(s[:size])
		case r == utf8.RuneError && len(s) >= 3 && s[0] == 0xed: // half a character; see unescapeUnicode
			r, size = rune(s[0]&0xf)<<12|rune(s[1]&0x3f)<<6|rune(s[2]&0x3f), 3
			fmt.Fprintf(&b, `\u%04x`, r)
		case high != utf8.RuneError:
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		s = s[size:]
	}
	return b.String()
}
