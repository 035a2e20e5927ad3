package scaffold

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"

	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/edit"
)

// Written says what became of the files.
type Written struct {
	New, Unchanged int
	// Replaced are files that were there, each with the name of its backup.
	Replaced [][2]string
}

// Write writes files below a folder: all of them or none. A file that is there
// and differs is an error without force; with it, the old one is kept as
// NAME.bak, or NAME.bak.1 where that is taken. Nothing is written through a link
// that leaves the folder.
func Write(dir string, files []File, force bool) (Written, error) {
	t := treeWriter{dir: dir, force: force}
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

// pendingFile is a file to be written, and where the one that is there is kept.
type pendingFile struct {
	File
	backup string
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
	if t.holds(f, info.Size()) {
		t.written.Unchanged++
		return nil
	}
	if !t.force {
		return fmt.Errorf("%s exists: --force replaces files, and keeps the old ones as *.bak", t.name(f.Path))
	}
	backup := t.backupName(f.Path)
	t.written.Replaced = append(t.written.Replaced, [2]string{t.name(f.Path), t.name(backup)})
	t.pending = append(t.pending, pendingFile{f, backup})
	return nil
}

// holds reports whether a file has its text already.
func (t *treeWriter) holds(f File, size int64) bool {
	if size != int64(len(f.Text)) {
		return false
	}
	old, err := t.root.ReadFile(f.Path)
	return err == nil && string(old) == f.Text
}

// stage writes a file beside its place.
func (t *treeWriter) stage(f pendingFile) error {
	dir := path.Dir(f.Path)
	if err := t.staging.MakeFolder(t.root, dir); err != nil {
		return fmt.Errorf("%s cannot be made: %w", t.name(dir), err)
	}
	file := edit.File{Folder: t.root, Path: f.Path, Shown: t.name(f.Path), New: f.backup == "", Backup: f.backup}
	return t.staging.Add(file, func(w *os.File) error {
		_, err := io.WriteString(w, f.Text)
		return err
	})
}

// backupName is the first free one of NAME.bak, NAME.bak.1, ...
func (t *treeWriter) backupName(name string) string {
	backup := name + ".bak"
	for i := 1; ; i++ {
		if _, err := t.root.Lstat(backup); errors.Is(err, fs.ErrNotExist) {
			return backup
		}
		backup = name + ".bak." + strconv.Itoa(i)
	}
}

func (t *treeWriter) name(rel string) string { return filepath.Join(t.dir, rel) }
