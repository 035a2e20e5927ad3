package rules

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// This file knows which extensions the processes of a tree load, and whether all
// of them are known: one of somebody's own reads keys and offers choices that no
// release has.

const (
	loadListKey     = "druid.extensions.loadList"
	extensionDirKey = "druid.extensions.directory"
)

// loaded are the extensions that a process loads, by the names of their
// folders; false if that is not known. Tasks load those of their MiddleManager.
func loaded(s *conf.Service) ([]string, conf.Value, bool) {
	v := s.Get(loadListKey)
	names, known := loadedNames(s.Tree(), v)
	return names, v, known
}

// loadedNames are the names in a load list, where it is known: that of an image is where
// no file but those of the tree is likely to set another one.
func loadedNames(t *conf.Tree, list conf.Value) ([]string, bool) {
	names, ok := list.Strings()
	if !list.Set || !list.Known() || !ok || (t.Partial() || t.Form == form.Variables) && list.Stock() {
		return nil, false
	}
	for i, name := range names {
		names[i] = path.Base(name) // a path is allowed too
	}
	return names, true
}

// someForeign reports whether a process of the tree may load an extension that the
// schema does not know: a name that no release has, a list that a tool has yet to
// write, or a folder of one's own.
func (p *Pass) someForeign() bool {
	if p.near.foreign == nil {
		p.near.foreign = sync.OnceValue(func() bool {
			return p.ownExtensionDir() || slices.ContainsFunc(p.settings, func(s Setting) bool {
				return s.Key == loadListKey && (!s.Known() || slices.ContainsFunc(listItems(s), p.foreign))
			})
		})
	}
	return p.near.foreign()
}

// foreign reports whether an item of a load list is an extension that nobody but
// its makers knows. What is nearly a known name is a slip of the finger.
func (p *Pass) foreign(item *syntax.Node) bool {
	name := path.Base(item.Text)
	if e, ok := schema.LookupExtension(name); ok {
		return e.Vendor != ""
	}
	near, looked := p.nearExtension(name)
	return item.Text != "" && looked && near == ""
}

// listItems are the names in a load list, if the setting is one.
func listItems(s Setting) []*syntax.Node {
	array := s.JSON()
	if s.Key != loadListKey || array == nil || array.Kind != syntax.Array {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(array.Items), func(item *syntax.Node) bool { return item.Kind != syntax.String })
}

// appended is the text of a load list with one more extension; false if the
// file does not have the list as it is read.
func appended(list conf.Value, extension string) (string, bool) {
	if list.JVM || list.Entry == nil || list.Entry.RawValue != list.Text {
		return "", false
	}
	end := strings.LastIndexByte(list.Text, ']')
	if end < 0 {
		return "", false
	}
	head := strings.TrimRight(list.Text[:end], " ")
	if !strings.HasSuffix(head, "[") {
		head += ", "
	}
	return head + `"` + extension + `"` + list.Text[end:], true
}

// listed calls do for each extension that some load list names.
func (p *Pass) listed(do func(s Setting, item *syntax.Node)) {
	for _, s := range p.settings {
		for _, item := range listItems(s) {
			do(s, item)
		}
	}
}

// itemAt is the place of one item of a list.
func itemAt(s Setting, item *syntax.Node) Place {
	return valueAt(s.Value, item.Span.Start.Offset, item.Span.End.Offset)
}

// hasExtension reports whether the distribution around the tree holds it.
func (p *Pass) hasExtension(name string) bool {
	return p.Tree.HasExtensions && slices.Contains(p.Tree.Extensions, name)
}

// extensionNames are the extensions that the release has.
func (p *Pass) extensionNames() []string {
	if p.near.names == nil {
		for _, e := range schema.Extensions() {
			if e.ExistsIn(p.Release()) {
				p.near.names = append(p.near.names, e.Name)
			}
		}
	}
	return p.near.names
}

// ownExtensionDir reports whether extensions are loaded from another folder
// than the one that comes with a distribution.
func (p *Pass) ownExtensionDir() bool {
	v := p.shared(extensionDirKey)
	return v.Set && !strings.HasSuffix(path.Clean(v.Text), "extensions")
}
