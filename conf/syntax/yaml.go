package syntax

import (
	"bytes"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxYAMLSpan bounds how far the end of a node is looked for in its line.
const maxYAMLSpan = 4096

// ParseYAML reads the first document of a YAML file. Aliases become copies of
// what they stand for, and merge keys (<<) the members they bring. An empty
// file is Null.
//
// The parser tells where a node begins but not where it ends: an array or
// object is taken to end with its last item, a text of several lines with its
// first line.
func ParseYAML(data []byte) (node *Node, err *SyntaxError) {
	r := &yamlReader{data: data, index: NewLines(data), spans: map[*yaml.Node]Span{}}
	// The library reports its errors by panics and might let one escape.
	defer func() {
		if p := recover(); p != nil {
			node, err = nil, r.fail(0, 0, "not readable as YAML")
		}
	}()
	if bytes.Count(data, []byte(","))+bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) > MaxValues {
		return nil, r.fail(0, 0, fmt.Sprintf("more than %d values", MaxValues)) // before the library makes nodes of them
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, r.syntaxError(err)
	}
	if len(document.Content) == 0 {
		return &Node{Kind: Null, Span: r.index.span(0, 0)}, nil
	}
	return r.convert(document.Content[0], 0)
}

// yamlReader turns the nodes of the library into ours.
type yamlReader struct {
	data  []byte
	index *Lines
	nodes int
	spans map[*yaml.Node]Span // known already: an alias asks again and again
}

func (r *yamlReader) fail(start, end int, msg string) *SyntaxError {
	return &SyntaxError{Span: r.index.span(start, end), Msg: msg}
}

// failAt is said of a node of the library.
func (r *yamlReader) failAt(from *yaml.Node, msg string) *SyntaxError {
	return &SyntaxError{Span: r.span(from), Msg: msg}
}

// convert makes a Node of a node of the library. The bound on the depth ends
// an alias that contains itself, the bound on the nodes one that multiplies.
func (r *yamlReader) convert(from *yaml.Node, depth int) (*Node, *SyntaxError) {
	r.nodes++
	if r.nodes > MaxValues {
		return nil, r.failAt(from, fmt.Sprintf("more than %d values: aliases multiply", MaxValues))
	}
	if depth > maxDepth {
		return nil, r.failAt(from, "nested too deep, or an alias that contains itself")
	}
	switch from.Kind {
	case yaml.AliasNode:
		return r.convert(from.Alias, depth+1)
	case yaml.MappingNode:
		return r.mapping(from, depth)
	case yaml.SequenceNode:
		return r.sequence(from, depth)
	}
	return r.scalar(from), nil
}

func (r *yamlReader) sequence(from *yaml.Node, depth int) (*Node, *SyntaxError) {
	node := &Node{Kind: Array, Span: r.span(from)}
	for _, child := range from.Content {
		item, err := r.convert(child, depth+1)
		if err != nil {
			return nil, err
		}
		node.Items = append(node.Items, item)
		r.extend(node, child, item)
	}
	return node, nil
}

func (r *yamlReader) mapping(from *yaml.Node, depth int) (*Node, *SyntaxError) {
	node := &Node{Kind: Object, Span: r.span(from)}
	seen := map[string]Span{}
	var merged []*Node
	for i := 0; i+1 < len(from.Content); i += 2 {
		key, child := from.Content[i], from.Content[i+1]
		value, err := r.convert(child, depth+1)
		if err != nil {
			return nil, err
		}
		r.extend(node, child, value)
		if key.ShortTag() == "!!merge" {
			merged = append(merged, value)
			continue
		}
		member, err := r.member(key, value, seen)
		if err != nil {
			return nil, err
		}
		node.Members = append(node.Members, member)
	}
	return node, r.merge(node, merged, seen)
}

