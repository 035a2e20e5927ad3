// Package edit replaces whole files: a reader sees the old content or the new
// one, never a half, and of several files all are replaced or none.
//
// Every file is written beside its place first, under a name that nothing takes
// for configuration, and brought to the disk; only when all are there they are
// renamed, one by one, and those that were are put back if one cannot be. What
// somebody else changed meanwhile is left alone. Folders are os.Roots, so that no
// link leads out of them, whenever it was made.
//
// A file that is replaced keeps its mode. It is a new file: what other hard links
// lead to stays as it was, and extended attributes and ACLs are not copied.
package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/implycheck/implycheck/internal/disk"
)

// File is a file that is to be written.
type File struct {
	// Folder bounds the file, and Path is its path in there.
	Folder *os.Root
	Path   string
	// Shown is the file as users see it.
	Shown string
	// Before is what the file holds, if it is edited: another content is somebody
	// else's. An edited file keeps its owner. Nil takes whatever there is, and also
	// nothing.
	Before []byte
	// New is a file that must not be there.
	New bool
}

// Staging are files that lie beside their places. The zero Staging has none.
type Staging struct {
	files   []*staged
	folders []madeFolder
	cleaned map[madeFolder]bool
	owned   []*os.Root
}

type madeFolder struct {
	root *os.Root
	path string
}

// staged is a file beside its place.
type staged struct {
	File
	beside *os.File
	name   string      // of the file beside
	info   fs.FileInfo // of the old file; nil if there is none
	old    string      // where the old file is kept until all are renamed
	placed bool
}

// Own closes a folder when the files are written or discarded.
func (s *Staging) Own(folder *os.Root) { s.owned = append(s.owned, folder) }

// MakeFolder makes a folder and those above it. They are removed again if the
// files are not written.
func (s *Staging) MakeFolder(root *os.Root, path string) error {
	if path == "." {
		return nil
	}
	switch info, err := root.Stat(path); {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return syscall.ENOTDIR
	case !errors.Is(err, fs.ErrNotExist):
		return disk.Reason(err)
	}
	if err := s.MakeFolder(root, filepath.Dir(path)); err != nil {
		return err
	}
	if err := root.Mkdir(path, 0o777); err != nil {
		return disk.Reason(err)
	}
	s.folders = append(s.folders, madeFolder{root, path})
	return nil
}

// Add writes a file beside its place.
func (s *Staging) Add(f File, write func(*os.File) error) error {
	if err := s.add(f, write); err != nil {
		return fmt.Errorf("%s cannot be written: %w", f.Shown, disk.Reason(err))
	}
	return nil
}

func (s *Staging) add(f File, write func(*os.File) error) error {
	info, err := f.look()
	if err != nil {
		return err
	}
	s.clean(f.Folder, filepath.Dir(f.Path))
	perm := fs.FileMode(0o666)
	if info != nil {
		perm = 0o600 // until it has the old one's
	}
	beside, name, err := create(f.Folder, filepath.Dir(f.Path), perm)
	if err != nil {
		return err
	}
	st := &staged{File: f, beside: beside, name: name, info: info}
	s.files = append(s.files, st)
	if err := write(beside); err != nil {
		return err
	}
	if err := st.likeOld(); err != nil {
		return err
	}
	return errors.Join(beside.Sync(), letGo(beside))
}

// likeOld gives the new file the mode of the old one, and its owner if it was
// edited.
func (f *staged) likeOld() error {
	if f.info == nil {
		return nil
	}
	if f.Before != nil {
		if err := own(f.beside, f.info); err != nil {
			return err
		}
	}
	return f.beside.Chmod(f.info.Mode())
}

