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

	"github.com/implycheck/implycheck/conf"
)

// Formats are the formats of Export.
func Formats() []string { return []string{"cue", "json", "yaml"} }

// Export writes what a policy sees of a tree, every known default included. Of
// several services of one name it shows the first.
func Export(t *conf.Tree, deployment, name string) ([]byte, error) {
	root := Views(t, deployment, func(string) bool { return true })[0].root()
	switch name {
	case "json":
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err := e.Encode(root)
		return b.Bytes(), err
	case "yaml":
		var b bytes.Buffer
		e := yaml.NewEncoder(&b)
		e.SetIndent(2)
		err := e.Encode(root)
		return b.Bytes(), err
	case "cue":
		node := newContext().Encode(root).Syntax(cue.Final())
		if s, ok := node.(*ast.StructLit); ok {
			node = &ast.File{Decls: s.Elts}
		}
		return format.Node(node, format.Simplify())
	}
	return nil, fmt.Errorf("unknown %q: write one of %s", name, strings.Join(Formats(), ", "))
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
