package syntax

import (
	"strings"
	"unicode/utf8"
)

// perlSpace is what Perl's \s matches.
const perlSpace = " \t\n\v\f\r"

// cutSupervise takes a line apart as the expression of bin/supervise does:
//
//	^(:verify|:notify|:kill-timeout|(?:!p[0-9]+\s+)?[^:]\S+)\s+(.+)$
//
// It answers where the name ends and where the rest begins.
func cutSupervise(line string) (end, rest int, ok bool) {
	for _, name := range []string{":verify", ":notify", ":kill-timeout"} {
		if strings.HasPrefix(line, name) {
			rest, ok = afterSpace(line, len(name))
			return len(name), rest, ok
		}
	}
	if digits, name := cutOrder(line); digits > 0 {
		// The name may begin with the last of several blanks.
		for at := name; at >= name-1 && at > len("!p")+digits; at-- {
			if end, rest, ok = cutName(line, at); ok {
				return end, rest, ok
			}
		}
	}
	return cutName(line, 0)
}

// cutOrder answers how many digits follow !p, and what comes behind the blanks
// after them: !p90 name.
func cutOrder(line string) (digits, rest int) {
	if !strings.HasPrefix(line, "!p") {
		return 0, 0
	}
	digits = leadingDigits(line[len("!p"):])
	end := len("!p") + digits
	if rest = end + leadingSpace(line[end:]); rest == end {
		return 0, 0
	}
	return digits, rest
}

// cutName reads [^:]\S+\s+(.+) at an offset.
func cutName(line string, at int) (end, rest int, ok bool) {
	if at >= len(line) || line[at] == ':' {
		return 0, 0, false
	}
	_, size := utf8.DecodeRuneInString(line[at:])
	second := at + size
	end = len(line)
	if space := strings.IndexAny(line[second:], perlSpace); space >= 0 {
		end = second + space
	}
	if end == second {
		return 0, 0, false
	}
	rest, ok = afterSpace(line, end)
	return end, rest, ok
}

// afterSpace is what follows the blanks at an offset, and be it the last of them.
func afterSpace(line string, at int) (rest int, ok bool) {
	rest = min(at+leadingSpace(line[at:]), len(line)-1)
	return rest, rest > at
}

func leadingSpace(text string) int { return len(text) - len(strings.TrimLeft(text, perlSpace)) }

func leadingDigits(text string) int { return len(text) - len(strings.TrimLeft(text, "0123456789")) }
