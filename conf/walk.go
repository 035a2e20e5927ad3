package conf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/implycheck/implycheck/conf/form"
)

// Limits keep a search bounded whatever it is pointed at.
const (
	// maxEntries bounds the files and folders looked at below one path.
	maxEntries = 2_000_000
	// maxFolders bounds how deep folders are followed.
	maxFolders = 40
)

// walker finds the configuration below a folder. It opens nothing but folders,
// each through the one that it lies in, which no link leaves. Folders are looked
// at on all cores, and what links lead to in the end.
type walker struct {
	*listing
	ctx  context.Context
	fail context.CancelCauseFunc
	name string // the folder, as it was given
	top  *folder
	idle chan struct{} // cores that could help
	seen atomic.Int64  // files and folders
	most int64

	mutex sync.Mutex // of the listing and the links
	links []*folder

	linking     bool // what is looked at now is behind a link
	linkedBytes int64
}

// folder is one that is looked at, or a link.
type folder struct {
	path  string // below the walker's, as users see it
	real  string // the same without links
	in    *folder
	depth int

	from *folder // where it is opened, and under which name
	name string
	root root // set when something in it is opened
}

// walk lists a folder.
func (l *listing) walk(ctx context.Context, name string) error {
	root, err := l.where.root(name)
	if err != nil {
		return cleanError(name, err)
	}
	defer root.Close()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	w := &walker{
		listing: l, ctx: ctx, fail: fail, name: name, most: maxEntries,
		top: &folder{name: ".", root: root}, idle: make(chan struct{}, runtime.GOMAXPROCS(0)-1),
	}
	w.top.from = w.top
	w.folder(w.top)
	w.follow()
	return context.Cause(ctx)
}

// folder looks at a folder and those below it.
func (w *walker) folder(at *folder) {
	entries := w.entries(at)
	var below []*folder
	w.mutex.Lock()
	for _, e := range entries {
		if sub := w.entry(at, e); sub != nil {
			below = append(below, sub)
		}
	}
	w.mutex.Unlock()
	if len(below) == 0 {
		return
	}
	if err := at.open(); err != nil {
		w.unread(at, err)
		return
	}
	if at != w.top {
		defer at.root.Close()
	}
	var helpers crew
	defer helpers.wait()
	for _, sub := range below {
		select {
		case w.idle <- struct{}{}:
			helpers.do(func() {
				defer func() { <-w.idle }()
				w.folder(sub)
			})
		default:
			w.folder(sub)
		}
	}
}

// entries are what lies in a folder and is worth a look.
func (w *walker) entries(at *folder) (kept []fs.DirEntry) {
	f, err := openDir(at.from.root, at.name)
	if err != nil {
		w.unread(at, err)
		return nil
	}
	defer f.Close()
	for err == nil && w.ctx.Err() == nil {
		var entries []fs.DirEntry
		entries, err = f.ReadDir(1024)
		for _, e := range entries {
			if _, ok := kindIn(at.path, e.Name()); ok || !e.Type().IsRegular() || strings.HasSuffix(e.Name(), ".jar") || tellsMore(at.path, e.Name()) || form.MayBe(e.Name()) || form.HoldsVariables(at.path, e.Name()) {
				kept = append(kept, e)
			}
		}
		if w.seen.Add(int64(len(entries))) > w.most {
			w.tooMany()
			return nil
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		w.unread(at, err)
	}
	slices.SortFunc(kept, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return kept
}

// openDir opens a folder to list it.
func openDir(in root, name string) (fs.ReadDirFile, error) {
	f, err := in.open(name)
	if err != nil {
		return nil, err
	}
	if dir, ok := f.(fs.ReadDirFile); ok {
		return dir, nil
	}
	_ = f.Close()
	return nil, errors.New("is not a folder")
}

func (w *walker) tooMany() {
	if !w.linking { // follow says it of links
		w.fail(fmt.Errorf("%s: more than %d files and folders: name the conf folder itself", w.name, maxEntries))
	}
}

// unread says that a folder could not be read, which is an error only for the one
// that was named.
func (w *walker) unread(at *folder, err error) {
	if at == w.top {
		w.fail(cleanError(w.name, err))
		return
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.problem(at.path, "the folder may not be read: "+plainCause(err))
}

// entry takes something in a folder, and answers a folder to look at.
func (w *walker) entry(at *folder, e fs.DirEntry) *folder {
	file := path.Join(at.path, e.Name())
	mode := e.Type()
	if mode.IsRegular() {
		w.file(at.path, file, path.Join(at.real, e.Name()), mode)
		return nil
	}
	sub := &folder{path: file, real: path.Join(at.real, e.Name()), in: at, depth: at.depth + 1, from: at, name: e.Name()}
	switch {
	case mode&fs.ModeSymlink != 0 && w.where.files == nil:
		w.links = append(w.links, sub)
		return nil
	case mode.IsDir():
		return w.enter(sub)
	}
	w.file(at.path, file, sub.real, mode)
	return nil
}

// file takes what is no folder.
func (w *walker) file(dir, file, real string, mode fs.FileMode) {
	name := path.Base(file)
	w.note(dir, name, false)
	kind, ok := kindIn(dir, name)
	switch {
	case ok && mode.IsRegular():
		w.files = append(w.files, entry{path: file, kind: kind, real: real})
		if w.linking {
			w.linkedBytes += w.size(real)
		}
	case ok:
		w.problem(file, "is not a regular file")
	case mode.IsRegular() && !w.linking:
		e := entry{path: file, real: real}
		w.mayBe(e)
		if tellsMore(dir, name) {
			w.around.note(e)
		}
	}
}

func (w *walker) size(real string) int64 {
	info, err := w.top.root.Stat(real)
	if err != nil {
		return 0
	}
	return info.Size()
}

// holds reports whether there is a file: x.properties/x.properties is somebody's way to
// keep files apart, and no mount that went wrong.
func (w *walker) holds(file string) bool {
	info, err := w.top.root.Stat(file)
	return err == nil && info.Mode().IsRegular()
}

// enter reports whether a folder is to be looked at, by answering it.
func (w *walker) enter(sub *folder) *folder {
	dir, name := path.Split(sub.path)
	w.note(path.Clean(dir), name, true)
	switch {
	case skipDir(name):
		return nil
	case interesting(sub.path) && !w.holds(path.Join(sub.real, name)):
		w.problem(sub.path, "is a folder, where a file of that name is expected")
	}
	if sub.depth > maxFolders {
		w.problem(sub.path, fmt.Sprintf("lies deeper than %d folders and was not read", maxFolders))
		return nil
	}
	return sub
}

// open opens a folder for what lies in it.
func (f *folder) open() (err error) {
	if f.root == nil {
		f.root, err = f.from.root.below(f.name)
	}
	return err
}
