package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// item is a part of a file of any format: a leaf with a text, or a branch with
// parts of its own, which are found by name.
type item struct {
	name   string
	text   string
	normal string // of a leaf, for comparison; text if empty
	span   syntax.Span
	parts  []item
	branch bool
	key    string // that tells whether the text is a secret
}

// leaf is an item without parts.
func leaf(name, text string, span syntax.Span) item {
	return item{name: name, text: text, span: span, key: name}
}

// branch is an item with parts. Of parts of one name the last one counts.
func branch(name string, span syntax.Span, parts []item) item {
	last := map[string]int{}
	for i, p := range parts {
		last[p.name] = i
	}
	i := -1
	parts = slices.DeleteFunc(parts, func(p item) bool { i++; return last[p.name] != i })
	return item{name: name, span: span, parts: parts, branch: true}
}

func (it item) part(name string) *item {
	for i := range it.parts {
		if it.parts[i].name == name {
			return &it.parts[i]
		}
	}
	return nil
}

// shown is the item without secrets, in one line.
func (it item) shown() string {
	if !it.branch {
		return conf.Masker().Value(it.key, it.text)
	}
	parts := make([]string, len(it.parts))
	for i, p := range it.parts {
		parts[i] = p.name + ": " + p.shown()
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (it item) same(other item) bool {
	a, b := it.normal, other.normal
	if a == "" {
		a = it.text
	}
	if b == "" {
		b = other.text
	}
	return a == b
}

// differences compares two items. What only one side has is one change, however
// much is in it.
func differences(path string, a, b *item, before, after *conf.File) []Change {
	c := Change{Key: path, Kind: Changed}
	switch {
	case a == nil:
		c.Kind = Added
	case b == nil:
		c.Kind = Removed
	case a.branch && b.branch:
		return inside(path, a, b, before, after)
	case a.branch == b.branch && a.same(*b):
		return nil
	}
	c.Before, c.After = a.value(before), b.value(after)
	c.Secret = c.Kind == Changed && c.Before.Text == c.After.Text
	return []Change{c}
}

func inside(path string, a, b *item, before, after *conf.File) []Change {
	var changes []Change
	for i := range a.parts {
		p := &a.parts[i]
		changes = append(changes, differences(join(path, p.name), p, b.part(p.name), before, after)...)
	}
	for i := range b.parts {
		if p := &b.parts[i]; a.part(p.name) == nil {
			changes = append(changes, differences(join(path, p.name), nil, p, before, after)...)
		}
	}
	return changes
}

func join(path, name string) string {
	if path == "" || strings.HasPrefix(name, "[") {
		return path + name
	}
	return path + "." + name
}

func (it *item) value(f *conf.File) *Value {
	if it == nil {
		return nil
	}
	file, at, _ := f.At(it.span)
	return &Value{Text: it.shown(), File: file.Path, Line: at.Start.Line, Column: at.Start.Column}
}

// nodeItem reads a value of JSON or YAML, which stands below a key.
func nodeItem(name, key string, n *syntax.Node) item {
	switch n.Kind {
	case syntax.Object:
		parts := make([]item, len(n.Members))
		for i, m := range n.Members {
			inner := m.Key
			if schema.IsSecret(key) {
				inner = key // secrets: {db: x}
			}
			parts[i] = nodeItem(m.Key, inner, m.Value)
		}
		return branch(name, n.Span, parts)
	case syntax.Array:
		parts := make([]item, len(n.Items))
		for i, x := range n.Items {
			parts[i] = nodeItem(fmt.Sprintf("[%s]", nodeName(n, i)), key, x)
		}
		return branch(name, n.Span, parts)
	case syntax.String:
		it := leaf(name, n.Text, n.Span)
		it.key, it.normal = key, "text "+n.Text // "8" is not 8
		return it
	case syntax.Null, syntax.Bool, syntax.Number:
	}
	it := leaf(name, n.Text, n.Span)
	it.key = key
	return it
}

// nodeName names an item of an array: by its name where each item has one of its
// own, else by its place. An item that is put in front then moves no other.
func nodeName(array *syntax.Node, i int) string {
	for _, key := range []string{"name", "id"} {
		seen := map[string]bool{}
		for _, x := range array.Items {
			if n, ok := x.Get(key); ok {
				seen[n.Text] = true
			}
		}
		if len(seen) == len(array.Items) {
			n, _ := array.Items[i].Get(key)
			return n.Text
		}
	}
	return fmt.Sprint(i)
}
