package form

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// isOn reports whether a switch of the values is on.
func isOn(n *Node) bool { return n != nil && n.Kind == Scalar && printed(n) == "true" }

// maxPrinted bounds the text of a list or a map, of which aliases can make any length.
const maxPrinted = 1 << 16

// printed is a value as a template prints it that quotes it. To Helm every number is
// a floating-point number.
func printed(n *Node) string {
	if n.Kind == Scalar {
		return printedScalar(n)
	}
	left := maxPrinted
	return printedWithin(n, &left)
}

func printedWithin(n *Node, left *int) string {
	if *left--; *left < 0 {
		return "..."
	}
	var list []string
	switch n.Kind {
	case List:
		for _, item := range n.Items {
			list = append(list, printedWithin(item, left))
		}
		return "[" + strings.Join(list, " ") + "]"
	case Map:
		for _, m := range n.Members {
			list = append(list, m.Key.s+":"+printedWithin(m.Value, left))
		}
		slices.Sort(list)
		return "map[" + strings.Join(list, " ") + "]"
	}
	*left -= len(n.Text.s)
	return printedScalar(n)
}

func printedScalar(n *Node) string {
	if !n.isPlain() {
		return n.Text.s
	}
	switch n.Tag {
	case "!!null":
		return ""
	case "!!int", "!!float":
		switch v := n.Decoded().(type) {
		case int:
			return fmt.Sprint(float64(v))
		case int64:
			return fmt.Sprint(float64(v))
		case uint64:
			return fmt.Sprint(float64(v))
		case float64:
			return fmt.Sprint(v)
		}
	}
	switch strings.ToLower(n.Text.s) { // YAML 1.1, which Helm reads
	case "true", "yes", "on", "y":
		return "true"
	case "false", "no", "off", "n":
		return "false"
	}
	return n.Text.s
}

// isPlain reports whether a scalar is written without quotes, so that YAML guesses
// what it is.
func (n *Node) isPlain() bool { return n.node != nil && n.node.Style == 0 }

// quotedVars are the variables of a map whose values the template quotes.
func (h *helm) quotedVars(env *envReader, n *Node, unit string) {
	if n == nil {
		return
	}
	for _, m := range n.Members {
		value := printed(m.Value)
		if m.Value.Kind == Scalar && value == m.Value.Text.s {
			env.set(Var{Name: m.Key, Value: m.Value.Text})
			continue
		}
		text := m.Key.made(value)
		if m.Value.Kind == Scalar {
			text = m.Value.Text.made(value)
		}
		if m.Value.Kind != Scalar || strings.Contains(value, "e+") || strings.Contains(value, "e-") {
			h.note(Fact{Kind: Reformatted, At: text.Place(), Service: unit, Name: m.Key.s, Detail: value})
		}
		env.set(Var{Name: m.Key, Value: text})
	}
}

// rawVars are those of a map that goes into a ConfigMap as it is, whose values have
// to be text.
func (h *helm) rawVars(env *envReader, n *Node) {
	if n == nil {
		return
	}
	for _, m := range n.Members {
		if m.Value.Kind != Scalar {
			h.note(Fact{Kind: NoText, At: m.Key.Place(), Name: m.Key.s, Detail: "a list or a map"})
			continue
		}
		if kind := notText(m.Value); kind != "" {
			h.note(Fact{Kind: NoText, At: m.Value.At, Name: m.Key.s, Detail: kind})
		}
		env.set(Var{Name: m.Key, Value: m.Value.Text})
	}
}

// notText says what a scalar is to the API server that is no text, empty for text.
func notText(n *Node) string {
	if !n.isPlain() {
		return ""
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	}
	if text := printed(n); text != n.Text.s && (text == "true" || text == "false") {
		return "true or false"
	}
	return ""
}
