package fix

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/edit"
	"github.com/implycheck/implycheck/internal/edit/retune"
)

// Write writes changed files: all of them or none. A link stays a link, and its
// file is changed, if it lies in the tree; where the tree itself may lie says
// disk.OpenTree. When a file is no longer what was linted it is left alone, and so
// are all others.
func Write(changes []retune.Change) error {
	w := writer{trees: map[string]*tree{}}
	defer w.staging.Discard()
	for _, c := range changes {
		if err := w.stage(c); err != nil {
			return fmt.Errorf("%w; nothing was written", err)
		}
	}
	return w.staging.Commit()
}

type writer struct {
	staging edit.Staging
	trees   map[string]*tree
}

// tree is an open folder.
type tree struct {
	root *os.Root
	real string
}

func (w *writer) stage(c retune.Change) error {
	file, err := w.locate(c)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", c.Path, disk.Reason(err))
	}
	file.Shown, file.Before = c.Path, append([]byte{}, c.Before...) // not nil, even if it is empty
	return w.staging.Add(file, func(f *os.File) error {
		_, err := f.Write(c.After)
		return err
	})
}

// locate finds the file in its tree, behind links.
func (w *writer) locate(c retune.Change) (edit.File, error) {
	dir := path.Dir(c.Path)
	if below, ok := strings.CutSuffix(c.Path, "/"+c.Rel()); ok {
		dir = below
	}
	t, err := w.open(filepath.FromSlash(dir))
	if err != nil {
		return edit.File{}, err
	}
	real, err := disk.Real(filepath.FromSlash(c.Path))
	if err != nil {
		return edit.File{}, err
	}
	rel, err := filepath.Rel(t.real, real)
	if err != nil || !filepath.IsLocal(rel) {
		return edit.File{}, disk.ErrOutside
	}
	return edit.File{Folder: t.root, Path: rel}, nil
}

func (w *writer) open(dir string) (*tree, error) {
	if w.trees[dir] != nil {
		return w.trees[dir], nil
	}
	root, err := disk.OpenTree(dir)
	if err != nil {
		return nil, err
	}
	w.staging.Own(root)
	real, err := disk.Real(dir)
	if err != nil {
		return nil, err
	}
	w.trees[dir] = &tree{root, real}
	return w.trees[dir], nil
}
