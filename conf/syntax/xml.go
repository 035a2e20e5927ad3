package syntax

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// Element is an element of an XML file.
type Element struct {
	Name     string // without its namespace
	Attrs    []Attr
	Children []*Element
	Text     string // what stands directly in it, between its children too
	// TextSpan reaches from the first part of the text that is not blank to the
	// last one; none without a text.
	TextSpan Span
	Span     Span // from the start tag to the end tag
	// HasDoctype is set on the root of a file with a DOCTYPE. Nothing in it is
	// read; an entity that it declares stays in the text as it is written.
	HasDoctype bool
}

// Attr is an attribute of an element.
type Attr struct {
	Name  string
	Value string
	Span  Span // of the value, within its quotes
}

// Attr gives the value of an attribute.
func (e *Element) Attr(name string) (string, bool) {
	for _, attr := range e.Attrs {
		if attr.Name == name {
			return attr.Value, true
		}
	}
	return "", false
}

// Child gives the first child of that name.
func (e *Element) Child(name string) (*Element, bool) {
	for _, child := range e.Children {
		if child.Name == name {
			return child, true
		}
	}
	return nil, false
}

// ParseXML reads a file in UTF-8 or ISO-8859-1.
func ParseXML(data []byte) (*Element, *SyntaxError) {
	r := newXMLReader(data)
	for {
		start := r.decoder.InputOffset()
		token, err := r.decoder.Token()
		if errors.Is(err, io.EOF) {
			return r.finish()
		}
		if err != nil {
			return nil, r.decoderError(err)
		}
		if err := r.token(token, int(start)); err != nil {
			return nil, err
		}
	}
}

// xmlReader builds the tree from the tokens of the decoder.
type xmlReader struct {
	decoder *xml.Decoder
	index   *Lines
	latin1  bool
	root    *Element
	doctype bool
	open    []*openElement
	nodes   int
}

// openElement is an element whose end tag is still to come.
type openElement struct {
	*Element
	start int
	text  strings.Builder

	textStart, textEnd int
}

var xmlEncoding = lazy.Regexp{Expr: `^(?:\x{feff})?<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']`}

func newXMLReader(data []byte) *xmlReader {
	r := &xmlReader{}
	if saysLatin1(data) {
		r.latin1 = true
		data = latin1ToUTF8(data)
	}
	r.index = NewLines(data)
	r.decoder = xml.NewDecoder(bytes.NewReader(data))
	r.decoder.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if r.latin1 {
			return input, nil
		}
		return nil, errors.New("the encoding " + charset + " is not supported: UTF-8 and ISO-8859-1 are")
	}
	return r
}

// saysLatin1 reads the declaration, which in most files says UTF-8: that is told
// without the expression.
func saysLatin1(data []byte) bool {
	declaration, _, _ := bytes.Cut(data, []byte(">"))
	if !bytes.HasPrefix(declaration, []byte("<?xml")) && !bytes.HasPrefix(declaration, []byte("\ufeff<?xml")) || bytes.Contains(declaration, []byte("UTF-8")) {
		return false
	}
	match := xmlEncoding.FindSubmatch(data)
	return match != nil && isLatin1(string(match[1]))
}

func isLatin1(charset string) bool {
	switch strings.ToLower(charset) {
	case "iso-8859-1", "latin1", "us-ascii", "ascii":
		return true
	}
	return false
}

// latin1ToUTF8 rewrites ISO-8859-1, in which a byte is the number of its
// character.
func latin1ToUTF8(data []byte) []byte {
	text := make([]rune, len(data))
	for i, c := range data {
		text[i] = rune(c)
	}
	return []byte(string(text))
}

// span gives the place in the file. In a file that was rewritten to UTF-8 the
// bytes of the file are the characters now.
func (r *xmlReader) span(start, end int) Span {
	span := r.index.span(start, end)
	if r.latin1 {
		span.Start.Offset = r.index.runesBefore(span.Start.Offset)
		span.End.Offset = r.index.runesBefore(span.End.Offset)
	}
	return span
}

func (r *xmlReader) fail(start, end int, msg string) *SyntaxError {
	return &SyntaxError{Span: r.span(start, end), Msg: msg}
}

