package syntax

import "unicode/utf8"

// logicalChar is a character of a logical line, and where it stands.
type logicalChar struct {
	c    rune
	size int
	at   Position
}

// end is the place behind the character.
func (l logicalChar) end() Position {
	return Position{l.at.Offset + l.size, l.at.Line, l.at.Column + 1}
}

// lineKind says what a logical line is.
type lineKind int

const (
	atEnd lineKind = iota
	commentLine
	propertyLine
)

// logicalReader is java.util.Properties.LineReader with positions: it leaves
// out blank lines, and joins a line that ends in a backslash with the next.
type logicalReader struct {
	data  string
	pos   Position
	chars []logicalChar
	span  Span
}

// next reads a logical line into chars and span.
func (r *logicalReader) next() lineKind {
	r.chars = r.chars[:0]
	escaped, skip := false, true
	for {
		c, at, size, ok := r.read()
		if !ok {
			return r.finish(escaped, at)
		}
		if skip && isPropertyBlank(c) {
			continue
		}
		skip = false
		switch {
		case len(r.chars) == 0 && (c == '#' || c == '!'):
			r.comment(at)
			return commentLine
		case c != '\n':
			r.chars = append(r.chars, logicalChar{c, size, at})
			escaped = c == '\\' && !escaped
		case len(r.chars) == 0:
			skip = true
		case escaped && size == len(r.data)-at.Offset:
			return r.finish(true, at) // Java ends the line here, even an empty one
		case escaped:
			r.chars = r.chars[:len(r.chars)-1]
			escaped, skip = false, true
		default:
			return r.finish(false, at)
		}
	}
}

// finish ends a line at a place. A backslash that is the last character of the
// file is dropped.
func (r *logicalReader) finish(escaped bool, at Position) lineKind {
	if len(r.chars) == 0 {
		return atEnd
	}
	r.span = Span{r.chars[0].at, at}
	if escaped {
		r.chars = r.chars[:len(r.chars)-1]
	}
	return propertyLine
}

// comment reads to the end of the line.
func (r *logicalReader) comment(start Position) {
	for {
		before := r.pos
		c, _, _, ok := r.read()
		if !ok || c == '\n' {
			r.span = Span{start, before}
			return
		}
	}
}

// read takes a character; every kind of line end is one \n.
func (r *logicalReader) read() (c rune, at Position, size int, ok bool) {
	at = r.pos
	if r.pos.Offset >= len(r.data) {
		return 0, at, 0, false
	}
	if c, size = rune(r.data[r.pos.Offset]), 1; c >= utf8.RuneSelf {
		c, size = DecodeJava(r.data[r.pos.Offset:])
	}
	r.pos.Offset += size
	if c == '\r' {
		if r.pos.Offset < len(r.data) && r.data[r.pos.Offset] == '\n' {
			r.pos.Offset++
		}
		c = '\n'
	}
	if c == '\n' {
		r.pos.Line++
		r.pos.Column = 1
	} else {
		r.pos.Column++
	}
	return c, at, size, true
}

// decodeJava reads a character of UTF-8 as Java's decoder does: for what is not
// UTF-8 it answers U+FFFD and takes as many bytes as Java takes, which is not
// always one.
func DecodeJava(s string) (rune, int) {
	c, size := utf8.DecodeRuneInString(s)
	if c != utf8.RuneError || size != 1 {
		return c, size
	}
	return c, malformedLength(s)
}

// malformedLength is how many bytes Java replaces by one U+FFFD: the longest
// beginning of a character, and a surrogate's three bytes whole.
func malformedLength(s string) int {
	want := 0
	switch lead := s[0]; {
	case lead >= 0xc2 && lead <= 0xdf:
		want = 2
	case lead >= 0xe0 && lead <= 0xef:
		want = 3
	case lead >= 0xf0 && lead <= 0xf4:
		want = 4
	default:
		return 1
	}
	n := 1
	for n < want && n < len(s) && s[n]&0xc0 == 0x80 && (n > 1 || secondFits(s[0], s[1])) {
		n++
	}
	return n
}

// secondFits reports whether a second byte can follow a lead byte. Surrogates
// (ED A0 80 and up) pass, as they do in Java until the third byte is read.
func secondFits(lead, second byte) bool {
	switch lead {
	case 0xe0:
		return second >= 0xa0
	case 0xf0:
		return second >= 0x90
	case 0xf4:
		return second <= 0x8f
	}
	return true
}