// look answers what stands in the place of a file, nil for nothing, and why
// nothing can be written there.
func (f *File) look() (fs.FileInfo, error) {
	info, err := f.Folder.Lstat(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.Before == nil:
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, disk.NotRegularError{Mode: info.Mode()}
	case f.New:
		return nil, fs.ErrExist
	}
	old, err := f.Folder.OpenFile(f.Path, os.O_RDWR|disk.Nonblock, 0) // not behind its owner's back
	if err != nil {
		return nil, err
	}
	defer old.Close()
	if f.Before != nil {
		now, err := io.ReadAll(io.LimitReader(old, int64(len(f.Before))+1))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(now, f.Before) {
			return nil, errChanged
		}
	}
	return old.Stat()
}

var errChanged = errors.New("it was changed by somebody else in the meantime")

// Commit puts all files in their places. When one cannot be, those before it are
// put back, and the error says whether they could be.
func (s *Staging) Commit() error {
	defer s.Discard()
	for i, f := range s.files {
		if err := f.place(len(s.files) > 1); err != nil {
			err = fmt.Errorf("%s cannot be written: %w", f.Shown, disk.Reason(err))
			if stuck := putBack(s.files[:i+1]); stuck != nil {
				return fmt.Errorf("%w; %w", err, stuck)
			}
			return fmt.Errorf("%w; nothing was written", err)
		}
	}
	s.folders = nil // they stay
	return nil
}

// place renames the file, after a last look at what is there.
func (f *staged) place(keep bool) error {
	info, err := f.look()
	switch {
	case err != nil:
		return err
	case info == nil != (f.info == nil), info != nil && !os.SameFile(info, f.info):
		return errChanged
	case info == nil:
		err = f.placeNew()
	default:
		if keep {
			if err := f.keepOld(); err != nil {
				return err
			}
		}
		err = f.Folder.Rename(f.name, f.Path)
	}
	f.placed = err == nil
	return err
}

// placeNew does not replace what somebody else puts there now, as far as the
// file system can tell.
func (f *staged) placeNew() error {
	err := f.Folder.Link(f.name, f.Path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err // Discard removes the first name
	}
	return f.Folder.Rename(f.name, f.Path)
}

// keepOld gives the old file a second name, or copies it where there can be none.
func (f *staged) keepOld() error {
	name := filepath.Join(filepath.Dir(f.Path), newName())
	err := f.Folder.Link(f.Path, name)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fs.ErrExist
	case err != nil:
		err = f.copyOld(name)
	}
	if err == nil {
		f.old = name
	}
	return err
}

func (f *staged) copyOld(name string) error {
	from, err := f.Folder.Open(f.Path)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := f.Folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Chmod(f.info.Mode()), to.Close()); err != nil {
		_ = f.Folder.Remove(name)
	}
	return err
}

// StuckError says that a file was written, and those before it, although another one
// could not be.
type StuckError struct {
	File string
	Err  error
}

// Error names the file.
func (e *StuckError) Error() string {
	return fmt.Sprintf("%s was written and cannot be put back: %v", e.File, e.Err)
}

// putBack undoes what was renamed, the last one first; nil if all is as it was.
func putBack(files []*staged) error {
	for _, f := range slices.Backward(files) {
		var err error
		switch {
		case f.placed && f.old != "":
			err = f.Folder.Rename(f.old, f.Path)
		case f.placed:
			err = f.Folder.Remove(f.Path)
		case f.old != "":
			err = f.Folder.Remove(f.old)
		}
		if err != nil {
			return &StuckError{f.Shown, disk.Reason(err)}
		}
		f.placed, f.old = false, ""
	}
	return nil
}

// Discard removes what lies beside, and the folders that were made for files that
// were not written.
func (s *Staging) Discard() {
	for _, f := range s.files {
		_ = f.Folder.Remove(f.name) // gone if it was renamed
		if f.old != "" {
			_ = f.Folder.Remove(f.old)
		}
		_ = f.beside.Close()
	}
	for _, made := range slices.Backward(s.folders) {
		_ = made.root.Remove(made.path)
	}
	for _, folder := range s.owned {
		_ = folder.Close()
	}
	s.files, s.folders, s.owned = nil, nil, nil
}
