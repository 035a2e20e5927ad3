package mask

import (
	"cmp"
	"slices"
	"strings"
)

// Options say what a text is.
type Options struct {
	// Key reports whether the value of a key is a secret; nil knows none.
	Key func(key string) bool
	// Whole is set for a value and nothing around it: a URL that it begins with
	// is all of it, whatever is in the URL.
	Whole bool
	// Lines is set for a file in which the value of a key at the beginning of a
	// line is all that follows in the line.
	Lines bool
	// Indented is set for YAML, where it may be the lines below it that stand
	// further to the right.
	Indented bool
}

// Find gives the places of secrets in a text, in order, none within another.
func Find(text string, o Options) []Place {
	f := finder{text: text, o: o, wholeURL: o.Whole && isURL(text)}
	f.oracle()
	for f.at < len(text) {
		if c := text[f.at]; c < 0x80 && starts[c] && (f.at == 0 || !isAlnum(text[f.at-1])) {
			f.shape(c)
		}
		for f.at < len(text) && classes[text[f.at]] == plain { // nearly everything
			f.at++
		}
		for f.at < len(text) && classes[text[f.at]] != plain {
			f.look()
		}
	}
	return f.places()
}

// FindInSecret is Find for the value of a key that holds a secret: all of it is
// one, but for what only says where the secret is to be found.
func FindInSecret(value string) []Place {
	f := finder{text: value}
	f.secret(skipBlanks(value, 0), len(strings.TrimRight(value, blanks)))
	return f.places()
}

// place is where a value and its key begin.
type place struct{ i, start int }

const blanks = " \t\r\n\f"

// finder walks through a text once.
type finder struct {
	text  string
	o     Options
	at    int // what is before it is done
	word  int // where the word begins that at is in
	found []Place
	// wholeURL is set where the text is a URL and nothing around it.
	wholeURL bool
	named    int // how far a value goes with the name of a secret
	// valued is the last value of a pair whose name has not come yet.
	valued place
	pair   pair
	// unclosed is set when a bracket without an end was seen: the end of another
	// one is not looked for further than the line.
	unclosed bool
}

// class is what a character is to the finder.
type class uint8

const (
	plain class = iota // a part of a word
	mark               // within a word, and not within a name of a program
	space              // between words
	sign               // something may begin or end here
)

var classes = [256]class{
	' ': space, '\t': space, '\n': space, '\r': space, '"': space, '\'': space, '`': space, ',': space, ';': space, '(': space, ')': space,
	'[': space, ']': space, '{': space, '}': space, '>': space, '|': space,
	'=': sign, ':': sign, '@': sign, '-': sign, '<': sign, '/': sign, '$': sign,
	'.': mark, '_': mark, '!': mark, '#': mark, '%': mark, '&': mark, '*': mark, '+': mark, '?': mark, '\\': mark, '^': mark, '~': mark,
}

// starts are the letters that shapes begin with.
var starts = [128]bool{
	'A': true, 'B': true, 'C': true, 'D': true, 'P': true, 'S': true, 'T': true,
	'b': true, 'c': true, 'd': true, 'e': true, 'g': true, 'h': true, 'n': true, 'p': true, 's': true, 't': true, 'x': true, 'y': true,
}

// look is called at a character between letters, and goes on.
func (f *finder) look() {
	before := f.at
	switch f.text[before] {
	case '=':
		if !f.azureKey() {
			f.assignment()
		}
	case ':':
		if strings.HasPrefix(f.text[before:], "://") {
			f.url(before + 3)
		} else {
			f.assignment()
		}
	case '/':
		if before == 0 && strings.HasPrefix(f.text, "//") {
			f.url(2)
		}
	case '@':
		f.user()
	case '<':
		f.word = before + 1
		f.element()
	case '-':
		f.dash()
	case '$':
		f.shape('$')
	default:
		if classes[f.text[before]] == space {
			f.word = before + 1
		}
	}
	f.at = max(f.at, before+1)
}

// hide adds a place, and goes on behind it.
func (f *finder) hide(from, to int) {
	if from < to {
		f.at = max(f.at, to)
		f.found = append(f.found, Place{from, to})
	}
}

// places are in order, and those that overlap or touch are one.
func (f *finder) places() []Place {
	slices.SortFunc(f.found, func(a, b Place) int { return cmp.Compare(a.From, b.From) })
	merged := f.found[:0]
	for _, p := range f.found {
		if n := len(merged); n > 0 && p.From <= merged[n-1].To {
			merged[n-1].To = max(merged[n-1].To, p.To)
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

// lineEnd is where the line of i ends.
func (f *finder) lineEnd(i int) int {
	if n := strings.IndexAny(f.text[i:], "\r\n"); n >= 0 {
		return i + n
	}
	return len(f.text)
}

// begins reports whether something begins here: no character of a word stands
// before it.
func (f *finder) begins(i int) bool { return i == 0 || !isName(f.text[i-1]) }

func skipBlanks(text string, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	return i
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// isName reports whether a key may hold a character.
func isName(c byte) bool { return isAlnum(c) || c == '_' || c == '-' || c == '.' }

// run is the end of the characters from i on that fit.
func run(text string, i int, fits func(byte) bool) int {
	for i < len(text) && fits(text[i]) {
		i++
	}
	return i
}
