package conftree

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Properties is a file as java.util.Properties.load reads it through a UTF-8
// reader, which is what Druid's PropertiesModule does, with every position.
type Properties struct {
	// Entries are in the order of the file, duplicates included.
	Entries  []Entry
	Comments []Comment
	BOM      bool
	// Err is a malformed \uXXXX: Java loads nothing then. What stands before it
	// is listed all the same.
	Err *SyntaxError
}

// Entry is one key and its value.
type Entry struct {
	// Key and Value are as Java has them.
	Key, Value string
	// Span reaches from the key to the end of the last line; KeySpan and
	// ValueSpan cover the raw text. An empty value has an empty span at the
	// place where it would start.
	Span, KeySpan, ValueSpan Span
	HasSeparator             bool
	// Lines is how many lines of the file the entry covers.
	Lines int
	// Escapes are backslashes in the value that Java drops.
	Escapes  []Escape
	RawValue string
}

// Escape is a backslash before a character that needs none.
type Escape struct {
	Span Span
	Char rune
}

// Comment is a comment line; Property is what it would set without its mark.
type Comment struct {
	Span     Span
	Text     string
	Property *Entry
}

// Get is the entry of a key that counts: the last one.
func (p *Properties) Get(key string) (*Entry, bool) {
	for i := len(p.Entries) - 1; i >= 0; i-- {
		if p.Entries[i].Key == key {
			return &p.Entries[i], true
		}
	}
	return nil, false
}

// Map is what Java has in the end.
func (p *Properties) Map() map[string]string {
	m := make(map[string]string, len(p.Entries))
	for _, e := range p.Entries {
		m[e.Key] = e.Value
	}
	return m
}

// propertiesReader walks over the runes of a file.
type propertiesReader struct {
	data string
	pos  Position
	p    *Properties
}

// ParseProperties reads a properties file.
func ParseProperties(data []byte) *Properties {
	p := &Properties{BOM: strings.HasPrefix(string(data[:min(3, len(data))]), "\ufeff")}
	r := &propertiesReader{data: string(data), pos: Position{0, 1, 1}, p: p}
	for !r.end() && p.Err == nil {
		r.line()
	}
	return p
}

func (r *propertiesReader) end() bool { return r.pos.Offset >= len(r.data) }

func (r *propertiesReader) peek() rune {
	if r.end() {
		return -1
	}
	c, _ := utf8.DecodeRuneInString(r.data[r.pos.Offset:])
	return c
}

// next takes one character; CR LF counts as one.
func (r *propertiesReader) next() rune {
	c, size := utf8.DecodeRuneInString(r.data[r.pos.Offset:])
	r.pos.Offset += size
	r.pos.Column++
	if c == '\r' && !r.end() && r.data[r.pos.Offset] == '\n' {
		r.pos.Offset++
		c = '\n'
	}
	if c == '\n' || c == '\r' {
		r.pos.Line++
		r.pos.Column = 1
		return '\n'
	}
	return c
}

func isPropertyBlank(c rune) bool { return c == ' ' || c == '\t' || c == '\f' }
func isPropertyEnd(c rune) bool   { return c == '\n' || c == '\r' || c < 0 }

func (r *propertiesReader) skipBlanks() {
	for isPropertyBlank(r.peek()) {
		r.next()
	}
}

func (r *propertiesReader) line() {
	r.skipBlanks()
	switch c := r.peek(); {
	case isPropertyEnd(c):
		if c >= 0 {
			r.next()
		}
	case c == '#' || c == '!':
		r.comment()
	default:
		r.entry()
	}
}

func (r *propertiesReader) comment() {
	start := r.pos
	r.next()
	body := r.pos
	for !isPropertyEnd(r.peek()) {
		r.next()
	}
	c := Comment{Span: Span{start, r.pos}, Text: r.data[body.Offset:r.pos.Offset]}
	c.Property = commentedProperty(c.Text, body)
	r.p.Comments = append(r.p.Comments, c)
}

