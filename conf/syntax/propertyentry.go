package syntax

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxEscapes is how many dropped backslashes of a value are listed.
const maxEscapes = 1000

// entry takes a logical line apart: key, separator, value.
func (r *logicalReader) entry() (Entry, *SyntaxError) {
	e := Entry{Span: Span{Start: r.pos}}
	key, value := piece{text: r.data, isKey: true}, piece{text: r.data}
	c, ok := r.char()
	for ; ok && !isSeparator(c.c); c, ok = r.char() {
		if err := key.take(c, r); err != nil {
			return e, err
		}
	}
	for seen := false; ok && isSeparator(c.c); c, ok = r.char() {
		if sign := !isPropertyBlank(c.c); sign && seen {
			break
		} else if sign {
			seen = true
		}
		e.HasSeparator = true
	}
	for ; ok; c, ok = r.char() {
		if err := value.take(c, r); err != nil {
			return e, err
		}
	}
	e.Span.End = r.end
	e.Lines = e.Span.End.Line - e.Span.Start.Line + 1
	e.KeySpan, e.ValueSpan = key.spanOr(e.Span.Start), value.spanOr(e.Span.End)
	e.RawValue = r.data[e.ValueSpan.Start.Offset:e.ValueSpan.End.Offset]
	e.Key, e.Value, e.Escapes = key.string(), value.string(), value.dropped
	return e, nil
}

func isSeparator(c rune) bool     { return c == '=' || c == ':' || isPropertyBlank(c) }
func isPropertyBlank(c rune) bool { return c == ' ' || c == '\t' || c == '\f' }

// piece is a key or a value. As long as Java has what the file has, it is a part
// of the file's text, and then a copy.
type piece struct {
	text    string
	isKey   bool
	span    Span
	begun   bool
	copied  bool
	copy    []byte
	high    rune // half a character that waits for the other half
	dropped []Escape
}

// spanOr is the place of the raw text; an empty one is at the given place.
func (p *piece) spanOr(empty Position) Span {
	if !p.begun {
		return Span{empty, empty}
	}
	return p.span
}

// string is what Java has.
func (p *piece) string() string {
	if !p.copied {
		return p.text[p.span.Start.Offset:p.span.End.Offset]
	}
	p.flush()
	return string(p.copy)
}

// take adds a character, and those that an escape goes on with.
func (p *piece) take(c logicalChar, r *logicalReader) *SyntaxError {
	if c.c != '\\' {
		if p.begun && c.at.Offset != p.span.End.Offset || c.c == utf8.RuneError && !strings.HasPrefix(p.text[c.at.Offset:], "\ufffd") {
			p.differ()
		}
		p.cover(c.at, c.end)
		if p.copied {
			p.write(c.c)
		}
		return nil
	}
	p.differ()
	p.cover(c.at, c.end)
	next, ok := r.char()
	if !ok {
		return nil
	}
	p.cover(c.at, next.end)
	switch next.c {
	case 'u':
		return p.unicode(c.at, next.end, r)
	case 't':
		p.write('\t')
	case 'r':
		p.write('\r')
	case 'n':
		p.write('\n')
	case 'f':
		p.write('\f')
	default:
		p.write(next.c)
		if !strings.ContainsRune(`\:=#!" `, next.c) && len(p.dropped) < maxEscapes {
			p.dropped = append(p.dropped, Escape{Span{c.at, next.end}, next.c})
		}
	}
	return nil
}

// cover makes the raw text reach to the end of a character.
func (p *piece) cover(at, end Position) {
	if !p.begun {
		p.begun, p.span.Start = true, at
	}
	p.span.End = end
}

// differ begins the copy.
func (p *piece) differ() {
	if !p.copied {
		p.copied = true
		p.copy = append(p.copy, p.text[p.span.Start.Offset:p.span.End.Offset]...)
	}
}

func (p *piece) write(c rune) {
	p.flush()
	p.copy = utf8.AppendRune(p.copy, c)
}

// flush writes a surrogate that stayed alone. UTF-8 has no form for it: it is
// written as its three bytes would be, so that different texts stay different.
func (p *piece) flush() {
	if p.high != 0 {
		p.copy = append(p.copy, 0xe0|byte(p.high>>12), 0x80|byte(p.high>>6)&0x3f, 0x80|byte(p.high)&0x3f)
		p.high = 0
	}
}

// unicode reads the four digits of \uXXXX. Surrogates that belong together make
// one character.
func (p *piece) unicode(start, end Position, r *logicalReader) *SyntaxError {
	var unit rune
	for range 4 {
		c, ok := r.char()
		if ok = ok && !(p.isKey && isSeparator(c.c)); ok {
			end = c.end
		}
		digit := hexDigit(c.c)
		if !ok || digit < 0 {
			return &SyntaxError{Span: Span{start, end}, Msg: `\u must be followed by four hexadecimal digits`}
		}
		unit = unit<<4 | rune(digit)
	}
	p.cover(start, end)
	if both := utf16.DecodeRune(p.high, unit); both != utf8.RuneError {
		p.high = 0
		p.write(both)
		return nil
	}
	p.flush()
	if utf16.IsSurrogate(unit) {
		p.high = unit
		return nil
	}
	p.write(unit)
	return nil
}

func hexDigit(c rune) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
