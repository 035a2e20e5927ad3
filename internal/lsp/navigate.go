package lsp

import (
	"cmp"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/effective"
)

// definition leads from a line to the one that overrides it, and from the line that
// counts to the one that it overrides; from the name of a service to the process
// that has it.
func (s *server) definition(p documentParams) any {
	a, one, ok := s.aboutSetting(p)
	if !ok {
		return nil
	}
	list := []location{}
	if isServiceName(one.Key) && one.Key != ownName && within(one.text, a.offset) {
		for _, other := range a.named(one) {
			if other.Key == ownName {
				list = append(list, a.at(s, other))
			}
		}
		return list
	}
	for _, process := range effective.Of(one.tree, effective.Options{}) {
		v, ok := process.Get(one.Key)
		if !ok {
			continue
		}
		chain := append([]effective.Origin{v.Origin}, v.Overridden...)
		here := slices.IndexFunc(chain, func(o effective.Origin) bool {
			return pathOfFile(o.File) == a.document.path && o.Line == one.key.Start.Line
		})
		next := max(here-1, 0)
		if here == 0 {
			next = 1
		}
		if here >= 0 && next < len(chain) && chain[next].File != "" {
			list = append(list, a.place(s, chain[next].File, chain[next].Line, chain[next].Column))
		}
	}
	return unique(list)
}

// references are all lines of the tree that set the key, or that have the name of
// the service.
func (s *server) references(p documentParams) any {
	a, one, ok := s.aboutSetting(p)
	if !ok {
		return nil
	}
	list := []location{}
	if isServiceName(one.Key) && within(one.text, a.offset) {
		for _, other := range a.named(one) {
			list = append(list, a.at(s, other))
		}
		return unique(list)
	}
	for _, other := range a.all(one) {
		if other.Key == one.Key {
			list = append(list, a.at(s, other))
		}
	}
	return unique(list)
}

// ownName is what a process calls itself.
const ownName = "druid.service"

// isServiceName reports whether the values of a key are names of services.
func isServiceName(key string) bool {
	return key == ownName || strings.HasSuffix(strings.ToLower(key), "servicename")
}

// named are the settings with the same name of a service. Druid takes / and : for
// the same there.
func (a asked) named(one setting) (list []setting) {
	plain := func(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "/", ":") }
	for _, other := range a.all(one) {
		if isServiceName(other.Key) && plain(other.Text) == plain(one.Text) {
			list = append(list, other)
		}
	}
	return list
}

// all are the settings of a setting's tree.
func (a asked) all(one setting) (list []setting) {
	for _, f := range one.tree.Files {
		if f.Made() {
			continue
		}
		for _, other := range a.of(pathOfFile(f.Path)).settings {
			if other.tree == one.tree {
				list = append(list, other)
			}
		}
	}
	return list
}

// at is where a setting is written.
func (a asked) at(s *server, one setting) location {
	file, _, _ := one.File.At(one.Span)
	name := pathOfFile(file.Path)
	l := location{URI: s.uri(name)}
	if t, ok := a.snapshot.text(name); ok {
		l.Range = t.textRange(one.key.Start.Offset, one.key.End.Offset)
	}
	return l
}

// unique are the places in the order of files and lines, each once.
func unique(list []location) []location {
	slices.SortFunc(list, func(a, b location) int {
		return cmp.Or(strings.Compare(a.URI, b.URI), cmp.Compare(a.Range.Start.Line, b.Range.Start.Line), cmp.Compare(a.Range.Start.Character, b.Range.Start.Character))
	})
	return slices.Compact(list)
}
