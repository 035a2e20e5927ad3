// Package edit replaces whole files: a reader sees the old content or the
// new one, never a half, and a failure leaves the old one as it was.
package edit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Check says why a file could not be written, before there is anything to write.
func Check(name string) error {
	folder := filepath.Dir(name)
	switch info, err := os.Stat(folder); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s: make it first", folder)
	case err != nil:
		return fmt.Errorf("%s: %w", folder, reason(err))
	case !info.IsDir():
		return fmt.Errorf("%s is no folder", folder)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: name a file in it", name)
	}
	return nil
}

// Write puts what write writes in the place of a file. A link is followed, and
// the file's mode stays. What is no regular file, such as a pipe or /dev/null,
// cannot be replaced and is written to.
func Write(name string, write func(*os.File) error) error {
	old, err := os.Stat(name)
	if err == nil && !old.Mode().IsRegular() {
		return explain(name, into(name, os.O_WRONLY, write))
	}
	target := name
	if real, err := filepath.EvalSymlinks(name); err == nil {
		target = real
	}
	staged := fmt.Sprintf("%s.%d.tmp", target, os.Getpid())
	err = into(staged, os.O_WRONLY|os.O_CREATE|os.O_EXCL, func(f *os.File) error {
		if old != nil {
			if err := f.Chmod(old.Mode().Perm()); err != nil {
				return err
			}
		}
		return write(f)
	})
	if err == nil {
		err = os.Rename(staged, target)
	}
	if err != nil {
		_ = os.Remove(staged)
	}
	return explain(name, err)
}

func into(name string, flag int, write func(*os.File) error) error {
	f, err := os.OpenFile(name, flag, 0o666)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

func explain(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s cannot be written: %w", name, reason(err))
}

// reason is the part of an error that says why, without the call and the path.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
