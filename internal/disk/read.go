package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// open opens what the name is for. It never waits: not for a pipe's writer, and
// not for a device.
func (n Name) open() (*os.File, error) {
	if n.root == "" {
		return openChecked(n.Path, os.Stat, os.OpenFile)
	}
	root, err := os.OpenRoot(n.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return openChecked(n.rest, root.Stat, root.OpenFile)
}

// openChecked looks before it opens, since opening some devices does something,
// and once more at what was opened.
func openChecked(name string, stat func(string) (fs.FileInfo, error), open func(string, int, fs.FileMode) (*os.File, error)) (*os.File, error) {
	info, err := stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, NotRegularError{info.Mode()}
	}
	f, err := open(name, os.O_RDONLY|Nonblock, 0)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		err = NotRegularError{info.Mode()}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// Read reads a regular file of at most limit bytes.
func (n Name) Read(limit int64) ([]byte, error) {
	f, err := n.open()
	if err != nil {
		return nil, Reason(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, Reason(err)
	case info.IsDir():
		return nil, NotRegularError{info.Mode()}
	case info.Size() > limit:
		return nil, TooLargeError{limit}
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, Reason(err)
	}
	if int64(len(data)) > limit {
		return nil, TooLargeError{limit}
	}
	return data, nil
}

// List is the names of what lies in a folder, at most limit of them in no order;
// ErrNoFolder if it is none.
func (n Name) List(limit int) ([]string, error) {
	f, err := n.open()
	if err != nil {
		return nil, Reason(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.IsDir() {
		return nil, errors.Join(err, ErrNoFolder)
	}
	names, err := f.Readdirnames(limit)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return names, Reason(err)
}

// ErrNoFolder is List's answer where there is a file.
var ErrNoFolder = errors.New("it is not a folder")

// TooLargeError says that a file has more bytes than anybody writes.
type TooLargeError struct{ Limit int64 }

// Error says how many would do.
func (e TooLargeError) Error() string {
	if e.Limit >= 1<<20 {
		return fmt.Sprintf("it is larger than %d MiB", e.Limit>>20)
	}
	return fmt.Sprintf("it is larger than %d KiB", e.Limit>>10)
}
