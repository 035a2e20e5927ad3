package mask

import (
	"strings"
	"unicode/utf8"
)

// Column is where a column of a line is after secrets in it were hidden. Columns count
// runes from 1. One within a secret goes to the beginning of what stands for it, or to the
// end.
func Column(before, after string, column int, end bool) int {
	if before == after || column < 1 {
		return column
	}
	at, left := len(before), column-1
	for i := range before {
		if left == 0 {
			at = i
			break
		}
		left--
	}
	from, to := 0, 0 // how far before and after are gone through
	pieces := strings.Split(after, Text)
	for n, piece := range pieces {
		found := strings.Index(before[from:], piece)
		if n == len(pieces)-1 {
			found = len(before) - from - len(piece)
		}
		switch {
		case found < 0, n == 0 && found > 0, !strings.HasPrefix(before[from+found:], piece):
			return column // something else has changed
		case at < from+found && end:
			return runes(after[:to]) + left
		case at < from+found:
			return runes(after[:to-len(Text)]) + left
		case at <= from+found+len(piece):
			return runes(after[:to+at-from-found]) + left
		}
		from += found + len(piece)
		to += len(piece) + len(Text)
	}
	return column
}

// runes is the column behind a text.
func runes(text string) int { return utf8.RuneCountInString(text) + 1 }
