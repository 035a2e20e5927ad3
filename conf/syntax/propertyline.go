package syntax

import (
	"strings"
	"unicode/utf8"
)

// logicalChar is a character of a logical line, and where it stands.
type logicalChar struct {
	c       rune
	at, end Position
}

// lineKind says what a logical line is.
type lineKind int

const (
	atEnd lineKind = iota
	commentLine
	propertyLine
)

// logicalReader is java.util.Properties.LineReader with positions: it leaves
// out blank lines, and joins a line that ends in a backslash with the next. It
// keeps nothing of a line, however long that is.
type logicalReader struct {
	data string
	pos  Position
	// escaped is set behind a backslash that escapes.
	escaped bool
	// end is where the line ends, once that is known.
	ended bool
	end   Position
}

// begin goes to the next logical line and says what it is.
func (r *logicalReader) begin() lineKind {
	for r.escaped, r.ended = false, false; ; {
		before := r.pos
		c, ok := r.read()
		switch {
		case !ok:
			return atEnd
		case c == '\n' || isPropertyBlank(c):
			continue
		case c == '\\' && r.joins(): // with nothing before it
			r.read()
			continue
		}
		r.pos = before
		if c == '#' || c == '!' {
			return commentLine
		}
		return propertyLine
	}
}

// comment goes to the end of the line and answers what stands before it.
func (r *logicalReader) comment() Span {
	start := r.pos
	line := r.data[start.Offset:]
	if i := strings.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	r.pos.Offset += len(line)
	r.pos.Column += javaLength(line)
	return Span{start, r.pos}
}

// char is the next character of a logical line; there is none at its end. A
// backslash that is the last character of the file is dropped.
func (r *logicalReader) char() (l logicalChar, ok bool) {
	for !r.ended {
		l.at = r.pos
		if l.c, ok = r.read(); !ok || l.c == '\n' {
			r.ended, r.end = true, l.at
			break
		}
		l.end = Position{r.pos.Offset, l.at.Line, l.at.Column + 1}
		if l.c != '\\' || r.escaped {
			r.escaped = false
			return l, true
		}
		switch {
		case r.joins():
			r.read()
			r.skipBlanks()
			continue
		case r.pos.Offset == len(r.data) || r.atLineEnd():
			r.ended, r.end = true, r.pos // with the file, even if the line is empty
			r.read()
			continue
		}
		r.escaped = true
		return l, true
	}
	return logicalChar{}, false
}

// joins reports whether a line goes on behind a backslash that was just read: at
// a line end that is not the last character of the file.
func (r *logicalReader) joins() bool { return r.atLineEnd() && r.pos.Offset+1 < len(r.data) }

func (r *logicalReader) atLineEnd() bool {
	return r.pos.Offset < len(r.data) && (r.data[r.pos.Offset] == '\n' || r.data[r.pos.Offset] == '\r')
}

func (r *logicalReader) skipBlanks() {
	for r.pos.Offset < len(r.data) && isPropertyBlank(rune(r.data[r.pos.Offset])) {
		r.pos.Offset++
		r.pos.Column++
	}
}

// read takes a character; every kind of line end is one \n.
func (r *logicalReader) read() (c rune, ok bool) {
	if r.pos.Offset >= len(r.data) {
		return 0, false
	}
	size := 1
	if c = rune(r.data[r.pos.Offset]); c >= utf8.RuneSelf {
		c, size = DecodeJava(r.data[r.pos.Offset:])
	}
	r.pos.Offset += size
	switch c {
	case '\r':
		if r.pos.Offset < len(r.data) && r.data[r.pos.Offset] == '\n' {
			r.pos.Offset++
		}
	case '\n':
	default:
		r.pos.Column++
		return c, true
	}
	r.pos.Line++
	r.pos.Column = 1
	return '\n', true
}

// javaLength is how many characters Java reads of a text.
func javaLength(text string) (n int) {
	for len(text) > 0 {
		size := 1
		if text[0] >= utf8.RuneSelf {
			_, size = DecodeJava(text)
		}
		text = text[size:]
		n++
	}
	return n
}
