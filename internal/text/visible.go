package text

import (
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// VisibleJSON is JSON without the characters that Printable writes otherwise:
// they are escaped, so that a program reads the same. The standard encoder leaves
// many of them raw. What stands outside of strings is plain ASCII, so every such
// character may be escaped.
func VisibleJSON(json []byte) []byte {
	var out []byte
	start := 0
	for i := 0; i < len(json); {
		if c := json[i]; ' ' <= c && c <= '~' && c != '#' { // nearly everything
			i++
			continue
		}
		r, size := utf8.DecodeRune(json[i:])
		if r == '#' && isCommand(string(json[i:min(len(json), i+longestCommand)])) || r != '\n' && !unicode.IsPrint(r) {
			out = append(append(out, json[start:i]...), jsonEscape(r)...)
			start = i + size
		}
		i += size
	}
	if out == nil {
		return json
	}
	return append(out, json[start:]...)
}

func jsonEscape(r rune) string {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
