package edit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/implycheck/implycheck/internal/disk"
)

// The names of files beside: hidden, of no kind that anything reads, and never
// the same twice, whatever the number of the process.
const prefix, suffix = ".implycheck-", ".tmp"

func newName() string { return prefix + random() + suffix }

func isBeside(name string) bool {
	id, ok := strings.CutPrefix(name, prefix)
	id, ends := strings.CutSuffix(id, suffix)
	return ok && ends && len(id) == len(random()) && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// create makes a file beside another, and holds it.
func create(root *os.Root, dir string, perm fs.FileMode) (f *os.File, name string, err error) {
	for range 100 {
		name = filepath.Join(dir, newName())
		if f, err = root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm); err != nil {
			return nil, "", err
		}
		if hold(f) && isStill(root, name, f) {
			return f, name, nil
		}
		_ = f.Close() // somebody cleans up at this very moment
	}
	return nil, "", errors.New("another program removes the files that are written next to it")
}

// isStill reports whether a name is still that of a file.
func isStill(root *os.Root, name string, f *os.File) bool {
	there, err := root.Lstat(name)
	if err != nil {
		return false
	}
	info, err := f.Stat()
	return err == nil && os.SameFile(there, info)
}

// clean removes what runs that were killed have left in a folder, once for each
// folder. What a run that goes on holds is not touched.
func (s *Staging) clean(root *os.Root, dir string) {
	if s.cleaned[madeFolder{root, dir}] {
		return
	}
	if s.cleaned == nil {
		s.cleaned = map[madeFolder]bool{}
	}
	s.cleaned[madeFolder{root, dir}] = true
	folder, err := root.Open(dir)
	if err != nil {
		return
	}
	defer folder.Close()
	entries, _ := folder.ReadDir(-1)
	for _, e := range entries {
		if e.Type().IsRegular() && isBeside(e.Name()) {
			removeLeft(root, filepath.Join(dir, e.Name()))
		}
	}
}

// removeLeft removes a file that nobody holds.
func removeLeft(root *os.Root, name string) {
	f, err := root.OpenFile(name, os.O_RDWR|disk.Nonblock, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if isLeft(f) && isStill(root, name, f) {
		_ = root.Remove(name)
	}
}
