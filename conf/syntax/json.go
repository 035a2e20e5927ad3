package syntax

import (
	"bytes"
	"fmt"
	"strings"
)

// ParseJSON reads a whole JSON file, strictly (RFC 8259). Like Jackson it
// passes over a byte order mark.
func ParseJSON(data []byte) (*Node, *SyntaxError) {
	index := NewLines(data)
	body := bytes.TrimPrefix(data, []byte("\ufeff"))
	bom := len(data) - len(body)
	r := &jsonReader{
		text:     string(body),
		left:     MaxValues,
		position: func(offset int) Position { return index.position(bom + offset) },
	}
	node, err := r.document()
	if err == nil && r.at < len(r.text) {
		err = r.stray()
	}
	return orNil(node, err)
}

// ParseJSONPrefix reads the value a text begins with and gives the offset of
// what follows it, blanks passed over. Druid's parser, Jackson, does not look
// at what follows: `["a"] # comment` is a good list for it.
func ParseJSONPrefix(data []byte) (*Node, int, *SyntaxError) {
	return ParseJSONAt(string(data), NewLines(data).position)
}

// ParseJSONAt is ParseJSONPrefix for a text that stands inside a file: the
// function at gives the place in the file of each byte of the text.
func ParseJSONAt(text string, at func(offset int) Position) (*Node, int, *SyntaxError) {
	r := &jsonReader{text: text, left: MaxValues, position: at}
	node, err := r.document()
	return node, r.at, err
}

// jsonReader stands at a byte of a JSON text.
type jsonReader struct {
	text     string
	at       int
	depth    int
	left     int // values that may come yet
	position func(offset int) Position
}

// document reads one value and the blanks around it.
func (r *jsonReader) document() (*Node, *SyntaxError) {
	r.skipBlanks()
	node, err := r.value()
	if err == nil {
		r.skipBlanks()
	}
	return node, err
}

// value reads the value that begins here.
func (r *jsonReader) value() (*Node, *SyntaxError) {
	c, ok := r.peek()
	r.left--
	switch {
	case !ok:
		return nil, r.fail(r.at, r.at, "a value is missing here")
	case r.left < 0:
		return nil, r.fail(r.at, r.at+1, fmt.Sprintf("more than %d values", MaxValues))
	case c == '{' || c == '[':
		return r.nested(c)
	case c == '"':
		return r.stringNode()
	case c == '-' || isDigit(c):
		return r.number()
	}
	return r.literal()
}

// nested reads an object or array, one level deeper.
func (r *jsonReader) nested(open byte) (*Node, *SyntaxError) {
	if r.depth == maxDepth {
		return nil, r.fail(r.at, r.at+1, "nested too deep")
	}
	r.depth++
	defer func() { r.depth-- }()
	if open == '{' {
		return r.object()
	}
	return r.array()
}

func (r *jsonReader) array() (*Node, *SyntaxError) {
	node := &Node{Kind: Array}
	end, err := r.list(']', func() *SyntaxError {
		item, err := r.value()
		node.Items = append(node.Items, item)
		return err
	})
	node.Span = end
	return orNil(node, err)
}

func (r *jsonReader) object() (*Node, *SyntaxError) {
	node := &Node{Kind: Object}
	seen := map[string]bool{}
	span, err := r.list('}', func() *SyntaxError {
		member, err := r.member()
		member.Duplicate = seen[member.Key]
		seen[member.Key] = true
		node.Members = append(node.Members, member)
		return err
	})
	node.Span = span
	return orNil(node, err)
}

// member reads a key, the colon and the value.
func (r *jsonReader) member() (Member, *SyntaxError) {
	start := r.at
	if c, ok := r.peek(); !ok || c != '"' {
		return Member{}, r.badKey()
	}
	key, err := r.stringText()
	if err != nil {
		return Member{}, err
	}
	member := Member{Key: key, KeySpan: r.span(start, r.at)}
	r.skipBlanks()
	if !r.take(':') {
		return member, r.expected("a colon is missing after the key")
	}
	r.skipBlanks()
	member.Value, err = r.value()
	return member, err
}

// list reads what stands between two brackets: any number of elements with
// commas between them. It gives the span from bracket to bracket.
func (r *jsonReader) list(end byte, element func() *SyntaxError) (Span, *SyntaxError) {
	open := r.at
	r.at++
	r.skipBlanks()
	if r.take(end) {
		return r.span(open, r.at), nil
	}
	for {
		if r.at == len(r.text) {
			return Span{}, r.unclosed(open, end)
		}
		if err := element(); err != nil {
			return Span{}, err
		}
		r.skipBlanks()
		if r.take(end) {
			return r.span(open, r.at), nil
		}
		if err := r.comma(open, end); err != nil {
			return Span{}, err
		}
	}
}

// comma reads the comma between two elements of a list.
func (r *jsonReader) comma(open int, end byte) *SyntaxError {
	comma := r.at
	if r.at == len(r.text) {
		return r.unclosed(open, end)
	}
	if !r.take(',') {
		return r.missingComma(end)
	}
	r.skipBlanks()
	if c, ok := r.peek(); ok && (c == '}' || c == ']') {
		return r.fail(comma, comma+1, "trailing comma: nothing may follow the last comma but a value")
	}
	return nil
}

func (r *jsonReader) peek() (byte, bool) {
	if r.at == len(r.text) {
		return 0, false
	}
	return r.text[r.at], true
}

// take passes over one character if it is the one that is wanted.
func (r *jsonReader) take(want byte) bool {
	c, ok := r.peek()
	if !ok || c != want {
		return false
	}
	r.at++
	return true
}

func (r *jsonReader) skipBlanks() {
	for r.at < len(r.text) && strings.IndexByte(" \t\n\r", r.text[r.at]) >= 0 {
		r.at++
	}
}

func (r *jsonReader) span(start, end int) Span {
	return Span{Start: r.position(start), End: r.position(end)}
}

func orNil(node *Node, err *SyntaxError) (*Node, *SyntaxError) {
	if err != nil {
		return nil, err
	}
	return node, nil
}

func isDigit(c byte) bool {
	return '0' <= c && c <= '9'
}

// ParseJSONValue reads a value that is written as an array or object; nil for others.
func ParseJSONValue(text string) *Node {
	node, _ := parseJSONValue(text, MaxValues)
	return node
}

// parseJSONValue is ParseJSONValue for at most so many values, and answers how
// many more there may be; fewer than 0 if there were too many.
func parseJSONValue(text string, left int) (*Node, int) {
	if text == "" || text[0] != '[' && text[0] != '{' {
		return nil, left
	}
	r := &jsonReader{text: text, left: left, position: NewLines([]byte(text)).position}
	node, err := r.document()
	if err != nil {
		return nil, r.left
	}
	return node, r.left
}
