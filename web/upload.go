package web

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Upload is a file that was dropped, chosen or pasted. Its bytes are read when they
// are asked for: of a distribution most never are.
type Upload struct {
	// Path is where it lay in the folder that was dropped.
	Path string
	Size int64
	Data io.ReaderAt
}

// NewFS makes a file system of uploads. A path that leads upward begins at the top, one
// that is no path is left out, and of two files of one path the later one counts.
func NewFS(uploads []Upload) fs.FS {
	t := tree{".": &node{name: "."}}
	for _, u := range uploads {
		if name := strings.TrimPrefix(path.Clean("/"+u.Path), "/"); name != "" && fs.ValidPath(name) {
			t.add(name, u)
		}
	}
	return t
}

// tree has its nodes by path.
type tree map[string]*node

// node is a folder, or a file if it has an upload. It is its own fs.FileInfo and
// fs.DirEntry.
type node struct {
	name   string
	upload *Upload
	below  []fs.DirEntry
}

func (t tree) add(name string, u Upload) {
	if at := t[name]; at != nil {
		if at.upload != nil { // else a folder of that name is there, and stays
			at.upload = &u
		}
		return
	}
	if folder := t.folder(path.Dir(name)); folder != nil {
		t[name] = &node{name: path.Base(name), upload: &u}
		folder.below = append(folder.below, t[name])
	}
}

// folder is the folder of that path, made if there is none; nil where a file is.
func (t tree) folder(name string) *node {
	if at := t[name]; at != nil {
		if at.upload != nil {
			return nil
		}
		return at
	}
	above := t.folder(path.Dir(name))
	if above == nil {
		return nil
	}
	t[name] = &node{name: path.Base(name)}
	above.below = append(above.below, t[name])
	return t[name]
}

// Open opens a file or a folder.
func (t tree) Open(name string) (fs.File, error) {
	at := t[name]
	if at == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if at.upload == nil {
		list := slices.SortedFunc(slices.Values(at.below), func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		return &openFolder{node: at, left: list}, nil
	}
	return openFile{at, io.NewSectionReader(at.upload.Data, 0, at.upload.Size)}, nil
}

// openFile is an open file, and can be read anywhere, as archives have to be.
type openFile struct {
	*node
	*io.SectionReader
}

func (f openFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (openFile) Close() error                 { return nil }
func (f openFile) Size() int64                { return f.node.Size() }

type openFolder struct {
	*node
	left []fs.DirEntry
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.node, nil }
func (*openFolder) Close() error                 { return nil }
func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: fs.ErrInvalid}
}

// ReadDir answers the next n entries, and all if n is 0 or less.
func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(f.left)
	} else if len(f.left) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.left))
	list := f.left[:n:n]
	f.left = f.left[n:]
	return list, nil
}

func (n *node) Name() string               { return n.name }
func (n *node) IsDir() bool                { return n.upload == nil }
func (n *node) Type() fs.FileMode          { return n.Mode().Type() }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }
func (*node) ModTime() time.Time           { return time.Time{} }
func (*node) Sys() any                     { return nil }

func (n *node) Size() int64 {
	if n.upload == nil {
		return 0
	}
	return n.upload.Size
}

func (n *node) Mode() fs.FileMode {
	if n.upload == nil {
		return fs.ModeDir | 0o555
	}
	return 0o444
}
