package policy

import (
	"math"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/schema"
)

// typed reads a value as its property's type says: numbers and sizes become
// int64, booleans bool, JSON lists and objects structures. What does not read so
// stays the text it is, and then a policy that asks for a number refuses it.
// Secrets are hidden: what a policy sees may be printed. A password provider is
// none, so that a policy can demand one.
func typed(m *mask.Masker, v conf.Value, r schema.Release) any {
	text := v.Text
	if shown := m.Value(v.Key, v.Text); shown != text {
		if node := syntax.ParseJSONValue(shown); node != nil {
			return structure(node)
		}
		return shown
	}
	kind := schema.Any
	if p, ok := schema.Lookup(v.Key); ok {
		kind = p.TypeIn(r)
	}
	switch {
	case kind.IsNumber() || kind == schema.Any:
		if n, ok := v.Int64(); ok {
			return n
		}
	case kind == schema.Double:
		if x, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil && !math.IsNaN(x) && !math.IsInf(x, 0) {
			return x
		}
	}
	if kind == schema.Bool || kind == schema.Any {
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true":
			return true
		case "false":
			return false
		}
	}
	if node := v.JSON(); node != nil && (kind.IsList() || kind == schema.Object || kind == schema.Any) {
		return structure(node)
	}
	return text
}

// structure is a JSON value.
func structure(n *syntax.Node) any {
	switch n.Kind {
	case syntax.Bool:
		return n.Text == "true"
	case syntax.Number:
		if i, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
			return i
		}
		if x, err := strconv.ParseFloat(n.Text, 64); err == nil {
			return x
		}
	case syntax.String:
		return n.Text
	case syntax.Array:
		items := make([]any, 0, len(n.Items))
		for _, item := range n.Items {
			items = append(items, structure(item))
		}
		return items
	case syntax.Object:
		members := map[string]any{}
		for _, m := range n.Members {
			members[m.Key] = structure(m.Value)
		}
		return members
	case syntax.Null:
		return nil
	}
	return n.Text
}
