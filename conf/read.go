package conf

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"

	"github.com/implycheck/implycheck/conf/form"
)

// maxFile is the largest configuration file that is read. Real ones have a few
// KiB; a MiB of properties is not written by hand.
const maxFile = 4 << 20

const tooLarge = "is larger than 4 MiB, which no configuration file is"

// reader reads the files of one tree.
type reader interface {
	read(e *entry) ([]byte, error)
	close()
}

// folderReader reads files below a folder. What has become a link meanwhile is
// followed no farther than the folder goes.
type folderReader struct {
	where where
	name  string
	top   root
	// near is the folder two above the last file, where the next one mostly is.
	near    root
	nearDir string
}

func (r *folderReader) read(e *entry) ([]byte, error) {
	dir := path.Dir(path.Dir(e.real))
	if r.near == nil || dir != r.nearDir {
		if err := r.approach(dir); err != nil {
			return nil, err
		}
	}
	below := e.real
	if dir != "." {
		below = below[len(dir)+1:]
	}
	return readRegular(func() (fs.File, error) { return r.near.open(below) })
}

// approach opens the folder dir.
func (r *folderReader) approach(dir string) (err error) {
	if r.top == nil {
		if r.top, err = r.where.root(r.name); err != nil {
			return err
		}
	}
	if r.near != nil {
		_ = r.near.Close()
	}
	r.near, err = r.top.below(dir)
	r.nearDir = dir
	return err
}

func (r *folderReader) close() {
	for _, open := range []root{r.top, r.near} {
		if open != nil {
			_ = open.Close()
		}
	}
}

// fileReader reads the one file that was named.
type fileReader struct {
	where where
	name  string
}

func (r fileReader) read(*entry) ([]byte, error) {
	return readRegular(func() (fs.File, error) { return r.where.open(r.name) })
}

func (fileReader) close() {}

// readRegular reads a file that is neither a device nor a pipe, which reading
// might wait for, nor too large.
func readRegular(open func() (fs.File, error)) ([]byte, error) {
	f, size, err := openRegular(open)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readBounded(f, size)
}

func openRegular(open func() (fs.File, error)) (fs.File, int64, error) {
	f, err := open()
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = form.ErrFolder
	case !info.Mode().IsRegular():
		err = errors.New("is not a regular file")
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// readBounded reads a file of about that size, unless it is too large.
func readBounded(r io.Reader, size int64) ([]byte, error) {
	if size > maxFile {
		return nil, errors.New(tooLarge)
	}
	var b bytes.Buffer
	b.Grow(int(size) + bytes.MinRead)
	if _, err := b.ReadFrom(io.LimitReader(r, maxFile+1)); err != nil {
		return nil, err
	}
	if b.Len() > maxFile {
		return nil, errors.New(tooLarge)
	}
	return b.Bytes(), nil
}
