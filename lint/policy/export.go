package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/text"
)

// Formats are the formats of Export.
func Formats() []string { return []string{"cue", "json", "yaml"} }

// Export writes what a policy sees of a tree, every known default included. Of
// several services of one name it shows the first. What a terminal could obey is
// escaped, so that whoever reads it gets the same.
func Export(t *conf.Tree, deployment, name string) ([]byte, error) {
	root := Views(t, deployment, func(string) bool { return true })[0].root()
	switch name {
	case "json":
		data, err := encodeJSON(root, "  ")
		return append(data, '\n'), err
	case "yaml":
		return exportYAML(root)
	case "cue":
		return exportCUE(root)
	}
	return nil, fmt.Errorf("unknown %q: write one of %s", name, strings.Join(Formats(), ", "))
}

// encodeJSON writes a value without the escapes that are for HTML.
func encodeJSON(value any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	err := e.Encode(value)
	return text.VisibleJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), err
}

func exportYAML(root any) ([]byte, error) {
	var node yaml.Node
	if err := node.Encode(root); err != nil {
		return nil, err
	}
	quote(&node)
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := e.Encode(&node)
	return text.VisibleJSON(b.Bytes()), err
}

// quote puts every text that is not printable between double quotes, where YAML
// has the escapes of JSON.
func quote(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && !text.IsPrintable(n.Value) {
		n.Style = yaml.DoubleQuotedStyle
	}
	for _, inner := range n.Content {
		quote(inner)
	}
}

func exportCUE(root any) ([]byte, error) {
	node := newContext().Encode(root).Syntax(cue.Final())
	if s, ok := node.(*ast.StructLit); ok {
		node = &ast.File{Decls: s.Elts}
	}
	var err error
	ast.Walk(node, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if value, e := literal.Unquote(lit.Value); e == nil && !text.IsPrintable(value) {
				var quoted []byte
				if quoted, e = encodeJSON(value, ""); e != nil {
					err = e
				}
				lit.Value = string(quoted)
			}
		}
		return true
	}, nil)
	if err != nil {
		return nil, err
	}
	return format.Node(node, format.Simplify())
}

// root is what stands at the top of the data: the tree, and each service under
// its own name.
func (v *View) root() map[string]any {
	root := map[string]any{"tree": v.Tree}
	for name, values := range v.Services {
		root[name] = values
	}
	return root
}
