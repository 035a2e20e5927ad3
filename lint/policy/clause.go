package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/rules"
)

// rule is what an @rule attribute says.
type rule struct {
	ID       string
	Severity finding.Severity
	Message  string
}

// Plain is the rule of what has no @rule.
const Plain = "policy"

// Without an @rule, a finding is an error: who writes a policy wants to be
// stopped by it.
var plain = rule{ID: Plain, Severity: finding.Error}

// clause is one field of a policy: a constraint as it is written.
type clause struct {
	wish
	// path leads to it, wild stands for a pattern.
	path []string
	// pattern is the field's own pattern, nil if it has none.
	pattern    *regexp.Regexp
	start, end token.Pos
	field      *ast.Field
}

// wish is what a finding says of a clause.
type wish struct {
	Rule rule
	Text string
	// Forbids is set for _|_.
	Forbids bool
	// File is the number of the source, where the clause stands At.
	File int
	At   finding.Location
	// Keys leads to the clause, as path of clause does.
	Keys []string
}

const (
	// maxText bounds what is quoted of a clause: a struct holds the text of all
	// that is in it.
	maxText = 4096
	// maxMessage bounds what a policy may say with every finding.
	maxMessage = 1000
)

// wild is the label of a pattern in a path.
const wild = "*"

// clauses lists the fields of files, always in the same order.
func clauses(sources []source, files []*ast.File, ctx *cue.Context) ([]clause, error) {
	w := &walker{ctx: ctx, sources: sources}
	for i, file := range files {
		w.file = i
		w.decls(file.Decls, nil, plain)
	}
	return w.list, w.err
}

type walker struct {
	ctx     *cue.Context
	sources []source
	file    int
	list    []clause
	err     error
}

// decls visits fields below a path. What stands in comprehensions and in
// embedded structs belongs to the struct around it.
func (w *walker) decls(decls []ast.Decl, path []string, r rule) {
	for _, d := range decls {
		if a, ok := d.(*ast.Attribute); ok {
			r = w.rule(a, r)
		}
	}
	for _, d := range decls {
		switch d := d.(type) {
		case *ast.Field:
			w.field(d, path, r)
		case *ast.EmbedDecl:
			w.expr(d.Expr, path, r)
		case *ast.Comprehension:
			w.expr(d.Value, path, r)
		}
	}
}

func (w *walker) field(f *ast.Field, path []string, r rule) {
	for _, a := range f.Attrs {
		r = w.rule(a, r)
	}
	source := w.sources[w.file]
	c := clause{start: f.Pos(), end: f.Value.End(), field: f}
	c.Rule, c.File, c.At = r, w.file, source.location(c.start, c.end)
	name, isPattern := label(f.Label)
	if text, ok := strings.CutPrefix(name, "=~"); isPattern && ok {
		c.pattern, _ = regexp.Compile(text)
	}
	if isPattern {
		name = wild
	}
	c.path = append(slices.Clone(path), name)
	c.Keys = c.path
	_, c.Forbids = f.Value.(*ast.BottomLit)
	text := source.Data[f.Value.Pos().Offset():f.Value.End().Offset()]
	c.Text = strings.Join(strings.Fields(string(text[:min(len(text), maxText)])), " ")
	w.list = append(w.list, c)
	w.expr(f.Value, c.path, r)
}

func (w *walker) expr(e ast.Expr, path []string, r rule) {
	switch e := e.(type) {
	case *ast.StructLit:
		w.decls(e.Elts, path, r)
	case *ast.BinaryExpr:
		w.expr(e.X, path, r)
		w.expr(e.Y, path, r)
	case *ast.ParenExpr:
		w.expr(e.X, path, r)
	case *ast.CallExpr:
		for _, arg := range e.Args {
			w.expr(arg, path, r)
		}
	case *ast.Alias:
		w.expr(e.Expr, path, r)
	}
}

// label is a field's name, or its pattern: "=~" and the expression.
func label(l ast.Label) (name string, isPattern bool) {
	if a, ok := l.(*ast.Alias); ok {
		if inner, ok := a.Expr.(ast.Label); ok {
			l = inner
		}
	}
	if list, ok := l.(*ast.ListLit); ok {
		if len(list.Elts) == 1 {
			if u, ok := list.Elts[0].(*ast.UnaryExpr); ok && u.Op == token.MAT {
				if lit, ok := u.X.(*ast.BasicLit); ok {
					if text, err := literal.Unquote(lit.Value); err == nil {
						return "=~" + text, true
					}
				}
			}
		}
		return wild, true
	}
	if name, _, err := ast.LabelName(l); err == nil {
		return name, false
	}
	return wild, true
}

var ruleID = lazy.Regexp{Expr: `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`}

// rule reads an attribute; those that are not @rule are left alone.
func (w *walker) rule(a *ast.Attribute, r rule) rule {
	if name, _ := a.Split(); name != "rule" || w.err != nil {
		return r
	}
	attr := w.ctx.CompileString("x: _ " + a.Text).LookupPath(cue.ParsePath("x")).Attribute("rule")
	fail := func(format string, args ...interface{}) {
		w.err = &mistake{position(a.Pos()), "@rule: " + fmt.Sprintf(format, args...)}
	}
	r = plain
	for i := range attr.NumArgs() {
		key, value := attr.Arg(i)
		switch {
		case i == 0 && value == "":
			r.ID = key
			if _, taken := rules.Lookup(key); taken {
				fail("%s is a rule of implycheck: give yours another name", key)
			} else if !ruleID.MatchString(key) {
				fail("%q is not a name for a rule: write lower-case words with hyphens, as in threads-few", key)
			}
		case key == "severity":
			severity, err := finding.ParseSeverity(value)
			if err != nil {
				fail("%v", err)
			}
			r.Severity = severity
		case key == "message":
			if r.Message = value; len(value) > maxMessage {
				fail("the message has more than %d characters", maxMessage)
			}
		default:
			fail("unknown %q: write @rule(id, severity=warning, message=\"...\")", key)
		}
	}
	if attr.Err() != nil {
		fail("%v", attr.Err())
	}
	return r
}
