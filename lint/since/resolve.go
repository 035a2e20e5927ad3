package since

import (
	"errors"
	"path"
	"path/filepath"
	"strings"

	"github.com/implycheck/implycheck/internal/disk"
)

// maxLinks bounds the links on the way to one file.
const maxLinks = 40

// found is an entry and its path from the top of the repository, without links.
// One of no kind is not there, or not in the repository.
type found struct {
	entry
	path string
}

// resolver goes down a path.
type resolver struct {
	*revision
	at    []found // the folders that it is in, and what it found last
	rest  []string
	links int
}

// resolve finds what a path from the top leads to.
func (r *revision) resolve(name string) (found, error) {
	way := resolver{revision: r, at: []found{{r.top, "."}}, rest: strings.Split(name, "/")}
	for len(way.rest) > 0 {
		part := way.rest[0]
		way.rest = way.rest[1:]
		if there, err := way.step(part); err != nil || !there {
			return found{}, err
		}
	}
	return way.last(), nil
}

func (w *resolver) last() found { return w.at[len(w.at)-1] }

// step goes on by one name, and reports whether it leads anywhere.
func (w *resolver) step(name string) (bool, error) {
	switch name {
	case "", ".":
		return true, nil
	case "..":
		w.at = w.at[:len(w.at)-1]
		return len(w.at) > 0, nil
	}
	e, err := w.child(w.last(), name)
	if err != nil {
		return false, err
	}
	if e.kind != isLink {
		w.at = append(w.at, e)
		return e.kind != "", nil
	}
	target, err := e.from.read(e.id, "blob", maxLink)
	if err != nil && !errors.Is(err, errTooLarge) {
		return false, err
	}
	w.links++
	w.rest = append(strings.Split(string(target), "/"), w.rest...)
	return err == nil && w.links <= maxLinks && !path.IsAbs(string(target)), nil
}

// child is an entry of a folder or a submodule.
func (r *revision) child(dir found, name string) (found, error) {
	if dir.kind == isRepository {
		var err error
		if dir.entry, err = r.submodule(dir); err != nil {
			return found{}, err
		}
	}
	if dir.kind != isFolder {
		return found{}, nil
	}
	list, err := dir.from.folder(dir.id)
	if err != nil {
		return found{}, err
	}
	for _, e := range list {
		if e.name == name {
			return found{e, path.Join(dir.path, name)}, nil
		}
	}
	return found{}, nil
}

// submodule is the folder of a submodule at the commit that it had; of no kind
// where the submodule is not checked out.
func (r *revision) submodule(at found) (entry, error) {
	key := at.path + " " + at.id
	if known, ok := r.submodules[key]; ok {
		return known, nil
	}
	top := filepath.Join(r.repository.top, filepath.FromSlash(at.path))
	if its, _, err := disk.Repository(top); err != nil || its != top {
		return entry{}, err
	}
	repository, err := openAt(r.repository.ctx, top)
	if err != nil {
		return entry{}, err
	}
	then, err := repository.at(at.id)
	if err != nil {
		return entry{}, err
	}
	r.open = append(r.open, then.open...)
	then.top.name = at.name
	r.submodules[key] = then.top
	return then.top, nil
}
