package conf

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Limits of what is looked at through links: a few of them can show one file any
// number of times.
const (
	maxLinked      = 100_000
	maxLinkedBytes = 64 << 20
)

// follow looks at what links lead to, in the order of their paths.
func (w *walker) follow() {
	if len(w.links) == 0 {
		return
	}
	real := RealPath(w.name)
	w.linking, w.idle, w.most = true, nil, min(maxEntries, w.seen.Load()+maxLinked)
	for len(w.links) > 0 {
		links := w.links
		w.links = nil
		slices.SortFunc(links, func(a, b *folder) int { return strings.Compare(a.path, b.path) })
		for _, link := range links {
			if w.ctx.Err() != nil {
				return
			}
			if w.seen.Load() > w.most || w.linkedBytes > maxLinkedBytes {
				w.problem(link.path, fmt.Sprintf("is a link that was not followed, as %d others: links show what there is too many times", len(links)))
				return
			}
			w.link(link, real)
		}
	}
}

// link looks at what a link leads to, if that lies below the folder real. What
// lies elsewhere is not part of any tree.
func (w *walker) link(link *folder, real string) {
	target, err := filepath.EvalSymlinks(filepath.Join(real, filepath.FromSlash(link.real)))
	if err != nil {
		if interesting(link.path) || path.Ext(link.path) == "" {
			w.problem(link.path, "is a link that leads nowhere")
		}
		return
	}
	rel, inside := relative(real, target)
	if !inside {
		if interesting(link.path) || interestingDir(link.path) {
			w.problem(link.path, "is a link that leads out of the tree and was not followed")
		}
		return
	}
	for f := link.in; f != nil; f = f.in {
		if rel == "." || f.real == rel || strings.HasPrefix(f.real, rel+"/") {
			w.problem(link.path, "is a link to a folder it lies in")
			return
		}
	}
	info, err := w.top.root.Stat(rel)
	if err != nil {
		w.problem(link.path, "is a link that leads nowhere")
		return
	}
	link.real, link.from, link.name = rel, w.top, rel
	if !info.IsDir() {
		w.file(path.Dir(link.path), link.path, rel, info.Mode().Type())
	} else if w.enter(link) != nil {
		w.folder(link)
	}
}
