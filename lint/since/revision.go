package since

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// Limits of what a revision holds below one path, as for folders: a commit may
// show one folder any number of times.
var (
	maxEntries int64 = 2_000_000
	maxBytes   int64 = 256 << 20
)

const (
	maxFolders = 40
	maxFiles   = 200_000
)

// revision is a repository as it was. Links lead where they would lead in a work
// tree, as far as the commit holds it. Submodules are read from their own
// repositories, at the commits that they had.
type revision struct {
	repository *repository
	name       string // as the user says it
	top        entry
	open       []*objects
	submodules map[string]entry // by their path and commit
}

// at opens a repository at a revision.
func (r *repository) at(name string) (*revision, error) {
	id, err := r.folder(name)
	if err != nil {
		return nil, err
	}
	o, err := r.objects()
	if err != nil {
		return nil, err
	}
	top := entry{kind: isFolder, id: id, from: o}
	return &revision{repository: r, name: name, top: top, open: []*objects{o}, submodules: map[string]entry{}}, nil
}

func (r *revision) close() {
	for _, o := range r.open {
		o.close()
	}
}

// reading are the configuration files below a path, by their paths from there.
type reading struct {
	*revision
	root           string          // the path, without links
	used           map[string]bool // files that are read today, by any name
	files          map[string][]byte
	entries, bytes int64
}

// below reads the configuration files below a path, what may be one in another form,
// and those that are used now. Of the links those are followed that stay below it.
func (r *revision) below(path string, now []string) (map[string][]byte, error) {
	at, err := r.resolve(path)
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", path, r.name, err)
	}
	reading := reading{revision: r, root: at.path, used: map[string]bool{}, files: map[string][]byte{}}
	for _, file := range now {
		reading.used[file] = true
	}
	if at.kind == isFolder {
		if err := reading.folder(".", at, nil); err != nil {
			return nil, fmt.Errorf("%s at %s: %w", path, r.name, err)
		}
	}
	return reading.files, nil
}

// folder reads a folder; shown is its path as it is reached, and above are the
// folders that it lies in, without links.
func (r *reading) folder(shown string, at found, above []string) error {
	if len(above) > maxFolders {
		return nil
	}
	list, err := at.from.folder(at.id)
	if err != nil {
		return fmt.Errorf("%s: %w", shown, err)
	}
	above = append(above[:len(above):len(above)], at.path)
	for _, e := range list {
		if r.entries++; r.entries > maxEntries {
			return fmt.Errorf("there are more than %d files and folders", maxEntries)
		}
		if err := r.take(path.Join(shown, e.name), found{e, path.Join(at.path, e.name)}, above); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) take(shown string, e found, above []string) (err error) {
	switch e.kind {
	case isLink:
		if e, err = r.resolve(e.path); err != nil || e.kind == "" || !within(r.root, e.path) || leadsUp(e.path, above) {
			return err
		}
	case isRepository:
		if e.entry, err = r.submodule(e); err != nil {
			return err
		}
	}
	switch {
	case e.kind == isFolder && conf.IsConfiguration(path.Base(shown)+"/runtime.properties"): // none that is skipped
		return r.folder(shown, e, above)
	case e.kind.isFile() && conf.IsConfiguration(shown):
		return r.file(shown, e.entry)
	case e.kind.isFile() && (r.used[shown] || conf.Concerns(shown)):
		return r.file(shown, e.entry)
	}
	return nil
}

// file reads one file.
func (r *reading) file(shown string, e entry) error {
	data, err := e.from.read(e.id, "blob", maxFile)
	switch {
	case errors.Is(err, errTooLarge) && conf.IsConfiguration(shown):
		return fmt.Errorf("%s is larger than %d MiB, which no configuration file is", shown, maxFile>>20)
	case errors.Is(err, errTooLarge): // no form reads it either
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", shown, err)
	}
	r.bytes += int64(len(data))
	r.files[shown] = data
	if r.bytes > maxBytes || len(r.files) > maxFiles {
		return fmt.Errorf("there is more configuration than %d files or %d MiB", maxFiles, maxBytes>>20)
	}
	return nil
}

func within(root, path string) bool {
	return root == "." || path == root || strings.HasPrefix(path, root+"/")
}

// leadsUp reports whether a path is one of some folders, or holds one.
func leadsUp(path string, folders []string) bool {
	for _, dir := range folders {
		if within(path, dir) {
			return true
		}
	}
	return false
}
