package policy

import (
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
)

// wanted says which defaults a policy can see. All would do, but a process has
// hundreds, and a policy that names three need not pay for them.
type wanted struct {
	// all is set for a policy that walks over the keys.
	all   bool
	names map[string]bool
	// patterns are the clauses with a pattern among the keys.
	patterns []clause
}

func newWanted(files []*ast.File, clauses []clause) wanted {
	w := wanted{names: map[string]bool{}}
	for _, file := range files {
		ast.Walk(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if name, err := literal.Unquote(n.Value); err == nil {
					w.names[name] = true
				}
			case *ast.ForClause:
				w.all = true
			}
			return true
		}, nil)
	}
	for _, c := range clauses {
		if c.path[len(c.path)-1] != wild || len(c.path) == 2 && c.path[0] == "services" {
			continue
		}
		if c.pattern == nil {
			w.all = true
		}
		w.patterns = append(w.patterns, c)
	}
	return w
}

func (w wanted) has(key string) bool {
	return w.all || w.names[key] || slices.ContainsFunc(w.patterns, func(c clause) bool { return c.labels(key) })
}
