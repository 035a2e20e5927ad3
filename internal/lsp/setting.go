package lsp

import (
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
)

// setting is a place of a file that sets a key, in any form.
type setting struct {
	conf.Value
	tree *conf.Tree
	// key and text are where the two are written.
	key, text syntax.Span
}

// flag is a place of a file that has an argument of java which sets no key.
type flag struct {
	syntax.Flag
	service *conf.Service
	at      syntax.Span
}

// written is what is set in one file.
type written struct {
	settings []setting
	flags    []flag
}

// of is what is set in a file. It is found out once a run, for all files.
func (shot *snapshot) of(name string) *written {
	if shot.written == nil {
		shot.written = map[string]*written{}
		for _, t := range shot.trees {
			for _, f := range t.Files {
				shot.note(t, f)
			}
		}
	}
	if w := shot.written[name]; w != nil {
		return w
	}
	return &written{}
}

func (shot *snapshot) note(t *conf.Tree, f *conf.File) {
	in := func(file *conf.File) *written {
		name := pathOfFile(file.Path)
		if shot.written[name] == nil {
			shot.written[name] = &written{}
		}
		return shot.written[name]
	}
	for _, v := range f.Values(t) {
		file, key, stock := v.File.At(v.Span)
		if stock {
			continue
		}
		_, text, _ := v.File.At(v.ValueSpan)
		w := in(file)
		w.settings = append(w.settings, setting{v, t, key, text})
	}
	if f.Kind != conf.JVMConfig {
		return
	}
	for _, one := range f.Flags {
		if file, at, stock := f.At(one.Span); !stock && one.Kind != syntax.SystemProperty {
			w := in(file)
			w.flags = append(w.flags, flag{one, serviceOf(t, f), at})
		}
	}
}

// serviceOf is the process that a jvm.config is for, nil if it is nobody's.
func serviceOf(t *conf.Tree, f *conf.File) *conf.Service {
	i := slices.IndexFunc(t.Services, func(s *conf.Service) bool { return s.JVM == f })
	if i < 0 {
		return nil
	}
	return t.Services[i]
}

// treeOf is the tree that a file belongs to; of several the first. A file that is
// none's belongs to the only tree there is.
func (shot *snapshot) treeOf(name string) *conf.Tree {
	for _, t := range shot.trees {
		if slices.ContainsFunc(t.Files, func(f *conf.File) bool { return !f.Made() && pathOfFile(f.Path) == name }) {
			return t
		}
	}
	if len(shot.trees) == 1 {
		return shot.trees[0]
	}
	return nil
}

func within(span syntax.Span, offset int) bool {
	return span.Start.Line > 0 && span.Start.Offset <= offset && offset <= span.End.Offset
}

// settingAt is the setting whose key or value is at a byte of a file.
func (shot *snapshot) settingAt(name string, offset int) (setting, bool) {
	for _, one := range shot.of(name).settings {
		if within(one.key, offset) || within(one.text, offset) {
			return one, true
		}
	}
	return setting{}, false
}

// asked is what a request is about.
type asked struct {
	*snapshot
	document *document
	text     lined
	offset   int
}

// about is what a request is about; false where there is nothing to say of it.
func (s *server) about(p documentParams) (asked, bool) {
	d := s.documentOf(p.TextDocument.URI)
	if d == nil {
		return asked{}, false
	}
	u := s.owner(d.path)
	if u == nil || u.snapshot == nil {
		return asked{}, false
	}
	t := newText(d.data)
	return asked{u.snapshot, d, t, t.offset(p.Position)}, true
}

// aboutSetting is what a request is about, and the setting at its place.
func (s *server) aboutSetting(p documentParams) (a asked, one setting, ok bool) {
	if a, ok = s.about(p); ok {
		one, ok = a.settingAt(a.document.path, a.offset)
	}
	return a, one, ok
}
