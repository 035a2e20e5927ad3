package syntax

import (
	"encoding/xml"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// LineComments lists the lines that begin with #, after blanks.
func LineComments(data []byte) []Comment {
	return lineComments(data, func(string) bool { return true })
}

// YAMLComments lists the lines that begin with #, but for those inside a text.
func YAMLComments(data []byte) []Comment { return lineComments(data, (&yamlBlock{}).outside) }

// lineComments finds the lines that begin with #, after blanks. It shows every
// line to counts, which tells those that are text, whatever they begin with.
func lineComments(data []byte, counts func(line string) bool) []Comment {
	index := NewLines(data)
	var list []Comment
	for n := range index.lines {
		start, end := index.lines[n].offset, index.lineEnd(n+1)
		line := string(data[start:end])
		text := strings.TrimLeft(line, " \t\f\v\ufeff")
		if counts(line) && strings.HasPrefix(text, "#") {
			list = append(list, Comment{Span: index.span(end-len(text), end), Text: text[1:]})
		}
	}
	return list
}

// yamlBlock follows a YAML file line by line and knows which lines are inside
// a text that begins with | or >.
type yamlBlock struct {
	open   bool
	indent int // of the line that opened it
}

var yamlBlockHeader = lazy.Regexp{Expr: `(?:^|[:\-?]|\s)\s*[|>][-+0-9]*\s*(?:\s#.*)?$`}

func (b *yamlBlock) outside(line string) bool {
	text := strings.TrimLeft(line, " ")
	if strings.TrimSpace(text) == "" || b.open && len(line)-len(text) > b.indent {
		return false
	}
	b.open = !strings.HasPrefix(text, "#") && yamlBlockHeader.MatchString(text)
	b.indent = len(line) - len(text)
	return true
}

// XMLComments lists the comments up to the first mistake in the syntax.
func XMLComments(data []byte) []Comment {
	r := newXMLReader(data)
	var list []Comment
	for {
		start := int(r.decoder.InputOffset())
		token, err := r.decoder.RawToken()
		if err != nil {
			return list
		}
		switch token := token.(type) {
		case xml.Comment:
			list = append(list, Comment{Span: r.span(start, int(r.decoder.InputOffset())), Text: string(token)})
		case xml.Directive:
			r.directive(string(token))
		}
	}
}
