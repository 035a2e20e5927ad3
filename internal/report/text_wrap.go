package report

import "strings"

// wrap breaks printable text at spaces into lines of at most width columns, if
// its words allow it; width 0 is no limit. Spaces within a line stay as they
// are, since messages quote values.
func wrap(text string, width int) []string {
	text = strings.TrimRight(text, " ")
	if width <= 0 || columns(text) <= width {
		return []string{text}
	}
	var lines []string
	start, end, used := 0, 0, 0 // The line so far is text[start:end].
	for end < len(text) {
		spaces, next := nextWord(text, end)
		w := columns(text[end:next])
		if end > start && used+w > width {
			lines = append(lines, text[start:end])
			start, used, w = end+spaces, 0, w-spaces
		}
		used += w
		end = next
	}
	return append(lines, text[start:])
}

// nextWord returns the number of spaces at from and the end of the word after them.
func nextWord(text string, from int) (spaces, end int) {
	rest := text[from:]
	spaces = len(rest) - len(strings.TrimLeft(rest, " "))
	if length := strings.IndexByte(rest[spaces:], ' '); length >= 0 {
		return spaces, from + spaces + length
	}
	return spaces, len(text)
}
