package disk

import (
	"os"
	"path/filepath"
)

// Name is a file or a folder that somebody names. The user may name any; a name
// of Bounded, or one that a file gives (Beside), lies below a folder.
type Name struct {
	// Path is as people see it.
	Path string

	root, rest string
}

// String is the path as people see it.
func (n Name) String() string { return filepath.ToSlash(n.Path) }

// Trusted reports whether the user named the file.
func (n Name) Trusted() bool { return n.root == "" }

// User is a path that the user names.
func User(path string) Name { return Name{Path: path} }

// Bounded is a file that nobody named, such as one that lies beside a tree: it
// is bounded by its repository, or else by its own folder.
func Bounded(path string) (Name, error) {
	full, err := absolute(path)
	if err != nil {
		return Name{}, err
	}
	if b := split(full, ""); b.repository {
		return Name{path, b.top, b.rest}, nil
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(full))
	return Name{path, dir, filepath.Base(full)}, err
}

// Below is a file below a real folder, which no link of it leaves.
func Below(root, path string) Name { return Name{filepath.Join(root, path), root, path} }

// Beside is what a file names: a path that begins in the file's folder, and stays
// below what bounds the file.
func (n Name) Beside(path string) (Name, error) {
	rest := filepath.Join(filepath.Dir(n.rest), path)
	if filepath.IsAbs(path) || !filepath.IsLocal(rest) {
		return Name{}, ErrOutside
	}
	return Name{filepath.Join(filepath.Dir(n.Path), path), n.root, rest}, nil
}

// In is a file of a folder.
func (n Name) In(file string) Name {
	in := Name{Path: filepath.Join(n.Path, file), root: n.root}
	if n.root != "" {
		in.rest = filepath.Join(n.rest, file)
	}
	return in
}

// Folder opens the folder that a file lies in, to write the file there: no link
// on the way leads out of what bounds it, which for the user's own names is Top.
// The file itself is not looked at.
func (n Name) Folder() (folder *os.Root, base string, err error) {
	top, dir, base := n.root, filepath.Dir(n.rest), filepath.Base(n.rest)
	if top == "" {
		full, err := absolute(n.Path)
		if err != nil {
			return nil, "", err
		}
		base = filepath.Base(full)
		if top, dir, err = Top(filepath.Dir(full)); err != nil {
			return nil, "", err
		}
	}
	folder, err = openFolder(top, dir)
	return folder, base, Reason(err)
}

// OpenTree opens a folder that the user names, to change the files in it. A link
// is followed where it stays in what bounds it, and nowhere else.
func OpenTree(path string) (*os.Root, error) {
	top, rest, err := Top(path)
	if err != nil {
		return nil, err
	}
	if info, err := os.Lstat(path); rest == "." && err == nil && info.Mode()&os.ModeSymlink != 0 {
		return nil, ErrOutside
	}
	root, err := openFolder(top, rest)
	return root, Reason(err)
}

// openFolder opens a folder below another one.
func openFolder(top, dir string) (*os.Root, error) {
	root, err := os.OpenRoot(top)
	if err != nil || dir == "." {
		return root, err
	}
	defer root.Close()
	return root.OpenRoot(dir)
}