// commentedProperty reads a comment as the property it hides, if it looks like
// one.
func commentedProperty(text string, at Position) *Entry {
	trimmed := strings.TrimLeft(text, " \t")
	key := strings.TrimRight(trimmed[:max(0, strings.IndexAny(trimmed, "=:"))], " \t")
	if !strings.Contains(key, ".") || strings.ContainsFunc(key, notInKey) {
		return nil
	}
	skipped := len(text) - len(trimmed)
	inner := &propertiesReader{data: trimmed, pos: Position{0, 1, 1}, p: &Properties{}}
	inner.entry()
	if len(inner.p.Entries) != 1 {
		return nil
	}
	e := inner.p.Entries[0]
	shift := func(s *Span) {
		for _, p := range []*Position{&s.Start, &s.End} {
			p.Offset += at.Offset + skipped
			p.Column += at.Column + skipped - 1
			p.Line = at.Line
		}
	}
	shift(&e.Span)
	shift(&e.KeySpan)
	shift(&e.ValueSpan)
	for i := range e.Escapes {
		shift(&e.Escapes[i].Span)
	}
	return &e
}

func notInKey(c rune) bool {
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("._-", c))
}

func (r *propertiesReader) entry() {
	e := Entry{Lines: 1}
	first := r.pos.Line
	var ok bool
	e.KeySpan.Start = r.pos
	if e.Key, ok = r.text(nil, true); !ok {
		return
	}
	e.KeySpan.End = r.pos
	r.separator(&e)
	e.ValueSpan.Start = r.pos
	if e.Value, ok = r.text(&e, false); !ok {
		return
	}
	e.ValueSpan.End = r.pos
	e.RawValue = r.data[e.ValueSpan.Start.Offset:e.ValueSpan.End.Offset]
	e.Span = Span{e.KeySpan.Start, e.ValueSpan.End}
	e.Lines = r.pos.Line - first + 1
	if !r.end() {
		r.next()
	}
	r.p.Entries = append(r.p.Entries, e)
}

// separator skips blanks, one = or :, and blanks, over continued lines.
func (r *propertiesReader) separator(e *Entry) {
	seen := false
	for {
		c := r.peek()
		switch {
		case isPropertyBlank(c):
			e.HasSeparator = true
		case (c == '=' || c == ':') && !seen:
			e.HasSeparator, seen = true, true
		case c == '\\' && r.continues():
			r.next()
			r.next()
			r.skipBlanks()
			continue
		default:
			return
		}
		r.next()
	}
}

// continues reports whether the backslash here ends its line.
func (r *propertiesReader) continues() bool {
	rest := r.data[r.pos.Offset+1:]
	return rest != "" && (rest[0] == '\n' || rest[0] == '\r')
}

// text reads a key, which ends at a separator, or a value, which ends with the
// line. It is false for a malformed escape.
func (r *propertiesReader) text(e *Entry, key bool) (string, bool) {
	var units []uint16
	var b strings.Builder
	flush := func() {
		if len(units) > 0 {
			b.WriteString(string(utf16.Decode(units)))
			units = units[:0]
		}
	}
	for {
		c := r.peek()
		if isPropertyEnd(c) || key && (isPropertyBlank(c) || c == '=' || c == ':') {
			break
		}
		if c != '\\' {
			flush()
			b.WriteRune(r.next())
			continue
		}
		if unit, ok := r.escape(e, &b, flush); !ok {
			return "", false
		} else if unit >= 0 {
			units = append(units, uint16(unit))
		}
	}
	flush()
	return b.String(), true
}

// escape reads a backslash and what it escapes. It answers a \uXXXX unit, or -1.
func (r *propertiesReader) escape(e *Entry, b *strings.Builder, flush func()) (int, bool) {
	start := r.pos
	r.next()
	if r.end() {
		return -1, true
	}
	c := r.next()
	if c == 'u' {
		return r.unicode(start)
	}
	flush()
	switch c {
	case '\n':
		r.skipBlanks()
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'n':
		b.WriteByte('\n')
	case 'f':
		b.WriteByte('\f')
	default:
		if e != nil && !strings.ContainsRune(`\:=#!" `, c) {
			e.Escapes = append(e.Escapes, Escape{Span{start, r.pos}, c})
		}
		b.WriteRune(c)
	}
	return -1, true
}

func (r *propertiesReader) unicode(start Position) (int, bool) {
	unit := 0
	for range 4 {
		digit := strings.IndexRune("0123456789abcdef", r.peek()|0x20)
		if r.end() || digit < 0 {
			r.p.Err = &SyntaxError{Span: Span{start, r.pos}, Msg: `\u must be followed by four hexadecimal digits`}
			return 0, false
		}
		unit = unit<<4 | digit
		r.next()
	}
	return unit, true
}
