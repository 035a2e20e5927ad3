package form

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/implycheck/implycheck/conf/syntax"
)

// Bounds of a YAML file. Of its values merge keys and aliases may make more.
const (
	maxDocuments = 1000
	maxNodes     = syntax.MaxValues
	maxDepth     = 100
)

// Kind is the kind of a Node.
type Kind int

// The kinds of nodes.
const (
	Scalar Kind = iota
	Map
	List
)

// Node is a value of a YAML file. What an alias stands for is the same node again,
// so that a walk down all of them may be longer than the file: look keys up.
type Node struct {
	Kind Kind
	// Text is a scalar as YAML reads it, and Tag what YAML takes it for.
	Text    Text
	Tag     string
	Members []Member
	Items   []*Node
	// Twice is a key that the map has had before; the last one counts for Get.
	Twice *Text
	// At is the scalar as it is written, or where a map or a list begins.
	At Place

	node *yaml.Node
}

// Member is one key of a map.
type Member struct {
	Key   Text
	Value *Node
}

// Get is the value of a key, nil if there is none.
func (n *Node) Get(key string) *Node {
	if m := n.member(key); m != nil {
		return m.Value
	}
	return nil
}

// member is the last of a key, with the place of it.
func (n *Node) member(key string) *Member {
	if n == nil {
		return nil
	}
	for i := len(n.Members) - 1; i >= 0; i-- {
		if n.Members[i].Key.s == key {
			return &n.Members[i]
		}
	}
	return nil
}

// Path follows keys from map to map.
func (n *Node) Path(keys ...string) *Node {
	for _, key := range keys {
		n = n.Get(key)
	}
	return n
}

// IsNull reports whether the value is nothing.
func (n *Node) IsNull() bool { return n == nil || n.Kind == Scalar && n.Tag == "!!null" }

// String is the text of a scalar, empty for anything else.
func (n *Node) String() string {
	if n == nil || n.Kind != Scalar || n.Tag == "!!null" {
		return ""
	}
	return n.Text.s
}

// Strings are the texts of a list, or of a scalar in the place of one.
func (n *Node) Strings() (list []string) {
	switch {
	case n.IsNull():
	case n.Kind == Scalar:
		list = append(list, n.Text.s)
	default:
		for _, item := range n.Items {
			if item.Kind == Scalar {
				list = append(list, item.Text.s)
			}
		}
	}
	return list
}

// Decoded is the value that a program written in Go makes of a scalar.
func (n *Node) Decoded() any {
	var v any
	if n.node == nil || n.node.Decode(&v) != nil {
		return n.Text.s
	}
	return v
}

// Documents reads a YAML file, once. Behind a mistake nothing is read.
func (s *Source) Documents() ([]*Node, error) {
	s.once.Do(func() {
		defer func() {
			if p := recover(); p != nil { // the library reports its errors by panics and might let one escape
				s.err = errors.New("not readable as YAML")
			}
		}()
		s.err = s.parse()
	})
	return s.documents, s.err
}

func (s *Source) parse() error {
	if bytes.Count(s.Data, []byte(","))+bytes.Count(s.Data, []byte("["))+bytes.Count(s.Data, []byte("{"))+bytes.Count(s.Data, []byte("- ")) > maxNodes {
		return fmt.Errorf("more than %d values", maxNodes) // before the library makes nodes of them
	}
	decoder := yaml.NewDecoder(bytes.NewReader(s.Data))
	place := s
	if s.around != nil {
		place = s.around
	}
	r := &yamlReader{source: place, index: syntax.NewLines(s.Data), known: map[*yaml.Node]*Node{}}
	for len(s.documents) < maxDocuments {
		var document yaml.Node
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errors.New(strings.TrimPrefix(strings.SplitN(err.Error(), "\n", 2)[0], "yaml: "))
		}
		if len(document.Content) == 0 {
			continue
		}
		n, err := r.convert(document.Content[0], 0)
		if err != nil {
			return err
		}
		s.documents = append(s.documents, n)
	}
	return fmt.Errorf("more than %d documents", maxDocuments)
}

