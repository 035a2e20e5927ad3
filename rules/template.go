package rules

import (
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
)

var treeIsTemplate = &Rule{
	ID: "tree-is-template", Severity: finding.Info, Area: Syntax,
	Title:  "Files that a tool has yet to fill in.",
	Why:    "What Ansible, Chef, Puppet, Helm or a script puts in place of an expression is not known here, and neither is which branch of a condition it takes.",
	Effect: "None: expressions pass every check, and only what is written in full is judged.",
	Fix:    "To have everything checked, lint what the tool makes of them.",
	Source: "The tools' own notations: {{ }} and {% %} (Jinja, Go templates), <% %> (ERB), #{} (Ruby), __X__ and -XmxX_Y (sed)",
	Check: func(p *Pass) {
		var found *finding.Finding
		for _, f := range p.Tree.Files {
			at, ok := templateIn(f)
			switch {
			case !ok:
			case found == nil:
				found = p.Report(at, "this tree is a template: what its expressions stand for is not judged")
				if len(p.Tree.Filled()) > 0 {
					found.Message = "this tree is a template: only expressions whose value is in a role of Ansible here are judged"
				}
			default:
				relate(found, In(f), "a template too")
			}
		}
	},
}

// templateIn is the first sign in a file that a tool has yet to fill it in.
func templateIn(f *conf.File) (Place, bool) {
	if f.Template != nil {
		return At(f, f.Template.At), true
	}
	for _, flag := range f.Flags {
		if capitals.MatchString(flag.Text) {
			return At(f, flag.Span), true
		}
	}
	if f.Properties == nil {
		return Place{}, false
	}
	for i := range f.Properties.Entries {
		e := &f.Properties.Entries[i]
		if token, ok := syntax.FindPlaceholder(e.Value); ok && isExpression(f, token) {
			return valueOf(f, e), true
		}
	}
	return Place{}, false
}

// isExpression reports whether a tool replaces a placeholder, as tree-is-template
// says.
func isExpression(f *conf.File, token string) bool {
	return strings.HasPrefix(token, "__") || f.IsTemplate() && (strings.ContainsAny(token[:1], "{#$") || strings.HasPrefix(token, "<%"))
}
