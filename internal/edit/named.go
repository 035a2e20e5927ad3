package edit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/implycheck/implycheck/internal/disk"
)

// Check says why a file could not be written, before there is anything to write.
func Check(n disk.Name) error {
	folder, base, err := n.Folder()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s: make it first", filepath.Dir(n.Path))
	case err != nil:
		return fmt.Errorf("the folder %s cannot be written to: %w", filepath.Dir(n.Path), err)
	}
	defer folder.Close()
	info, err := folder.Lstat(base)
	switch {
	case err != nil: // not there yet, or its folder says more when it is written
		return nil
	case info.IsDir():
		return fmt.Errorf("%s is a folder: name a file in it", n)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is %s, and is not written through: name a file", n, disk.Kind(info.Mode()))
	}
	return nil
}

// AddNamed stages a file that somebody names; its folder is that of the name.
func (s *Staging) AddNamed(n disk.Name, f File, write func(*os.File) error) error {
	folder, base, err := n.Folder()
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", n, err)
	}
	s.Own(folder)
	f.Folder, f.Path, f.Shown = folder, base, n.String()
	return s.Add(f, write)
}

// Write writes one file: whole, or not at all.
func Write(n disk.Name, f File, write func(*os.File) error) error {
	var s Staging
	defer s.Discard()
	if err := s.AddNamed(n, f, write); err != nil {
		return err
	}
	return s.Commit()
}
