package effective

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
)

// encoder writes JSON in one way only: no blanks, and of members of one name the
// last, as Jackson takes it.
type encoder struct {
	sorted bool // the members of objects
}

func (e encoder) text(n *syntax.Node) string {
	switch n.Kind {
	case syntax.Array:
		return "[" + strings.Join(e.items(n), ",") + "]"
	case syntax.Object:
		return "{" + strings.Join(e.members(n), ",") + "}"
	case syntax.String:
		return quoted(n.Text)
	case syntax.Number:
		return number64(n.Text)
	case syntax.Null, syntax.Bool:
	}
	return n.Text
}

// set writes an array whose order means nothing, each item once.
func (e encoder) set(n *syntax.Node) string {
	items := e.items(n)
	slices.Sort(items)
	return "[" + strings.Join(slices.Compact(items), ",") + "]"
}

func (e encoder) items(n *syntax.Node) []string {
	items := make([]string, len(n.Items))
	for i, item := range n.Items {
		items[i] = e.text(item)
	}
	return items
}

func (e encoder) members(n *syntax.Node) []string {
	var list []string
	for i, m := range n.Members {
		overridden := slices.ContainsFunc(n.Members[i+1:], func(later syntax.Member) bool { return later.Key == m.Key })
		if !overridden {
			list = append(list, quoted(m.Key)+":"+e.text(m.Value))
		}
	}
	if e.sorted {
		slices.Sort(list)
	}
	return list
}

func quoted(text string) string {
	data, _ := json.Marshal(text) // a string always can be
	return string(data)
}

// number64 writes 1.0, 1e0 and 1 as one.
func number64(text string) string {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return strconv.FormatInt(n, 10)
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return text
}
