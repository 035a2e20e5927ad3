package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// unread are the files and folders that could be read on one side only, without
// those that are known to differ. A link that leads out of a tree in the place of
// a file is one: nobody knows what a process gets there, so it is a difference,
// even where what is left of its configuration means the same.
func unread(a, b *conf.Tree, known []File) []File {
	as, bs := problems(a), problems(b)
	said := map[string]bool{}
	for _, f := range known {
		said[f.File] = true
	}
	var list []File
	for _, path := range slices.Sorted(maps.Keys(merged(as, bs))) {
		if as[path] == bs[path] || said[path] {
			continue
		}
		list = append(list, File{File: path, Kind: Changed, Changes: []Change{{
			Key: "file", Kind: Changed, Before: &Value{Text: access(a, path, as[path])}, After: &Value{Text: access(b, path, bs[path])},
		}}})
	}
	return list
}

// problems are what could not be read of a tree, by its path in it.
func problems(t *conf.Tree) map[string]string {
	list := map[string]string{}
	for _, p := range t.Problems {
		path := strings.TrimPrefix(strings.TrimPrefix(p.Path, t.Path), "/")
		list[path] = p.Message
	}
	for _, f := range t.Files {
		if f.Problem != "" {
			list[t.Within(f)] = f.Problem
		}
	}
	return list
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// access says what becomes of a path on one side.
func access(t *conf.Tree, path, problem string) string {
	switch {
	case problem != "":
		return problem
	case slices.ContainsFunc(t.Files, func(f *conf.File) bool { return t.Within(f) == path || strings.HasPrefix(t.Within(f), path+"/") }):
		return "readable"
	}
	return "not there"
}
