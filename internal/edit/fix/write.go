package fix

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/implycheck/implycheck/internal/edit/retune"
)

// staged is a file that lies beside the one it will replace.
type staged struct {
	change    retune.Change
	name, tmp string
	info      fs.FileInfo
}

// Write writes changed files: all of them or none. Each is laid beside its place
// first, with the mode and the owner of the old one, and then renamed.
func Write(changes []retune.Change) (err error) {
	var ready []staged
	defer func() {
		for _, s := range ready {
			_ = os.Remove(s.tmp) // those that were not renamed
		}
	}()
	for _, c := range changes {
		s, err := stage(c)
		if err != nil {
			return fmt.Errorf("%s cannot be written: %w; nothing was written", c.Path, reason(err))
		}
		ready = append(ready, s)
	}
	for i, s := range ready {
		if err := os.Rename(s.tmp, s.name); err != nil {
			return fmt.Errorf("%s cannot be written: %w; %s", s.change.Path, reason(err), restore(ready[:i]))
		}
	}
	return nil
}

// stage writes the new file beside the old one. A link stays a link, and a file
// that may not be written is not replaced behind its owner's back.
func stage(c retune.Change) (s staged, err error) {
	s = staged{change: c}
	if s.name, err = filepath.EvalSymlinks(c.Path); err != nil {
		return s, err
	}
	old, err := os.OpenFile(s.name, os.O_RDWR, 0)
	if err != nil {
		return s, err
	}
	defer old.Close()
	if s.info, err = old.Stat(); err != nil {
		return s, err
	}
	if now, err := os.ReadFile(s.name); err != nil || !bytes.Equal(now, c.Before) {
		return s, errors.Join(err, errors.New("it was changed by somebody else in the meantime"))
	}
	return s, s.write(c.After)
}

// write fills the file beside.
func (s *staged) write(data []byte) error {
	s.tmp = s.name + "." + strconv.Itoa(os.Getpid()) + ".tmp"
	f, err := os.OpenFile(s.tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, own(f, s.info), f.Chmod(s.info.Mode()), f.Sync(), f.Close())
	if err != nil {
		_ = os.Remove(s.tmp)
	}
	return err
}

// restore takes back what was renamed, the last one first.
func restore(done []staged) string {
	for _, s := range slices.Backward(done) {
		if err := errors.Join(s.write(s.change.Before), os.Rename(s.tmp, s.name)); err != nil {
			return fmt.Sprintf("%s was written and cannot be restored: %v", s.change.Path, reason(err))
		}
	}
	return "nothing was written"
}

// reason is the part of an error that says why.
func reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