// inside reads the YAML that a text in the file is, written with | as it is; nil if it is
// none. With blanks in the place of all else it is a file in which everything has the
// place that it has in this one.
func (s *Source) inside(n *Node) *Node {
	if n == nil || n.node == nil || n.node.Style&yaml.LiteralStyle == 0 || slices.ContainsFunc(n.Text.parts, func(p part) bool { return !p.exact }) {
		return nil
	}
	data := bytes.Repeat([]byte(" "), len(s.Data))
	for i, c := range s.Data {
		if c == '\n' {
			data[i] = c
		}
	}
	for _, p := range n.Text.parts {
		copy(data[p.at.From:p.at.To], s.Data[p.at.From:p.at.To])
	}
	inner := &Source{Path: s.Path, Data: data, around: s}
	documents, err := inner.Documents()
	if err != nil || len(documents) != 1 {
		return nil
	}
	return documents[0]
}

// yamlReader turns the nodes of the library into ours.
type yamlReader struct {
	source *Source
	index  *syntax.Lines
	known  map[*yaml.Node]*Node // nil while it is being read
	count  int
}

func (r *yamlReader) convert(from *yaml.Node, depth int) (*Node, error) {
	if from.Kind == yaml.AliasNode {
		from = from.Alias
	}
	if n, ok := r.known[from]; ok {
		if n == nil {
			return nil, fmt.Errorf("line %d: an alias that contains itself", from.Line)
		}
		return n, nil
	}
	if r.count++; r.count > maxNodes {
		return nil, fmt.Errorf("more than %d values", maxNodes)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("line %d: nested too deep", from.Line)
	}
	r.known[from] = nil
	at := r.offset(from)
	n := &Node{node: from, Tag: from.ShortTag(), At: Place{r.source, at, at}}
	var err error
	switch from.Kind {
	case yaml.MappingNode:
		n.Kind = Map
		err = r.mapping(n, from, depth)
	case yaml.SequenceNode:
		n.Kind = List
		for _, child := range from.Content {
			item, failed := r.convert(child, depth+1)
			if failed != nil {
				return nil, failed
			}
			n.Items = append(n.Items, item)
		}
	default:
		n.Text = r.scalar(from, at)
		n.At = n.Text.Place()
	}
	r.known[from] = n
	return n, err
}

// mapping reads a map. Its own keys win over those that merge keys bring, and an
// earlier source of those over a later one.
func (r *yamlReader) mapping(n *Node, from *yaml.Node, depth int) error {
	var merged []*Node
	seen := map[string]bool{}
	for i := 0; i+1 < len(from.Content); i += 2 {
		value, err := r.convert(from.Content[i+1], depth+1)
		if err != nil {
			return err
		}
		key := from.Content[i]
		text := r.scalar(key, r.offset(key))
		if key.ShortTag() == "!!merge" {
			if len(merged) > 0 {
				n.Twice = &text
			}
			merged = append(merged, value)
			continue
		}
		if seen[key.Value] {
			n.Twice = &text
		}
		seen[key.Value] = true
		if value.Kind == Scalar && len(value.Text.parts) > 0 && !value.Text.parts[0].exact {
			value.Text.parts[0].at = text.Place() // of a folded text, the key tells
			value.At = text.Place()
		}
		n.Members = append(n.Members, Member{text, value})
	}
	for i := 0; i < len(merged); i++ {
		if merged[i].Kind == List {
			merged = append(merged, merged[i].Items...)
			continue
		}
		for _, m := range merged[i].Members {
			if seen[m.Key.s] {
				continue
			}
			if r.count++; r.count > maxNodes {
				return fmt.Errorf("more than %d values: merge keys multiply", maxNodes)
			}
			seen[m.Key.s] = true
			n.Members = append(n.Members, m)
		}
	}
	return nil
}

func (r *yamlReader) offset(n *yaml.Node) int {
	column := n.Column
	if n.Line == 1 && bytes.HasPrefix(r.source.Data, []byte("\ufeff")) {
		column++ // the library does not count a byte order mark
	}
	return r.index.Offset(n.Line, column)
}

