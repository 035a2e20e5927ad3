package mask

import "strings"

// isArgument reports whether the key at start is a word of a command line, or
// begins one: -Dfoo.password=x, --password=x, -e "PASSWORD=x".
func (f *finder) isArgument(start int) bool {
	switch c := f.text[start]; {
	case c == '-':
		return f.begins(start)
	case start > 0 && (f.text[start-1] == '"' || f.text[start-1] == '\''):
		return 'A' <= c && c <= 'Z' && isUpper(f.text[start:start+run(f.text[start:], 0, isName)])
	}
	return false
}

// argumentValue hides the value at i of such a key. It goes on to the quote that
// stands before the key, or else as far as the shell takes the word.
func (f *finder) argumentValue(i, start int) {
	if start > 0 && (f.text[start-1] == '"' || f.text[start-1] == '\'') {
		open := start - 1
		if open > 0 && f.text[open-1] == '\\' {
			open--
		}
		if _, to, next := f.quoted(open); next > to && to >= i {
			f.secret(i, to)
			return
		}
	}
	f.secret(i, f.wordEnd(i))
}

// wordEnd is where a word of the shell ends. A quote that nothing of the word
// follows is the end of what is around it.
func (f *finder) wordEnd(i int) int {
	end := i
	for end < len(f.text) {
		switch c := f.text[end]; {
		case strings.IndexByte(blanks, c) >= 0, c == '<' && strings.HasPrefix(f.text[end:], "</"):
			return f.trimWord(i, end)
		case c == '\\' && end+1 < len(f.text) && f.text[end+1] != '"' && f.text[end+1] != '\n':
			end += 2
		case c == '"' || c == '\'' || c == '\\':
			_, to, next := f.quoted(end)
			if next == to || end > i && !f.opens(end) {
				return f.trimWord(i, end)
			}
			end = next
		default:
			end += f.reference(end)
		}
	}
	return f.trimWord(i, min(end, len(f.text)))
}

// opens reports whether the quote at i may open a part of a word.
func (f *finder) opens(i int) bool {
	after := strings.TrimLeft(f.text[i:min(len(f.text), i+3)], "\\\"'")
	return after != "" && strings.IndexByte(blanks+",]})>;:", after[0]) < 0
}

// reference is the length of the reference at i, in which blanks are part of the
// word, or 1.
func (f *finder) reference(i int) int {
	for _, form := range [...]struct{ before, after string }{{"${", "}"}, {"{{", "}}"}, {"<", ">"}} {
		if rest, ok := strings.CutPrefix(f.text[i:], form.before); ok {
			line, _, _ := strings.Cut(rest[:min(len(rest), longestName)], "\n")
			if n := strings.Index(line, form.after); n >= 0 {
				return len(form.before) + n + len(form.after)
			}
		}
	}
	return 1
}

// trimWord leaves out what belongs to the sentence or the list around a word.
func (f *finder) trimWord(from, to int) int {
	word := strings.TrimRight(f.text[from:to], ",;")
	if word == "" {
		return to
	}
	return from + len(word)
}
