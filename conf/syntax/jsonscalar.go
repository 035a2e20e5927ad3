package syntax

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/implycheck/implycheck/internal/lazy"
)

// literal reads true, false or null.
func (r *jsonReader) literal() (*Node, *SyntaxError) {
	start := r.at
	for r.at < len(r.text) && isWordByte(r.text[r.at]) {
		r.at++
	}
	word := r.text[start:r.at]
	switch word {
	case "true", "false":
		return &Node{Kind: Bool, Text: word, Span: r.span(start, r.at)}, nil
	case "null":
		return &Node{Kind: Null, Text: word, Span: r.span(start, r.at)}, nil
	}
	r.at = start
	return nil, r.badValue()
}

// number reads -12.5e+3.
func (r *jsonReader) number() (*Node, *SyntaxError) {
	start := r.at
	r.take('-')
	if !r.take('0') && !r.digits() {
		return nil, r.badNumber(start)
	}
	if r.take('.') && !r.digits() {
		return nil, r.badNumber(start)
	}
	if r.take('e') || r.take('E') {
		if !r.take('+') {
			r.take('-')
		}
		if !r.digits() {
			return nil, r.badNumber(start)
		}
	}
	// 012, 10g and 1.2.3 are no numbers with something behind them.
	if r.at < len(r.text) && (isWordByte(r.text[r.at]) || r.text[r.at] == '.') {
		return nil, r.badNumber(start)
	}
	return &Node{Kind: Number, Text: r.text[start:r.at], Span: r.span(start, r.at)}, nil
}

// digits passes over digits and reports whether there were any.
func (r *jsonReader) digits() bool {
	start := r.at
	for r.at < len(r.text) && isDigit(r.text[r.at]) {
		r.at++
	}
	return r.at > start
}

func (r *jsonReader) stringNode() (*Node, *SyntaxError) {
	start := r.at
	text, err := r.stringText()
	if err != nil {
		return nil, err
	}
	return &Node{Kind: String, Text: text, Span: r.span(start, r.at)}, nil
}

// stringText reads a string and decodes it. Bytes that are not UTF-8 become
// U+FFFD, as do lone surrogates.
func (r *jsonReader) stringText() (string, *SyntaxError) {
	open := r.at
	r.at++
	var text strings.Builder
	for r.at < len(r.text) {
		c := r.text[r.at]
		switch {
		case c == '"':
			r.at++
			return strings.ToValidUTF8(text.String(), "\ufffd"), nil
		case c == '\\':
			if err := r.escape(&text); err != nil {
				return "", err
			}
		case c == '\n' || c == '\r':
			return "", r.fail(open, open+1, "this string is not closed in its line")
		case c < ' ':
			return "", r.fail(r.at, r.at+1, "a control character inside a string has to be written as an escape")
		default:
			text.WriteByte(c)
			r.at++
		}
	}
	return "", r.fail(open, open+1, "this string is never closed")
}

// jsonEscapes are the escapes of one letter.
var jsonEscapes = lazy.Value[map[byte]byte]{New: func() map[byte]byte {
	return map[byte]byte{
		'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
	}
}}

// escape decodes what begins with a backslash.
func (r *jsonReader) escape(text *strings.Builder) *SyntaxError {
	start := r.at
	if r.at+1 < len(r.text) {
		if c, ok := jsonEscapes.Get()[r.text[r.at+1]]; ok {
			text.WriteByte(c)
			r.at += 2
			return nil
		}
	}
	high, ok := r.unicodeEscape()
	if !ok {
		return r.fail(start, min(start+2, len(r.text)), "bad escape: a backslash goes before \" \\ / b f n r t or u and four hex digits")
	}
	if utf16.IsSurrogate(high) {
		text.WriteRune(r.surrogate(high))
		return nil
	}
	text.WriteRune(high)
	return nil
}

// surrogate puts the two halves of a character together.
func (r *jsonReader) surrogate(high rune) rune {
	start := r.at
	low, ok := r.unicodeEscape()
	if ok {
		if both := utf16.DecodeRune(high, low); both != utf8.RuneError {
			return both
		}
	}
	r.at = start // what follows stands for itself
	return utf8.RuneError
}

// unicodeEscape reads \uXXXX, if that is what stands here.
func (r *jsonReader) unicodeEscape() (rune, bool) {
	rest := r.text[r.at:]
	if len(rest) < 6 || rest[:2] != `\u` {
		return 0, false
	}
	code, err := strconv.ParseUint(rest[2:6], 16, 16)
	if err != nil {
		return 0, false
	}
	r.at += 6
	return rune(code), true
}

// isWordByte reports whether c belongs to an unquoted word.
func isWordByte(c byte) bool {
	return c == '_' || c == '-' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
