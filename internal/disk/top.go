package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// bounds are a path in two parts: a real folder, and the rest below it, which may
// lead through links and need not be there.
type bounds struct {
	top, rest  string
	repository bool // top is the top folder of one
}

// Repository is the top folder of the repository that a path lies in: the
// nearest of its real parent folders, or itself, that holds a .git; empty where
// there is none. The first link that lies in a repository ends the search, since
// what it leads to is the repository's choice. A folder that only looks like a
// repository, with a HEAD and objects of its own, is none. rest is the path below
// it, which may lead through links.
func Repository(path string) (top, rest string, err error) {
	full, err := absolute(path)
	if err != nil {
		return "", "", err
	}
	if b := split(full, ""); b.repository {
		return b.top, b.rest, nil
	}
	return "", "", nil
}

// Top is the folder that bounds a path, and the rest of the path below it: its
// repository, else the working folder if the path begins there, else the deepest
// of its folders that is there.
func Top(path string) (top, rest string, err error) {
	full, err := absolute(path)
	if err != nil {
		return "", "", err
	}
	working, err := workingFolder()
	b := split(full, working)
	return b.top, b.rest, err
}

// Stays says it where a path leads out of the repository that it lies in, through
// a link there: that is no choice of the user's, who can name where it leads.
func Stays(path string) error {
	full, err := absolute(path)
	if err != nil {
		return err
	}
	b := split(full, "")
	if !b.repository || b.rest == "." {
		return nil
	}
	real, err := filepath.EvalSymlinks(full)
	if err != nil {
		return nil // whoever opens it says so
	}
	if rel, err := filepath.Rel(b.top, real); err != nil || !filepath.IsLocal(rel) {
		return fmt.Errorf("a link leads out of the repository, to %s: name that, if it is meant", real)
	}
	return nil
}

// split goes down a path from the root. It resolves links as long as nothing
// bounds them.
func split(full, working string) (b bounds) {
	volume := filepath.VolumeName(full)
	at := volume + string(filepath.Separator)
	rest := strings.Trim(full[len(volume):], string(filepath.Separator))
	for {
		if git := holdsGit(at); git || at == working && b.top == "" {
			b = bounds{at, filepath.Clean(rest), git}
		}
		name, below, _ := strings.Cut(rest, string(filepath.Separator))
		next := filepath.Join(at, name)
		info, err := os.Lstat(next)
		if err == nil && info.Mode()&os.ModeSymlink != 0 && b.top == "" {
			if target, err := filepath.EvalSymlinks(next); err == nil {
				return split(filepath.Join(target, below), working)
			}
		}
		if name == "" || err != nil || !info.IsDir() {
			if b.top == "" {
				b = bounds{top: at, rest: filepath.Clean(rest)}
			}
			return b
		}
		at, rest = next, below
	}
}

// holdsGit reports whether a folder is the top of a repository: its .git is a
// folder, or the file of a worktree or a submodule. A link is none of ours.
func holdsGit(dir string) bool {
	info, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil && (info.IsDir() || info.Mode().IsRegular())
}

// Real is a path without links, from the root.
func Real(path string) (string, error) {
	full, err := absolute(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(full)
}

// absolute is a path from the root; a relative one begins in the real working
// folder.
func absolute(path string) (string, error) {
	if filepath.IsAbs(path) {
		return filepath.Clean(path), nil
	}
	working, err := workingFolder()
	return filepath.Join(working, path), err
}

// workingFolder is its real path.
func workingFolder() (string, error) {
	working, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(working)
}