// scalar finds where each part of a text is written.
func (r *yamlReader) scalar(n *yaml.Node, at int) Text {
	data := r.source.Data
	for at < len(data) && (data[at] == '&' || data[at] == '!') { // an anchor, a tag
		word := bytes.IndexAny(data[at:], " \t\n")
		if word < 0 {
			break
		}
		at += word + len(data[at+word:]) - len(bytes.TrimLeft(data[at+word:], " \t"))
	}
	line := data[at:min(len(data), at+4*len(n.Value)+64)] // a line may be as long as the file
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	s := n.Value
	switch style := n.Style &^ (yaml.TaggedStyle | yaml.FlowStyle); {
	case style&yaml.LiteralStyle != 0:
		if t, ok := r.literal(s, at); ok {
			return t
		}
	case style&yaml.SingleQuotedStyle != 0:
		if len(s)+2 <= len(line) && string(line[1:1+len(s)]) == s && line[1+len(s)] == '\'' && !strings.Contains(s, "'") {
			return Exact(s, Place{r.source, at + 1, at + 1 + len(s)}, spellSingleQuoted)
		}
	case style&yaml.DoubleQuotedStyle != 0:
		if t, ok := doubleQuoted(s, string(line), Place{r.source, at, at}); ok {
			return t
		}
	case bytes.HasPrefix(line, []byte(s)):
		return Exact(s, Place{r.source, at, at + len(s)}, spellPlain)
	}
	return Made(s, Place{r.source, at, at + len(bytes.TrimRight(line, " \t\r"))})
}

// literal is a text that begins with |: its lines stand in the file as they are,
// behind their indentation.
func (r *yamlReader) literal(s string, at int) (Text, bool) {
	data := r.source.Data
	next := bytes.IndexByte(data[at:], '\n')
	if next < 0 || s == "" {
		return Text{}, false
	}
	at += next + 1
	indent := -1
	if strings.Trim(s, "\n") != "" {
		first := strings.TrimLeft(s, "\n")
		first, _, _ = strings.Cut(first, "\n")
		for line := at; line < len(data); {
			end := bytes.IndexByte(data[line:], '\n')
			if end < 0 {
				end = len(data) - line
			}
			text := bytes.TrimRight(data[line:line+end], "\r")
			if len(bytes.TrimSpace(text)) > 0 {
				if indent = len(text) - len(first); indent < 0 || string(text[indent:]) != first {
					return Text{}, false
				}
				break
			}
			line += end + 1
		}
	}
	if indent < 0 {
		return Text{}, false
	}
	out := Text{s: s}
	for from := 0; from < len(s) && at < len(data); {
		line := strings.IndexByte(s[from:], '\n') + 1
		if line == 0 {
			line = len(s) - from
		}
		end := bytes.IndexByte(data[at:], '\n')
		if end < 0 {
			end = len(data) - at
		}
		start := min(at+indent, at+end)
		if start+line-1 > len(data) || !bytes.HasPrefix(data[start:], []byte(strings.TrimSuffix(s[from:from+line], "\n"))) {
			return Text{}, false
		}
		out.parts = append(out.parts, part{from: from, at: Place{r.source, start, min(start+line, len(data))}, exact: true, spell: spellLine})
		from, at = from+line, at+end+1
	}
	return out, true
}

// doubleQuoted reads what stands between double quotes in one line.
func doubleQuoted(s, line string, at Place) (Text, bool) {
	out := Text{s: s}
	put, i := 0, 1
	for i < len(line) && line[i] != '"' {
		size, text := 1, line[i:i+1]
		exact := line[i] != '\\'
		if !exact {
			if i+1 == len(line) {
				return out, false
			}
			size, text = 2, line[i+1:i+2]
			switch text {
			case "n":
				text = "\n"
			case "t":
				text = "\t"
			case `"`, `\`, "/":
			default:
				return out, false
			}
		}
		if !strings.HasPrefix(s[put:], text) {
			return out, false
		}
		switch last := len(out.parts) - 1; {
		case exact && last >= 0 && out.parts[last].exact:
			out.parts[last].at.To++
		default:
			out.parts = append(out.parts, part{from: put, at: Place{at.Source, at.From + i, at.From + i + size}, exact: exact, spell: spellDoubleQuoted})
		}
		put, i = put+len(text), i+size
	}
	if len(out.parts) == 0 {
		out.parts = []part{{at: Place{at.Source, at.From + 1, at.From + 1}, exact: true, spell: spellDoubleQuoted}}
	}
	return out, put == len(s) && i < len(line)
}

func spellSingleQuoted(text string) (string, bool) {
	return strings.ReplaceAll(text, "'", "''"), oneLine(text)
}

func spellDoubleQuoted(text string) (string, bool) {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text), oneLine(text)
}

func spellLine(text string) (string, bool) { return text, oneLine(text) }

// spellPlain writes what YAML takes for nothing but text, wherever it stands.
func spellPlain(text string) (string, bool) {
	ok := text != "" && strings.IndexFunc(text, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune("[]{},#&*!|>'\"%@`:?", c)
	}) < 0
	return text, ok
}

func oneLine(text string) bool { return !strings.ContainsAny(text, "\r\n") }
