package mask

import (
	"net/url"
	"strconv"
	"strings"
)

const (
	// shortest is the length from which a secret is hidden wherever it stands.
	shortest = 6
	// longest is the length from which letters alone are no word any more.
	longest = 16
)

// telling reports whether a text is a secret wherever it stands. The word druid
// and the number 8082 are not, although people take them for passwords: half of
// a report would be hidden, and the word that is missing would tell it.
func telling(secret string) bool {
	if len(secret) < shortest {
		return false
	}
	var lower, upper, digits, others int
	for i := range len(secret) {
		switch c := secret[i]; {
		case 'a' <= c && c <= 'z':
			lower++
		case 'A' <= c && c <= 'Z':
			upper++
		case '0' <= c && c <= '9':
			digits++
		default:
			others++
		}
	}
	switch {
	case strings.Trim(secret, "*") == "":
		return false
	case digits == len(secret):
		return digits > 10 // more than any size, port or period
	case lower == len(secret), upper == len(secret), lower+1 == len(secret) && upper == 1:
		return len(secret) >= longest
	}
	return true
}

// Spellings are the ways in which a secret may be written: as it is, between
// quotes, in JSON, and its parts, which a reader may have cut out of it.
func Spellings(secret string) []string {
	list := []string{secret}
	add := func(text string) {
		if text != "" && text != secret {
			list = append(list, text)
		}
	}
	add(strings.TrimSpace(secret))
	add(strings.Trim(secret, `"'`+"` \t"))
	if strings.IndexByte(secret, '\\') >= 0 {
		if plain, err := strconv.Unquote(`"` + secret + `"`); err == nil {
			add(plain)
		}
	}
	if strings.IndexByte(secret, '%') >= 0 {
		if plain, err := url.PathUnescape(secret); err == nil {
			add(plain)
		}
	}
	if quoted := strconv.Quote(secret); len(quoted) != len(secret)+2 {
		add(quoted[1 : len(quoted)-1])
	}
	if strings.ContainsAny(secret, cuts) {
		for _, part := range strings.FieldsFunc(secret, func(c rune) bool { return strings.ContainsRune(cuts, c) }) {
			add(part)
		}
	}
	return list
}

// cuts are the characters at which readers take a value apart.
const cuts = " \t\r\n\f\"'\\`/@:;,&?#=|<>{}[]()"

// replaceWord hides a secret where it is a word of its own: between blanks,
// quotes, or other signs that no key has.
func replaceWord(text, word string) string {
	if len(word) < 4 {
		word = `"` + word + `"`
	}
	var b strings.Builder
	at := 0
	for {
		i := strings.Index(text[at:], word)
		if i < 0 {
			break
		}
		from, to := at+i, at+i+len(word)
		whole := !joined(text[:from]) && (to == len(text) || !inWord(text[to]) || text[to] == '.' && to+1 == len(text))
		if whole {
			b.WriteString(text[at:from])
			b.WriteString(Text)
		} else {
			b.WriteString(text[at:to])
		}
		at = to
	}
	return b.String() + text[at:]
}

// joined reports whether a word goes on behind a text: the hyphen of ${X:-word}
// joins nothing.
func joined(before string) bool {
	n := len(before)
	if n > 1 && before[n-1] == '-' {
		return inWord(before[n-2])
	}
	return n > 0 && inWord(before[n-1])
}

func inWord(c byte) bool { return isName(c) || c >= 0x80 }
