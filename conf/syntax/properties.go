package syntax

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// Properties is a file as java.util.Properties.load reads it through a UTF-8
// reader, which is what Druid's PropertiesModule does, with every position.
type Properties struct {
	// Entries are in the order of the file, duplicates included.
	Entries []Entry
	BOM     bool
	// Err is a malformed \uXXXX: Java loads nothing then. What stands before it
	// is listed all the same.
	Err *SyntaxError

	text     string
	last     map[string]int // the entry that counts, by key
	comments []Span
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
	// Escapes are backslashes in the value that Java drops, the first maxEscapes.
	Escapes  []Escape
	RawValue string

	// Set by Prepare for the files of a tree: values are asked for often.
	Prepared    bool
	Placeholder bool
	// Filled is set where a script is known to put a value in this one's place.
	Filled bool
	Node   *Node
}

// Prepare looks once at what rules ask of the values again and again. It is false
// for a file with more values in arrays and objects than any has.
func (p *Properties) Prepare() bool {
	left := MaxValues
	for i := range p.Entries {
		e := &p.Entries[i]
		if e.Placeholder = HasPlaceholder(e.Value); !e.Placeholder {
			e.Node, left = parseJSONValue(e.Value, left)
		}
		e.Prepared = true
	}
	return left >= 0
}

// Fill gives the entry the value that a tool is known to put in the place of its
// expressions.
func (e *Entry) Fill(value string) {
	e.Value, e.Placeholder, e.Prepared = value, false, true
	e.Node, _ = parseJSONValue(value, MaxValues)
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
	i, ok := p.last[key]
	if !ok {
		return nil, false
	}
	return &p.Entries[i], true
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
	p := &Properties{BOM: strings.HasPrefix(text, "\ufeff"), text: text, last: map[string]int{}}
	p.Entries = make([]Entry, 0, min(strings.Count(text, "\n"), strings.Count(text, "="))) // about
	r := &logicalReader{data: text, pos: Position{0, 1, 1}}
	for {
		switch r.begin() {
		case atEnd:
			return p
		case commentLine:
			p.comments = append(p.comments, r.comment())
		case propertyLine:
			e, err := r.entry()
			if err != nil {
				p.Err = err
				return p
			}
			p.last[e.Key] = len(p.Entries)
			p.Entries = append(p.Entries, e)
		}
	}
}

// Comments are in the order of the file, up to a mistake in its syntax.
func (p *Properties) Comments() iter.Seq[Comment] {
	return func(yield func(Comment) bool) {
		for _, span := range p.comments {
			if !yield(newComment(p.text, span)) {
				return
			}
		}
	}
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
	if r.begin() == propertyLine {
		if e, err := r.entry(); err == nil {
			c.Property = &e
		}
	}
	return c
}

func notInKey(c rune) bool {
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("._-", c))
}
