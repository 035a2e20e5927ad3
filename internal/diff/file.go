package diff

import (
	"bytes"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// filePair is a file before and after; one of them is nil where it is new or gone.
type filePair struct{ before, after *conf.File }

// files compares the files that no process of Druid gets its properties from.
func files(a, b *conf.Tree, processes []pair) []File {
	list := []File{}
	for _, p := range filePairs(a, b, processes) {
		f := File{Kind: Changed, Changes: []Change{}}
		switch {
		case p.before == nil:
			f.File, f.Kind = b.Within(p.after), Added
		case p.after == nil:
			f.File, f.Kind = a.Within(p.before), Removed
		default:
			f.File, f.Changes = b.Within(p.after), p.changes(a, b)
			if len(f.Changes) == 0 {
				continue
			}
		}
		list = append(list, f)
	}
	slices.SortStableFunc(list, func(f, g File) int { return strings.Compare(f.File, g.File) })
	return list
}

// filePairs finds the files that are the same: of one process, or of the same
// path below the tree, or the only ones of their kind.
func filePairs(a, b *conf.Tree, processes []pair) []filePair {
	owners := owned(processes)
	as, bs := others(a, owners), others(b, owners)
	var list []filePair
	match := func(keyOf func(t *conf.Tree, f *conf.File) any) {
		type key struct{ kind, of any }
		waiting, taken := map[key][]*conf.File{}, map[*conf.File]bool{}
		for _, g := range bs {
			k := key{g.Kind, keyOf(b, g)}
			waiting[k] = append(waiting[k], g)
		}
		as = slices.DeleteFunc(as, func(f *conf.File) bool {
			k := key{f.Kind, keyOf(a, f)}
			same := waiting[k]
			if k.of == nil || len(same) == 0 {
				return false
			}
			list = append(list, filePair{f, same[0]})
			waiting[k], taken[same[0]] = same[1:], true
			return true
		})
		bs = slices.DeleteFunc(bs, func(g *conf.File) bool { return taken[g] })
	}
	match(func(_ *conf.Tree, f *conf.File) any {
		if owner := owners[f]; owner != nil {
			return owner
		}
		return nil
	})
	match(func(t *conf.Tree, f *conf.File) any { return t.Within(f) })
	loneA, loneB := lone(as), lone(bs)
	match(func(_ *conf.Tree, f *conf.File) any {
		if loneA[f.Kind] == f || loneB[f.Kind] == f {
			return f.Base()
		}
		return nil
	})
	for _, f := range as {
		list = append(list, filePair{before: f})
	}
	for _, g := range bs {
		list = append(list, filePair{after: g})
	}
	return list
}

// lone are the files that are the only ones of their kind.
func lone(list []*conf.File) map[conf.Kind]*conf.File {
	files, count := map[conf.Kind]*conf.File{}, map[conf.Kind]int{}
	for _, f := range list {
		files[f.Kind] = f
		count[f.Kind]++
	}
	for kind, n := range count {
		if n > 1 {
			delete(files, kind)
		}
	}
	return files
}

// owned are the files in a process's own folder, but those of its properties.
func owned(processes []pair) map[*conf.File]*pair {
	owners := map[*conf.File]*pair{}
	for i := range processes {
		for _, p := range []*process{processes[i].a, processes[i].b} {
			if p != nil {
				owners[p.service.JVM], owners[p.service.Main] = &processes[i], &processes[i]
			}
		}
	}
	delete(owners, nil)
	return owners
}

// others are the files that are compared as files. Those of a process that is
// new or gone come and go with it.
func others(t *conf.Tree, owners map[*conf.File]*pair) []*conf.File {
	var list []*conf.File
	for _, f := range t.Files {
		properties := f.Kind == conf.CommonProperties || f.Kind == conf.RuntimeProperties
		owner := owners[f]
		if f.Kind == conf.Written || properties && len(t.Readers(f)) > 0 || owner != nil && (owner.a == nil || owner.b == nil) {
			continue
		}
		list = append(list, f)
	}
	return list
}

// changes compares two files of a kind.
func (p filePair) changes(a, b *conf.Tree) []Change {
	if p.before.Kind == conf.JVMConfig {
		if len(a.Readers(p.before)) > 0 && len(b.Readers(p.after)) > 0 {
			return nil // what the process gets is compared
		}
		return flags(p.before, p.after, true)
	}
	before, okBefore := read(p.before, a.Target.Release)
	after, okAfter := read(p.after, b.Target.Release)
	if okBefore && okAfter {
		return differences("", &before, &after, p.before, p.after)
	}
	if bytes.Equal(p.before.Data, p.after.Data) && p.before.Problem == p.after.Problem {
		return nil
	}
	return []Change{{
		Key: "file", Kind: Changed,
		Before: &Value{Text: state(p.before, okBefore), File: p.before.Path},
		After:  &Value{Text: state(p.after, okAfter), File: p.after.Path},
	}}
}

func state(f *conf.File, readable bool) string {
	switch {
	case readable:
		return "readable"
	case f.Template != nil && f.Problem == "":
		return "a template that is not filled in"
	}
	return "cannot be read: see implycheck lint"
}
