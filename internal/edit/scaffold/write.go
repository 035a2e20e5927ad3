package scaffold

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/edit"
)

// Written says what became of the files.
type Written struct {
	New, Unchanged int
	Replaced       []Replaced
}

// Replaced is a file that was there and was another one.
type Replaced struct {
	Path          string
	Before, After []byte
}

// Write writes files below a folder: all of them or none. A file that is there
// and differs is an error without replace, which is called before anything is
// written with all such files, and may keep what they hold. Nothing is written through a
// link that leaves the folder.
func Write(dir string, files []File, replace func([]Replaced) error) (Written, error) {
	t := treeWriter{dir: dir, force: replace != nil}
	defer t.staging.Discard()
	if err := t.open(); err != nil {
		return Written{}, err
	}
	for _, f := range files {
		if err := t.check(f); err != nil {
			return Written{}, fmt.Errorf("%w; nothing was written", err)
		}
	}
	for _, f := range t.pending {
		if err := t.stage(f); err != nil {
			return Written{}, fmt.Errorf("%w; nothing was written", err)
		}
	}
	if len(t.written.Replaced) > 0 {
		if err := replace(t.written.Replaced); err != nil {
			return Written{}, fmt.Errorf("%w; nothing was written", err)
		}
	}
	if err := t.staging.Commit(); err != nil {
		return Written{}, err
	}
	return t.written, nil
}

type treeWriter struct {
	dir     string
	root    *os.Root
	force   bool
	staging edit.Staging
	pending []pendingFile
	written Written
}

// pendingFile is a file to be written, and what the one that is there holds; nil if there
// is none.
type pendingFile struct {
	File
	before []byte
}

// open opens the folder, and makes it first where it is not there.
func (t *treeWriter) open() error {
	top, rest, err := disk.Top(t.dir)
	if err != nil {
		return fmt.Errorf("%s: it cannot be opened: %w", t.dir, disk.Reason(err))
	}
	above, err := os.OpenRoot(top)
	if err != nil {
		return fmt.Errorf("%s: it cannot be opened: %w", t.dir, disk.Reason(err))
	}
	t.staging.Own(above)
	if err := t.staging.MakeFolder(above, rest); err != nil {
		return fmt.Errorf("%s: it cannot be made a folder: %w", t.dir, err)
	}
	if t.root, err = above.OpenRoot(rest); err != nil {
		return fmt.Errorf("%s: it cannot be opened: %w", t.dir, disk.Reason(err))
	}
	t.staging.Own(t.root)
	return nil
}

// check looks at everything in a file's way, and touches nothing.
func (t *treeWriter) check(f File) error {
	for up := path.Dir(f.Path); up != "."; up = path.Dir(up) {
		info, err := t.root.Stat(up)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return fmt.Errorf("%s: %w", t.name(up), disk.Reason(err))
		case !info.IsDir():
			return fmt.Errorf("%s is a file, and a folder is needed there", t.name(up))
		}
	}
	info, err := t.root.Lstat(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.written.New++
		t.pending = append(t.pending, pendingFile{File: f})
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", t.name(f.Path), disk.Reason(err))
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is %s, and a file is needed there", t.name(f.Path), disk.Kind(info.Mode()))
	}
	if info.Size() > maxReplaced {
		return fmt.Errorf("%s is larger than any configuration: move it away", t.name(f.Path))
	}
	before, err := t.root.ReadFile(f.Path)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", t.name(f.Path), disk.Reason(err))
	case string(before) == f.Text:
		t.written.Unchanged++
		return nil
	case !t.force:
		return fmt.Errorf("%s exists: --force replaces files, and implycheck restore puts the old ones back", t.name(f.Path))
	}
	t.written.Replaced = append(t.written.Replaced, Replaced{t.name(f.Path), before, []byte(f.Text)})
	t.pending = append(t.pending, pendingFile{f, append([]byte{}, before...)}) // not nil, even if it is empty
	return nil
}

// maxReplaced is more than a file of a configuration has.
const maxReplaced = 16 << 20

// stage writes a file beside its place.
func (t *treeWriter) stage(f pendingFile) error {
	dir := path.Dir(f.Path)
	if err := t.staging.MakeFolder(t.root, dir); err != nil {
		return fmt.Errorf("%s cannot be made: %w", t.name(dir), err)
	}
	file := edit.File{Folder: t.root, Path: f.Path, Shown: t.name(f.Path), New: f.before == nil, Before: f.before}
	return t.staging.Add(file, func(w *os.File) error {
		_, err := io.WriteString(w, f.Text)
		return err
	})
}

func (t *treeWriter) name(rel string) string { return filepath.Join(t.dir, rel) }
