package conf

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Problem is something below a path that could not be read. Everything else is
// still looked at.
type Problem struct {
	// Path is as users see it.
	Path    string
	Message string
	// Severe is set where nobody knows what else was not read.
	Severe bool
	// Line is where it stands, if it is not about the whole file.
	Line int
}

// maxProblems is how many are listed of one path; the others are counted, and
// maxSorted is how many the first are chosen from.
const (
	maxProblems = 1000
	maxSorted   = 100 * maxProblems
)

func (l *listing) problem(sub, message string) { l.keep(Problem{Path: sub, Message: message}) }

func (l *listing) keep(p Problem) {
	if len(l.problems) == maxSorted {
		l.omitted++
		return
	}
	l.problems = append(l.problems, p)
}

// share gives every problem to the tree that it lies in, or else to the one that
// lies nearest.
func (l *listing) share(sources []*Source) {
	if n := len(l.problems) - maxProblems; n > 0 {
		l.problems = l.problems[:maxProblems]
		l.omitted += n
	}
	if l.omitted > 0 {
		l.problems = append(l.problems, Problem{Message: fmt.Sprintf("holds %d more files and folders that could not be read", l.omitted)})
	}
	for _, p := range l.problems {
		var nearest *Source
		most := -1
		for _, s := range sources {
			if n := nearness(s.cluster.root, p.Path); n > most {
				nearest, most = s, n
			}
		}
		nearest.problems = append(nearest.problems, p)
	}
}

// nearness is how many folders a tree and a path have in common, and more for a
// tree that the path lies in.
func nearness(root, file string) int {
	if root == "." {
		return 2 * maxFolders
	}
	common := 0
	roots, files := strings.Split(root, "/"), strings.Split(file, "/")
	for common < min(len(roots), len(files)) && roots[common] == files[common] {
		common++
	}
	if common == len(roots) {
		common += 2 * maxFolders
	}
	return common
}

// cleanError drops the name of the system call, which tells users nothing.
func cleanError(name string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file or folder", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: may not be read: permission denied", name)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// plainCause is the last part of an error, in words.
func plainCause(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}
