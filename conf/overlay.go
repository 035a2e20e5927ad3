package conf

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// overlay puts the files of Options.Overlay in the place of those that were
// found; of one that links lead to by several names, in each of its places. What
// could not be looked at where one of them lies is no problem then.
func (l *listing) overlay(name string, files map[string][]byte) {
	if len(files) == 0 {
		return
	}
	if l.beside {
		l.near = below(l.folder, files)
	}
	over, covered := below(name, files), map[string]bool{}
	found := l.files
	l.files = nil
	for _, f := range found {
		at := f.path
		if _, ok := over[at]; !ok {
			at = f.real
		}
		if data, ok := over[at]; ok {
			covered[at] = true
			f = known(f.path, data)
			if data == nil {
				continue
			}
		}
		l.add(f)
	}
	for file, data := range over {
		if data != nil && !covered[file] && !skipped(file) {
			l.add(known(file, data))
		}
		for ; file != "."; file = path.Dir(file) {
			covered[file] = true
		}
	}
	l.overlayForms(over)
	l.problems = slices.DeleteFunc(l.problems, func(p Problem) bool { return covered[p.Path] })
	l.sort()
}

// known is a file that is there already. One that is too large is not read, as if it
// were on the disk.
func known(file string, data []byte) entry {
	e := entry{path: file, real: file, known: true, data: data}
	if len(data) > maxFile {
		e.data, e.problem = nil, tooLarge
	}
	return e
}

// overlayForms does the same for files that may be of another form.
func (l *listing) overlayForms(over map[string][]byte) {
	for file, data := range over {
		made := known(file, data)
		i := slices.IndexFunc(l.maybe, func(e entry) bool { return e.path == file || e.real == file })
		switch {
		case i >= 0 && data == nil:
			l.maybe = slices.Delete(l.maybe, i, i+1)
		case i >= 0:
			made.path = l.maybe[i].path
			l.maybe[i] = made
		case data != nil && !skipped(file) && !IsConfiguration(file):
			l.mayBe(made)
		}
	}
}

// edited is a file in the folder of the one that was named, as the overlay has it.
func (l *listing) edited(file string) (data []byte, ok bool) {
	if len(l.near) == 0 {
		return nil, false
	}
	if data, ok = l.near[file]; ok {
		return data, true
	}
	if real, below := relative(RealPath(l.folder), RealPath(filepath.Join(l.folder, file))); below {
		data, ok = l.near[real]
	}
	return data, ok
}

// below are the files of an overlay below the path name, by their path in it. The
// path itself may lead through links; what is below it counts by its name, even
// where that is a link now.
func below(name string, files map[string][]byte) map[string][]byte {
	over := map[string][]byte{}
	full, err := filepath.Abs(name)
	if err != nil {
		return over
	}
	roots := []string{full, filepath.Join(RealPath(filepath.Dir(full)), filepath.Base(full)), RealPath(full)}
	for file, data := range files {
		if file, err = filepath.Abs(file); err != nil {
			continue
		}
		for _, root := range roots {
			rel, ok := relative(root, file)
			if !ok {
				continue
			}
			if rel == "." { // the path is a file
				rel = filepath.Base(full)
			}
			over[rel] = data
			break
		}
	}
	return over
}

// relative is a path below root.
func relative(root, full string) (string, bool) {
	rel, err := filepath.Rel(root, full)
	return filepath.ToSlash(rel), err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// RealPath is a path without links, from the root; the last parts of it need not
// be there.
func RealPath(name string) string {
	full, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	if target, err := filepath.EvalSymlinks(full); err == nil {
		return target
	}
	if dir := filepath.Dir(full); dir != full {
		return filepath.Join(RealPath(dir), filepath.Base(full))
	}
	return full
}
