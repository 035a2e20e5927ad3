package policy

import (
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
)

// names are the texts in a policy, the keys it speaks of among them. A process
// has hundreds of defaults, and only these can matter to it: patterns speak of
// what is set.
func names(files []*ast.File) []string {
	var list []string
	for _, file := range files {
		ast.Walk(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok {
				if name, err := literal.Unquote(lit.Value); err == nil {
					list = append(list, name)
				}
			}
			return true
		}, nil)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
