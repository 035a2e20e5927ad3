package syntax

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

	// Set by Prepare for the files of a tree: values are asked for often.
	Prepared    bool
	Placeholder bool
	// Filled is set where a script is known to put a value in this one's place.
	Filled bool
	Node   *Node
}

// Prepare looks once at what rules ask of a value again and again.
func (e *Entry) Prepare() {
	e.Placeholder = HasPlaceholder(e.Value)
	if !e.Placeholder {
		e.Node = ParseJSONValue(e.Value)
	}
	e.Prepared = true
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

// ParseProperties reads a properties file. As in Java, lines are joined first
// and taken apart after, so that an escape may begin on one line and end on the
// next.
func ParseProperties(data []byte) *Properties {
	text := string(data)
	p := &Properties{BOM: strings.HasPrefix(text, "\ufeff")}
	r := &logicalReader{data: text, pos: Position{0, 1, 1}}
	for p.Err == nil {
		switch kind := r.next(); kind {
		case atEnd:
			return p
		case commentLine:
			p.Comments = append(p.Comments, newComment(text, r.span))
		case propertyLine:
			e, err := newEntry(text, r.chars, r.span)
			if err != nil {
				p.Err = err
				return p
			}
			p.Entries = append(p.Entries, e)
		}
	}
	return p
}

// newComment reads a comment, and the property it hides, if it looks like one.
func newComment(text string, span Span) Comment {
	body := text[span.Start.Offset+1 : span.End.Offset]
	c := Comment{Span: span, Text: body}
	trimmed := strings.TrimLeft(body, " \t\f")
	key := strings.TrimRight(trimmed[:max(0, strings.IndexAny(trimmed, "=:"))], " \t")
	if !strings.Contains(key, ".") || strings.ContainsFunc(key, notInKey) {
		return c
	}
	start := span.Start
	start.Offset += 1 + len(body) - len(trimmed)
	start.Column += 1 + utf8.RuneCountInString(body[:len(body)-len(trimmed)])
	r := &logicalReader{data: text[:span.End.Offset], pos: start}
	if r.next() == propertyLine {
		if e, err := newEntry(text, r.chars, r.span); err == nil {
			c.Property = &e
		}
	}
	return c
}

func notInKey(c rune) bool {
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("._-", c))
}

// newEntry takes a logical line apart: key, separator, value.
func newEntry(text string, chars []logicalChar, span Span) (Entry, *SyntaxError) {
	e := Entry{Span: span, Lines: span.End.Line - span.Start.Line + 1}
	keyEnd := 0
	for keyEnd < len(chars) && !isSeparator(chars[keyEnd].c) {
		if chars[keyEnd].c == '\\' {
			keyEnd++
		}
		keyEnd++
	}
	keyEnd = min(keyEnd, len(chars))
	value := keyEnd
	for seen := false; value < len(chars) && isSeparator(chars[value].c); value++ {
		if isSign := !isPropertyBlank(chars[value].c); isSign && seen {
			break
		} else if isSign {
			seen = true
		}
		e.HasSeparator = true
	}
	e.KeySpan = spanOf(chars[:keyEnd], span.Start)
	e.ValueSpan = spanOf(chars[value:], span.End)
	e.RawValue = text[e.ValueSpan.Start.Offset:e.ValueSpan.End.Offset]
	var err *SyntaxError
	if e.Key, _, err = unescape(chars[:keyEnd], text[e.KeySpan.Start.Offset:e.KeySpan.End.Offset]); err != nil {
		return e, err
	}
	e.Value, e.Escapes, err = unescape(chars[value:], e.RawValue)
	return e, err
}

func isSeparator(c rune) bool     { return c == '=' || c == ':' || isPropertyBlank(c) }
func isPropertyBlank(c rune) bool { return c == ' ' || c == '\t' || c == '\f' }

// spanOf is the place of a run of characters; an empty one is at the given
// place.
func spanOf(chars []logicalChar, empty Position) Span {
	if len(chars) == 0 {
		return Span{empty, empty}
	}
	return Span{chars[0].at, chars[len(chars)-1].end()}
}

// unescape reads the characters of a key or a value, raw in the file. The
// escapes it answers are those that Java drops.
func unescape(chars []logicalChar, raw string) (string, []Escape, *SyntaxError) {
	if strings.IndexByte(raw, '\\') < 0 && utf8.ValidString(raw) {
		return raw, nil, nil // as most are: nothing to copy
	}
	var b strings.Builder
	var dropped []Escape
	for i := 0; i < len(chars); i++ {
		c := chars[i].c
		if c != '\\' {
			b.WriteRune(c)
			continue
		}
		if i++; i == len(chars) {
			break
		}
		switch c = chars[i].c; c {
		case 'u':
			next, err := unescapeUnicode(&b, chars, i-1)
			if err != nil {
				return "", nil, err
			}
			i = next
			continue
		case 't':
			c = '\t'
		case 'r':
			c = '\r'
		case 'n':
			c = '\n'
		case 'f':
			c = '\f'
		default:
			if !strings.ContainsRune(`\:=#!" `, c) {
				dropped = append(dropped, Escape{Span{chars[i-1].at, chars[i].end()}, c})
			}
		}
		b.WriteRune(c)
	}
	return b.String(), dropped, nil
}

// unescapeUnicode reads the run of \uXXXX that starts at i and answers the
// index of its last character. Surrogates that belong together make one
// character; a lone one, which UTF-8 has no form for, is written as its three
// bytes would be, so that different texts stay different.
func unescapeUnicode(b *strings.Builder, chars []logicalChar, i int) (int, *SyntaxError) {
	unit, err := unicodeUnit(chars, i)
	if err != nil {
		return 0, err
	}
	i += 6
	if utf16.IsSurrogate(unit) && i+1 < len(chars) && chars[i].c == '\\' && chars[i+1].c == 'u' {
		if low, err := unicodeUnit(chars, i); err == nil && utf16.DecodeRune(unit, low) != utf8.RuneError {
			b.WriteRune(utf16.DecodeRune(unit, low))
			return i + 5, nil
		}
	}
	if utf16.IsSurrogate(unit) {
		b.Write([]byte{0xe0 | byte(unit>>12), 0x80 | byte(unit>>6)&0x3f, 0x80 | byte(unit)&0x3f})
		return i - 1, nil
	}
	b.WriteRune(unit)
	return i - 1, nil
}

// unicodeUnit reads the \uXXXX at i.
func unicodeUnit(chars []logicalChar, i int) (rune, *SyntaxError) {
	var unit rune
	for n := i + 2; n < i+6; n++ {
		digit := -1
		if n < len(chars) {
			digit = hexDigit(chars[n].c)
		}
		if digit < 0 {
			end := chars[min(n, len(chars)-1)].end()
			return 0, &SyntaxError{Span: Span{chars[i].at, end}, Msg: `\u must be followed by four hexadecimal digits`}
		}
		unit = unit<<4 | rune(digit)
	}
	return unit, nil
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