// decoderError puts an error of the decoder into place.
func (r *xmlReader) decoderError(err error) *SyntaxError {
	at := int(r.decoder.InputOffset())
	msg := strings.TrimPrefix(err.Error(), "xml: ")
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		msg = syntax.Msg
	}
	switch {
	case strings.HasPrefix(msg, "invalid character entity"):
		// Not in the words of the decoder, which quotes the text.
		at = max(bytes.LastIndexByte(r.index.data[:at], '&'), 0)
		return r.fail(at, at+1, "an & that begins no known entity: as itself it is written &amp;")
	case msg == "invalid UTF-8":
		at = firstNotUTF8(r.index.data)
		return r.fail(at, at+1, "not UTF-8, and the file names no other encoding")
	case msg == "unexpected EOF" && len(r.open) > 0:
		last := r.open[len(r.open)-1]
		return r.fail(last.start, last.start+1, "this element is never closed: "+last.Name)
	}
	return r.fail(at, at, msg)
}

// token adds one token, which begins at start, to the tree.
func (r *xmlReader) token(token xml.Token, start int) *SyntaxError {
	switch token := token.(type) {
	case xml.StartElement:
		return r.startElement(token, start)
	case xml.EndElement:
		r.endElement()
	case xml.CharData:
		return r.text(string(token), start)
	case xml.Directive:
		r.directive(string(token))
	}
	return nil
}

func (r *xmlReader) startElement(token xml.StartElement, start int) *SyntaxError {
	end := int(r.decoder.InputOffset())
	r.nodes += 1 + len(token.Attr)
	switch {
	case r.nodes > MaxValues:
		return r.fail(start, end, "too many elements")
	case len(r.open) == maxDepth:
		return r.fail(start, end, "nested too deep")
	case r.root != nil && len(r.open) == 0:
		return r.fail(start, end, "a second root element")
	}
	element := &Element{Name: token.Name.Local}
	seen := map[xml.Name]bool{}
	at := start
	for _, attr := range token.Attr {
		if seen[attr.Name] {
			return r.fail(start, end, "an attribute is written twice in this tag")
		}
		seen[attr.Name] = true
		var from int
		from, at = r.attrValue(at, end)
		element.Attrs = append(element.Attrs, Attr{Name: attr.Name.Local, Value: attr.Value, Span: r.span(from, at)})
	}
	if len(r.open) == 0 {
		r.root = element
	} else {
		parent := r.open[len(r.open)-1]
		parent.Children = append(parent.Children, element)
	}
	r.open = append(r.open, &openElement{Element: element, start: start})
	return nil
}

// attrValue finds the next value of a tag that the decoder has read: behind the sign
// and a quote, as far as the same quote.
func (r *xmlReader) attrValue(at, end int) (from, to int) {
	tag := r.index.data[at:end]
	sign := max(bytes.IndexByte(tag, '='), 0)
	quote := bytes.IndexAny(tag[sign:], `"'`)
	if quote < 0 {
		return at, at
	}
	from = at + sign + quote + 1
	to = from + max(bytes.IndexByte(r.index.data[from:end], r.index.data[from-1]), 0)
	return from, to
}

// endElement closes the innermost element; the decoder has seen to it that it
// is the right one.
func (r *xmlReader) endElement() {
	last := r.open[len(r.open)-1]
	last.Span = r.span(last.start, int(r.decoder.InputOffset()))
	last.Text = last.text.String()
	if last.textEnd > 0 {
		last.TextSpan = r.span(last.textStart, last.textEnd)
	}
	r.open = r.open[:len(r.open)-1]
}

// outsideText may stand outside of the root element.
const outsideText = " \t\r\n\ufeff"

func (r *xmlReader) text(text string, start int) *SyntaxError {
	if len(r.open) > 0 {
		last := r.open[len(r.open)-1]
		last.text.WriteString(text)
		if strings.TrimSpace(text) != "" {
			if last.textEnd == 0 {
				last.textStart = start
			}
			last.textEnd = int(r.decoder.InputOffset())
		}
		return nil
	}
	if strings.Trim(text, outsideText) == "" {
		return nil
	}
	start += len(text) - len(strings.TrimLeft(text, outsideText))
	return r.fail(start, start+1, "text outside of the root element")
}

var xmlEntity = lazy.Regexp{Expr: `<!ENTITY\s+([^\s%"'<>]+)`}

// directive notes a DOCTYPE and lets the entities that it declares stand for
// themselves.
func (r *xmlReader) directive(text string) {
	if !strings.HasPrefix(text, "DOCTYPE") {
		return
	}
	r.doctype = true
	r.decoder.Entity = map[string]string{}
	for _, match := range xmlEntity.FindAllStringSubmatch(text, -1) {
		r.decoder.Entity[match[1]] = "&" + match[1] + ";"
	}
}

func (r *xmlReader) finish() (*Element, *SyntaxError) {
	if r.root == nil {
		return nil, r.fail(0, 0, "no element: the file is empty")
	}
	r.root.HasDoctype = r.doctype
	return r.root, nil
}
