package conf

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
)

// Elsewhere reports whether a command of a supervise file is given another conf
// folder than the tree's own.
func (t *Tree) Elsewhere(c syntax.Command) bool {
	return c.ConfDir != nil && confFolder(c.ConfDir.Text) != t.startedAs
}

// startedAs is the conf folder that the tree's supervise commands mean by this
// tree: the one that most of them name, and no other tree's. What the folder is
// called here, own, says nothing by itself, since copies are called otherwise; it does
// where another tree is called what most of them name. folders are those of all trees
// that were found, sorted.
func startedAs(files []*File, folders []string, own string) string {
	times, best := map[string]int{}, ""
	for _, f := range files {
		if f.Supervise == nil {
			continue
		}
		for _, c := range f.Supervise.Commands {
			if c.ConfDir == nil {
				continue
			}
			dir := confFolder(c.ConfDir.Text)
			times[dir]++
			switch {
			case isOther(f, dir, folders):
			case best == "", times[dir] > times[best], times[dir] == times[best] && dir < best:
				best = dir
			}
		}
	}
	called := func(folder string) bool { return path.Base(confFolder(folder)) == best }
	if times[own] > 0 && slices.ContainsFunc(folders, called) {
		return own
	}
	return best
}

// confFolder is conf for conf/druid/cluster/query, as a launcher in the root of
// the distribution is told where to look.
func confFolder(arg string) string {
	folder, _, _ := strings.Cut(path.Clean(arg)+"/", "/druid/")
	return strings.TrimSuffix(folder, "/")
}

// isOther reports whether a conf folder, seen from the root of the distribution
// that holds the supervise file's own, holds another tree.
func isOther(f *File, dir string, folders []string) bool {
	own, _, ok := strings.Cut("/"+f.rel, "/supervise/")
	if !ok || own == "" {
		return false // the scanned path is the conf folder itself: nothing beside it is known
	}
	own = own[1:]
	if dir = path.Join(path.Dir(own), dir); dir == own {
		return false
	}
	_, itself := slices.BinarySearch(folders, dir)
	i, _ := slices.BinarySearch(folders, dir+"/")
	return itself || i < len(folders) && strings.HasPrefix(folders[i], dir+"/")
}
