package syntax

import (
	"strings"
	"unicode/utf8"
)

// What people write instead of JSON, said in their words. No message quotes
// the text: it may be a password.

func (r *jsonReader) fail(start, end int, msg string) *SyntaxError {
	return &SyntaxError{Span: r.span(start, end), Msg: msg}
}

// unclosed is said at the bracket that has no partner: that is where one has
// to look.
func (r *jsonReader) unclosed(open int, end byte) *SyntaxError {
	return r.fail(open, open+1, "missing bracket: this "+r.text[open:open+1]+" is never closed with "+string(rune(end)))
}

// badValue is said of something that is no value.
func (r *jsonReader) badValue() *SyntaxError {
	end := r.wordEnd()
	switch c, size := utf8.DecodeRuneInString(r.text[r.at:]); {
	case c == ',':
		return r.fail(r.at, r.at+1, "a value is missing before this comma")
	case c == ']' || c == '}' || c == ':':
		return r.fail(r.at, r.at+1, "a value is missing before this "+string(c))
	case c == '+' || c == '.':
		return r.fail(r.at, end, "not a number: JSON numbers begin with a digit or a minus sign")
	case r.commentAhead():
		return r.fail(r.at, r.at+1, "a comment: JSON has none")
	case quoteName(c) != "":
		return r.fail(r.at, r.at+size, quoteName(c)+" quote: JSON strings are in double quotes")
	}
	return r.fail(r.at, end, `unquoted word: JSON strings are in double quotes`)
}

// badKey is said where a key should begin.
func (r *jsonReader) badKey() *SyntaxError {
	c, _ := r.peek()
	switch {
	case c == '{' || c == '[' || isDigit(c) || c == '-':
		return r.fail(r.at, r.at+1, "a key is missing: an object holds \"key\": value")
	case c == ']':
		return r.fail(r.at, r.at+1, "wrong bracket: ] where } is expected")
	}
	return r.badValue()
}

func (r *jsonReader) badNumber(start int) *SyntaxError {
	r.at = start
	return r.fail(start, r.wordEnd(), "not a number: numbers have no unit, no leading zero and digits on both sides of the point")
}

// missingComma is said where a comma or the closing bracket should be.
func (r *jsonReader) missingComma(end byte) *SyntaxError {
	if c, _ := r.peek(); c == ']' || c == '}' {
		return r.fail(r.at, r.at+1, "wrong bracket: "+string(rune(c))+" where "+string(rune(end))+" is expected")
	}
	return r.expected("a comma or " + string(rune(end)) + " is missing here")
}

// expected is said of something that should have come before what stands here,
// unless that is a mistake with a name of its own.
func (r *jsonReader) expected(msg string) *SyntaxError {
	if r.at == len(r.text) {
		return r.fail(r.at, r.at, msg)
	}
	c, size := utf8.DecodeRuneInString(r.text[r.at:])
	if quoteName(c) != "" || r.commentAhead() {
		return r.badValue()
	}
	return r.fail(r.at, r.at+size, msg)
}

// stray is said of what follows the value.
func (r *jsonReader) stray() *SyntaxError {
	if c, _ := r.peek(); c == ']' || c == '}' {
		return r.fail(r.at, r.at+1, "one bracket too many")
	}
	return r.fail(r.at, len(strings.TrimRight(r.text, " \t\r\n")), "text after the end of the JSON value")
}

func (r *jsonReader) commentAhead() bool {
	rest := r.text[r.at:]
	return strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "/*")
}

// wordEnd is where the word that begins here ends; never before one character.
func (r *jsonReader) wordEnd() int {
	rest := r.text[r.at:]
	end := strings.IndexAny(rest, " \t\r\n,:[]{}\"'")
	if end < 0 {
		end = len(rest)
	}
	return r.at + max(end, 1)
}

// quoteName names a character that people, or their word processors, use in
// the place of a double quote.
func quoteName(c rune) string {
	switch {
	case c == '\'' || c == '`':
		return "single"
	case strings.ContainsRune("“”„‟‘’‚‛«»‹›", c):
		return "typographic"
	}
	return ""
}