// member checks a key: it has to be a plain one, and new.
func (r *yamlReader) member(key *yaml.Node, value *Node, seen map[string]Span) (Member, *SyntaxError) {
	if key.Kind == yaml.AliasNode {
		key = key.Alias
	}
	if key.Kind != yaml.ScalarNode {
		return Member{}, r.failAt(key, "a key has to be plain text; a value with braces has to be quoted")
	}
	member := Member{Key: key.Value, KeySpan: r.span(key), Value: value}
	if first, ok := seen[member.Key]; ok {
		return Member{}, r.failAt(key, fmt.Sprintf("duplicate key: line %d, column %d has the same one",
			first.Start.Line, first.Start.Column))
	}
	seen[member.Key] = member.KeySpan
	return member, nil
}

// merge adds what the merge keys of a mapping bring. Its own keys win, and an
// earlier source wins over a later one.
func (r *yamlReader) merge(node *Node, sources []*Node, seen map[string]Span) *SyntaxError {
	for i := 0; i < len(sources); i++ {
		source := sources[i]
		if source.Kind == Array {
			sources = append(sources, source.Items...)
			continue
		}
		for _, member := range source.Members {
			if _, ok := seen[member.Key]; ok {
				continue
			}
			if r.nodes++; r.nodes > MaxValues {
				return &SyntaxError{Span: source.Span, Msg: fmt.Sprintf("more than %d values: merge keys multiply", MaxValues)}
			}
			seen[member.Key] = member.KeySpan
			node.Members = append(node.Members, member)
		}
	}
	return nil
}

func (r *yamlReader) scalar(from *yaml.Node) *Node {
	node := &Node{Kind: String, Text: from.Value, Span: r.span(from)}
	switch from.ShortTag() {
	case "!!int", "!!float":
		node.Kind = Number
	case "!!bool":
		node.Kind = Bool
	case "!!null":
		node.Kind = Null
	}
	return node
}

// extend lets a collection reach to the end of its child, unless the child
// stands elsewhere, behind an alias.
func (r *yamlReader) extend(node *Node, child *yaml.Node, value *Node) {
	end := value.Span.End
	if child.Kind == yaml.AliasNode {
		end = r.span(child).End
	}
	if end.Offset > node.Span.End.Offset {
		node.Span.End = end
	}
}

// span finds a node of the library in the text.
func (r *yamlReader) span(from *yaml.Node) Span {
	if span, ok := r.spans[from]; ok {
		return span
	}
	column := from.Column
	if from.Line == 1 && bytes.HasPrefix(r.data, []byte("\ufeff")) {
		column++ // the library does not count a byte order mark
	}
	start := r.index.Offset(from.Line, column)
	line := r.data[start:r.index.lineEnd(r.index.position(start).Line)]
	span := r.index.span(start, start+yamlLength(from, line))
	r.spans[from] = span
	return span
}

// yamlLength gives the length of the part of the line that belongs to a node
// which begins with it.
func yamlLength(from *yaml.Node, rest []byte) int {
	line := string(rest[:min(len(rest), maxYAMLSpan)])
	begin := yamlProperties(line)
	text := line[begin:]
	switch {
	case from.Kind == yaml.AliasNode:
		return min(len("*")+len(from.Value), len(line))
	case from.Kind != yaml.ScalarNode:
		return begin
	case strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "'"):
		return begin + yamlQuoted(text)
	case strings.HasPrefix(text, from.Value):
		return begin + len(from.Value)
	}
	text, _, _ = strings.Cut(text, " #")
	return begin + len(strings.TrimRight(text, " \t\r"))
}

// yamlProperties gives the length of the anchor and tag before a value.
func yamlProperties(line string) int {
	at := 0
	for at < len(line) && (line[at] == '&' || line[at] == '!') {
		word := strings.IndexAny(line[at:], " \t")
		if word < 0 {
			return len(line)
		}
		rest := strings.TrimLeft(line[at+word:], " \t")
		at = len(line) - len(rest)
	}
	return at
}

// yamlQuoted gives the length of a quoted text, or of its part in this line.
func yamlQuoted(text string) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote && i+1 < len(text) && text[i+1] == quote && quote == '\'':
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}
