package conf

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// Fill is where a value of a template is that of a variable, which stands elsewhere.
type Fill struct {
	// Span is that of the value in the template.
	Span syntax.Span
	Name string
	At   Place
}

// Fills are the values of a template that are known from somewhere else.
func (f *File) Fills() []Fill { return f.fills }

// Filled are the files of the tree that have such values.
func (t *Tree) Filled() (list []*File) {
	for _, f := range t.Files {
		if len(f.fills) > 0 {
			list = append(list, f)
		}
	}
	return list
}

// findAnsible looks for variables of Ansible where there are templates. What a folder
// without roles has is not looked at.
func (l *listing) findAnsible(clusters []*cluster) {
	hasTemplates := slices.ContainsFunc(clusters, func(c *cluster) bool {
		return slices.ContainsFunc(c.files, func(e entry) bool { _, ok := form.RoleOf(e.path); return ok })
	})
	if !hasTemplates || len(l.maybe) == 0 {
		return
	}
	l.maybe = append(l.maybe, l.variables...)
	slices.SortFunc(l.maybe, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	var names []string
	for _, e := range l.maybe {
		if form.IsYAML(e.path) || form.HoldsVariables(path.Split(e.path)) {
			names = append(names, e.path)
		}
	}
	files := map[string]*form.Source{}
	l.ansible = form.NewAnsible(names, func(file string) (*form.Source, error) { return l.formFile(files, file) })
}

// fillTemplates puts the values of variables into the templates of the tree.
func (s *Source) fillTemplates(t *Tree) {
	if s.found.ansible == nil {
		return
	}
	filler := filler{source: s, sources: map[*form.Source]*File{}}
	for _, f := range t.Files {
		if f.Template == nil || f.Made() || f.Problem != "" {
			continue
		}
		filler.file, filler.locals = f, form.Locals(f.Data)
		if f.Properties != nil {
			filler.properties()
		}
		if f.Args != nil {
			filler.args()
		}
	}
	for _, f := range filler.sources {
		t.Files = append(t.Files, f)
	}
	slices.SortStableFunc(t.Files, func(a, b *File) int { return cmp.Compare(a.Path, b.Path) })
}

// filler fills the templates of one tree.
type filler struct {
	source  *Source
	sources map[*form.Source]*File
	file    *File
	locals  map[string]bool
}

// fill is the value of a text of the template at a place. What is known of it has to be
// plain, for it is read as it is; a secret, and what is an example only, stay unknown, and
// so does what is empty: an inventory sets it, or the template leaves the line out.
func (x *filler) fill(key, text string, span syntax.Span) (string, bool) {
	if !strings.Contains(text, "{{") || schema.IsSecret(key) {
		return "", false
	}
	filled, from, ok := x.source.found.ansible.Fill(x.file.rel, text, x.locals)
	if !ok || filled == "" || strings.ContainsAny(filled, "\\\r\n") || syntax.HasPlaceholder(filled) {
		return "", false
	}
	for _, v := range from {
		x.file.fills = append(x.file.fills, Fill{span, v.Text, x.place(v.Place)})
	}
	return filled, true
}

// place is that of a variable, in a file that becomes one of the tree.
func (x *filler) place(p form.Place) Place {
	f := x.sources[p.Source]
	if f == nil {
		f = &File{Path: x.source.shown(p.Source.Path), Kind: Written, Data: p.Source.Data, rel: p.Source.Path}
		x.sources[p.Source] = f
	}
	return Place{File: f, Span: f.index().Span(p.From, p.To)}
}

// properties fills the values of a file that is set once.
func (x *filler) properties() {
	count := map[string]int{}
	for i := range x.file.Properties.Entries {
		count[x.file.Properties.Entries[i].Key]++
	}
	for i := range x.file.Properties.Entries {
		e := &x.file.Properties.Entries[i]
		if count[e.Key] > 1 || e.RawValue != e.Value {
			continue
		}
		if value, ok := x.fill(e.Key, e.Value, e.ValueSpan); ok {
			e.Fill(value)
		}
	}
	if x.file.Zoo != nil {
		x.file.Zoo = syntax.ParseZoo(x.file.Properties)
	}
}

// args fills the words of a command line.
func (x *filler) args() {
	filled := false
	for i := range x.file.Args.Words {
		w := &x.file.Args.Words[i]
		text := string(x.file.Data[w.Span.Start.Offset:w.Span.End.Offset])
		name, _, _ := strings.Cut(strings.TrimPrefix(text, "-D"), "=")
		if value, ok := x.fill(name, text, w.Span); ok && !strings.ContainsAny(value, " \t'\"#") {
			w.Text, filled = value, true
		}
	}
	if filled {
		x.file.readFlags()
	}
}
