package conf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Limits keep a search bounded whatever it is pointed at.
const (
	// maxEntries bounds the files and folders looked at below one path.
	maxEntries = 2_000_000
	// maxFolders bounds how deep folders are followed.
	maxFolders = 40
	// maxLinked and maxLinkedBytes bound what is looked at through links: a few
	// links can show one file any number of times.
	maxLinked      = 100_000
	maxLinkedBytes = 64 << 20
)

// walker finds the configuration below a folder. It opens nothing but folders,
// each through the one that it lies in, which no link leaves.
type walker struct {
	*listing
	ctx  context.Context
	name string // the folder, as it was given
	real string // the same without links
	top  *folder

	linked      int
	linkedBytes int64
	enough      bool // more was linked than is looked at
}

// folder is one that is looked at.
type folder struct {
	path   string // below the walker's, as users see it
	real   string // the same without links
	in     *folder
	depth  int
	linked bool // a link leads here

	from *folder // where it is opened, and under which name
	name string
	root *os.Root // opened when something in it is
}

// walk lists a folder.
func (l *listing) walk(ctx context.Context, name string) error {
	root, err := os.OpenRoot(name)
	if err != nil {
		return cleanError(name, err)
	}
	w := &walker{listing: l, ctx: ctx, name: name, real: RealPath(name), top: &folder{name: ".", root: root}}
	w.top.from = w.top
	return w.folder(w.top)
}

func (w *walker) folder(at *folder) error {
	entries, err := w.entries(at)
	if err != nil {
		return err
	}
	defer at.close()
	for _, e := range entries {
		if err := w.entry(at, e); err != nil {
			return err
		}
	}
	return nil
}

// entries are what lies in a folder and is worth a look, by name.
func (w *walker) entries(at *folder) (kept []fs.DirEntry, err error) {
	f, err := at.open()
	if err != nil {
		return nil, w.unread(at, err)
	}
	defer f.Close()
	for err == nil {
		var entries []fs.DirEntry
		entries, err = f.ReadDir(1024)
		for _, e := range entries {
			if _, ok := kindIn(at.path, e.Name()); ok || !e.Type().IsRegular() || strings.HasSuffix(e.Name(), ".jar") {
				kept = append(kept, e)
			}
		}
		if w.seen += len(entries); w.seen > maxEntries {
			return nil, fmt.Errorf("%s: more than %d files and folders: name the conf folder itself", w.name, maxEntries)
		}
		if w.ctx.Err() != nil {
			return nil, w.ctx.Err()
		}
	}
	slices.SortFunc(kept, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	if !errors.Is(err, io.EOF) {
		return kept, w.unread(at, err)
	}
	return kept, nil
}

// unread says that a folder could not be read, which is an error only for the one
// that was named.
func (w *walker) unread(at *folder, err error) error {
	if at == w.top {
		return cleanError(w.name, err)
	}
	w.problem(at.path, "the folder may not be read: "+plainCause(err))
	return nil
}

// entry looks at something in a folder.
func (w *walker) entry(at *folder, e fs.DirEntry) error {
	sub := &folder{
		path: path.Join(at.path, e.Name()), real: path.Join(at.real, e.Name()), in: at,
		depth: at.depth + 1, linked: at.linked, from: at, name: e.Name(),
	}
	kind, wanted := kindIn(at.path, e.Name())
	mode, ok := e.Type(), true
	if mode&fs.ModeSymlink != 0 {
		mode, ok = w.follow(sub)
	}
	if !ok || sub.linked && !w.admit(sub, wanted && mode.IsRegular()) {
		return nil
	}
	w.note(at.path, e.Name(), mode.IsDir())
	switch {
	case mode.IsDir():
		return w.enter(sub, wanted)
	case wanted && mode.IsRegular():
		w.files = append(w.files, entry{path: sub.path, kind: kind, real: sub.real})
	case wanted:
		w.problem(sub.path, "is not a regular file")
	}
	return nil
}

// enter looks at a folder in a folder.
func (w *walker) enter(sub *folder, wanted bool) error {
	switch {
	case skipDir(path.Base(sub.path)):
		return nil
	case wanted:
		w.problem(sub.path, "is a folder, where a file of that name is expected")
	}
	if sub.depth > maxFolders {
		w.problem(sub.path, fmt.Sprintf("lies deeper than %d folders and was not read", maxFolders))
		return nil
	}
	return w.folder(sub)
}

// follow finds what a link leads to. What lies outside of the named folder is not
// part of any tree.
func (w *walker) follow(link *folder) (mode fs.FileMode, ok bool) {
	target, err := filepath.EvalSymlinks(filepath.Join(w.real, filepath.FromSlash(link.real)))
	if err != nil {
		if interesting(link.path) || path.Ext(link.path) == "" {
			w.problem(link.path, "is a link that leads nowhere")
		}
		return 0, false
	}
	rel, inside := relative(w.real, target)
	if !inside {
		if interesting(link.path) || interestingDir(link.path) {
			w.problem(link.path, "is a link that leads out of the tree and was not followed")
		}
		return 0, false
	}
	for f := link.in; f != nil; f = f.in {
		if rel == "." || f.real == rel || strings.HasPrefix(f.real, rel+"/") {
			w.problem(link.path, "is a link to a folder it lies in")
			return 0, false
		}
	}
	info, err := w.top.root.Stat(rel)
	if err != nil {
		return 0, false
	}
	link.real, link.from, link.name, link.linked = rel, w.top, rel, true
	return info.Mode().Type(), true
}

// admit counts what links lead to, and reports whether it is bounded so far.
func (w *walker) admit(sub *folder, wanted bool) bool {
	w.linked++
	if wanted {
		if info, err := w.top.root.Stat(sub.real); err == nil {
			w.linkedBytes += info.Size()
		}
	}
	if w.linked <= maxLinked && w.linkedBytes <= maxLinkedBytes {
		return true
	}
	if !w.enough {
		w.enough = true
		w.problem(sub.path, "was not read, nor is anything behind it that links lead to: they multiply what there is")
	}
	return false
}

// open opens a folder to list it. The flag keeps it from waiting where a pipe has
// taken the folder's place.
func (f *folder) open() (*os.File, error) {
	from, err := f.from.opened()
	if err != nil {
		return nil, err
	}
	return from.OpenFile(f.name, os.O_RDONLY|nonblock, 0)
}

// opened is the folder as a root of what lies in it.
func (f *folder) opened() (root *os.Root, err error) {
	if f.root == nil {
		if root, err = f.from.opened(); err != nil {
			return nil, err
		}
		f.root, err = root.OpenRoot(f.name + "/.") // the dot makes sure that it is a folder before it is opened
	}
	return f.root, err
}

func (f *folder) close() {
	if f.root != nil {
		_ = f.root.Close()
	}
}
