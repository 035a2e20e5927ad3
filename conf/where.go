package conf

import (
	"cmp"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/implycheck/implycheck/internal/disk"
)

// where is where paths are looked for: on the disk of the machine, or in the file
// system that Options.Files has in its place, such as what somebody has dropped into
// a browser. There a path begins at the top of it, and no link is followed.
type where struct{ files fs.FS }

// inside is a path as an fs.FS has it.
func inside(name string) string {
	return cmp.Or(strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/"), ".")
}

func (w where) stat(name string) (fs.FileInfo, error) {
	if w.files != nil {
		return fs.Stat(w.files, inside(name))
	}
	return os.Stat(name)
}

// open opens a file, and does not wait for the other end of a pipe.
func (w where) open(name string) (fs.File, error) {
	if w.files != nil {
		return w.files.Open(inside(name))
	}
	return opened(os.OpenFile(name, os.O_RDONLY|disk.Nonblock, 0))
}

func (w where) readDir(name string) ([]fs.DirEntry, error) {
	if w.files != nil {
		return fs.ReadDir(w.files, inside(name))
	}
	return os.ReadDir(name)
}

// abs is a path from the root, and real the same without links.
func (w where) abs(name string) (string, error) {
	if w.files != nil {
		return path.Join("/", inside(name)), nil
	}
	return filepath.Abs(name)
}

func (w where) real(name string) string {
	if w.files != nil {
		return path.Join("/", inside(name))
	}
	return RealPath(name)
}

// root opens a folder, to read what lies below it.
func (w where) root(name string) (root, error) {
	if w.files != nil {
		return memoryRoot{w.files}.below(inside(name))
	}
	top, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return diskRoot{top}, nil
}

// root is an open folder, out of which no link leads.
type root interface {
	open(name string) (fs.File, error)
	below(folder string) (root, error)
	Stat(name string) (fs.FileInfo, error)
	Close() error
}

type diskRoot struct{ *os.Root }

func (r diskRoot) open(name string) (fs.File, error) {
	return opened(r.OpenFile(filepath.FromSlash(name), os.O_RDONLY|disk.Nonblock, 0))
}

// below opens a folder in it. The dot makes sure that it is one before it is opened:
// a pipe in its place would make OpenRoot wait.
func (r diskRoot) below(folder string) (root, error) {
	sub, err := r.OpenRoot(folder + "/.")
	if err != nil {
		return nil, err
	}
	return diskRoot{sub}, nil
}

type memoryRoot struct{ fs.FS }

func (r memoryRoot) open(name string) (fs.File, error) { return r.Open(name) }

func (r memoryRoot) below(folder string) (root, error) {
	sub, err := fs.Sub(r.FS, folder)
	if err != nil {
		return nil, err
	}
	return memoryRoot{sub}, nil
}

func (r memoryRoot) Stat(name string) (fs.FileInfo, error) { return fs.Stat(r.FS, name) }
func (memoryRoot) Close() error                            { return nil }

// opened is a file that is nil where there is none.
func opened(f *os.File, err error) (fs.File, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

// inPlace is a file that can be read anywhere, as an archive has to be.
type inPlace interface {
	fs.File
	io.ReaderAt
	io.Seeker
}
