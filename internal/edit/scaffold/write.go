package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
)

// Written says what became of the files.
type Written struct {
	New, Unchanged int
	// Replaced are files that were there, each with the name of its backup.
	Replaced [][2]string
}

// Write writes files below a folder: all of them or none. Everything is checked
// and laid beside its place first, under a name of its own, and then renamed. A
// file that is there and differs is an error without force; with it, the old one
// is kept as NAME.bak, or NAME.bak.1 where that is taken. Nothing is written
// through a link that leaves the folder.
func Write(dir string, files []File, force bool) (Written, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Written{}, fmt.Errorf("%s: it cannot be made a folder: %w", dir, reason(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Written{}, fmt.Errorf("%s: it cannot be opened: %w", dir, reason(err))
	}
	defer root.Close()
	t := treeWriter{dir: dir, root: root, force: force}
	for _, f := range files {
		if err := t.check(f); err != nil {
			return Written{}, fmt.Errorf("%w; nothing was written", err)
		}
	}
	if err := t.stage(); err != nil {
		t.undo()
		return Written{}, fmt.Errorf("%w; nothing was written", err)
	}
	return t.written, t.commit()
}

type treeWriter struct {
	dir     string
	root    *os.Root
	force   bool
	pending []pendingFile
	folders []string // made by stage
	written Written
}

// pendingFile is a file to be written; staged is where it lies until then.
type pendingFile struct {
	File
	replaces bool
	staged   string
}

// check looks at everything in a file's way, and touches nothing.
func (t *treeWriter) check(f File) error {
	for up := path.Dir(f.Path); up != "."; up = path.Dir(up) {
		info, err := t.root.Stat(up)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return fmt.Errorf("%s: %w", t.name(up), reason(err))
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
		return fmt.Errorf("%s: %w", t.name(f.Path), reason(err))
	case info.IsDir():
		return fmt.Errorf("%s is a folder, and a file is needed there", t.name(f.Path))
	}
	if old, err := t.root.ReadFile(f.Path); err == nil && info.Mode().IsRegular() && string(old) == f.Text {
		t.written.Unchanged++
		return nil
	}
	if !t.force {
		return fmt.Errorf("%s exists: --force replaces files, and keeps the old ones as *.bak", t.name(f.Path))
	}
	t.pending = append(t.pending, pendingFile{File: f, replaces: true})
	return nil
}

// stage writes every file beside its place.
func (t *treeWriter) stage() error {
	for i := range t.pending {
		f := &t.pending[i]
		if err := t.makeFolder(path.Dir(f.Path)); err != nil {
			return err
		}
		staged := fmt.Sprintf("%s.%d.tmp", f.Path, os.Getpid())
		file, err := t.root.OpenFile(staged, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return fmt.Errorf("%s cannot be written: %w", t.name(f.Path), reason(err))
		}
		f.staged = staged
		_, err = file.WriteString(f.Text)
		if err = errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("%s cannot be written: %w", t.name(f.Path), reason(err))
		}
	}
	return nil
}

// makeFolder makes a folder and those above it, and remembers them.
func (t *treeWriter) makeFolder(dir string) error {
	if _, err := t.root.Stat(dir); dir == "." || err == nil {
		return nil
	}
	if err := t.makeFolder(path.Dir(dir)); err != nil {
		return err
	}
	if err := t.root.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("%s cannot be made: %w", t.name(dir), reason(err))
	}
	t.folders = append(t.folders, dir)
	return nil
}

// undo removes what stage left.
func (t *treeWriter) undo() {
	for _, f := range t.pending {
		if f.staged != "" {
			_ = t.root.Remove(f.staged)
		}
	}
	for i := len(t.folders) - 1; i >= 0; i-- {
		_ = t.root.Remove(t.folders[i])
	}
}

// commit puts the files in their places.
func (t *treeWriter) commit() error {
	for _, f := range t.pending {
		if f.replaces {
			backup := t.backupName(f.Path)
			if err := t.root.Rename(f.Path, backup); err != nil {
				return fmt.Errorf("%s cannot be renamed: %w", t.name(f.Path), reason(err))
			}
			t.written.Replaced = append(t.written.Replaced, [2]string{t.name(f.Path), t.name(backup)})
		}
		if err := t.root.Rename(f.staged, f.Path); err != nil {
			return fmt.Errorf("%s cannot be written: %w", t.name(f.Path), reason(err))
		}
	}
	return nil
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

// reason is the part of an error that says why, without the call and the path.
func reason(err error) error {
	var wrapped *fs.PathError
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
