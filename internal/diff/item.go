package diff

import (
	"slices"
	"strconv"
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
	within syntax.Span // of a leaf, where its text stands
	parts  []item
	branch bool
	key    string // that tells whether the text is a secret
}

// leaf is an item without parts.
func leaf(name, text string, span syntax.Span) item {
	return item{name: name, text: text, span: span, within: span, key: name}
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

// named are the parts by their names.
func (it item) named() map[string]*item {
	parts := make(map[string]*item, len(it.parts))
	for i := range it.parts {
		parts[it.parts[i].name] = &it.parts[i]
	}
	return parts
}

// shown is the item of a file without secrets, in one line.
func (it item) shown(f *conf.File) string {
	if !it.branch {
		return f.Hide(it.key, it.text, it.within)
	}
	parts := make([]string, len(it.parts))
	for i, p := range it.parts {
		parts[i] = p.name + ": " + p.shown(f)
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
	as, bs := a.named(), b.named()
	for i := range a.parts {
		p := &a.parts[i]
		changes = append(changes, differences(join(path, p.name), p, bs[p.name], before, after)...)
	}
	for i := range b.parts {
		if p := &b.parts[i]; as[p.name] == nil {
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
	return &Value{Text: it.shown(f), File: file.Path, Line: at.Start.Line, Column: at.Start.Column}
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
		for i, itemName := range nodeNames(key, n) {
			parts[i] = nodeItem("["+itemName+"]", key, n.Items[i])
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

// nodeNames names the items of an array below a key: by their names where each has
// one of its own that is no secret, else by their places. An item that is put in
// front then moves no other.
func nodeNames(below string, array *syntax.Node) []string {
	names := make([]string, len(array.Items))
	for _, key := range []string{"name", "id"} {
		if schema.IsSecret(below) {
			break
		}
		seen := map[string]bool{}
		for i, x := range array.Items {
			if n, ok := x.Get(key); ok {
				names[i] = n.Text
				seen[n.Text] = true
			}
		}
		if len(seen) == len(array.Items) {
			return names
		}
	}
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}
