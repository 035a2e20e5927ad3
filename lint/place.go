package lint

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// place is a path to open, and the files in it that were asked for: their path
// in the tree, and as the user wrote it. A place without files is meant whole.
type place struct {
	path  string
	files map[string]string
}

// places replaces every path that is a file of a tree by the tree around it.
// Files of one tree are one place, so that it is linted once and not taken for
// several clusters.
func places(paths []string, overlay map[string][]byte) ([]*place, error) {
	var list []*place
	around := map[string]*place{}
	for _, name := range paths {
		if !isFile(name, overlay) {
			list = append(list, &place{path: name})
			continue
		}
		dir, rel, err := conf.Around(name)
		if err != nil {
			return nil, err
		}
		if around[dir] == nil {
			around[dir] = &place{path: dir, files: map[string]string{}}
			list = append(list, around[dir])
		}
		around[dir].files[dir+"/"+rel] = filepath.ToSlash(name)
	}
	return list, nil
}

// isFile reports whether a path is one file of a tree, and no archive of some.
func isFile(name string, overlay map[string][]byte) bool {
	if overlay[name] != nil {
		return true
	}
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && !conf.IsArchive(name)
}

// open reads the place's trees: those that hold one of its files, if it has any.
func (p *place) open(ctx context.Context, o conf.Options) ([]*conf.Tree, error) {
	if p.files == nil {
		return conf.Open(ctx, p.path, o)
	}
	left := maps.Clone(p.files)
	o.Lone = true
	trees, err := conf.Open(ctx, p.path, o)
	if err != nil && !errors.Is(err, conf.ErrNoConfiguration) {
		return nil, err
	}
	trees = slices.DeleteFunc(trees, func(t *conf.Tree) bool {
		n := len(left)
		for _, f := range t.Files {
			delete(left, f.Path)
		}
		return len(left) == n
	})
	if len(left) > 0 {
		strangers := strings.Join(slices.Sorted(maps.Values(left)), ", ")
		return nil, fmt.Errorf("%s: no configuration file of Druid or Imply by its name and folder, such as conf/druid/broker/runtime.properties", strangers)
	}
	return trees, nil
}

// only drops what is said of other files, and names the files as the user does.
// What has to do with one of them stays, wherever it is reported.
func (p *place) only(r *Result) {
	if p.files == nil {
		return
	}
	r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return !p.concerns(&f) })
	for i := range r.Findings {
		p.rename(&r.Findings[i])
	}
	r.Suppressed = slices.DeleteFunc(r.Suppressed, func(s finding.Suppressed) bool { return !p.concerns(&s.Finding) })
	for i := range r.Suppressed {
		p.rename(&r.Suppressed[i].Finding)
	}
	r.Tree.Files = len(p.files)
}

func (p *place) concerns(f *finding.Finding) bool {
	return p.has(f.Location) || slices.ContainsFunc(f.Related, func(r finding.Related) bool { return p.has(r.Location) })
}

func (p *place) has(l finding.Location) bool {
	_, ok := p.files[l.File]
	return ok
}

// rename changes places only where the user's name for a file differs. The
// finding's slices may be shared, and are copied.
func (p *place) rename(f *finding.Finding) {
	p.renameLocation(&f.Location)
	f.Related = slices.Clone(f.Related)
	for i := range f.Related {
		p.renameLocation(&f.Related[i].Location)
	}
	if f.Fix == nil {
		return
	}
	fix := *f.Fix
	fix.Edits = slices.Clone(fix.Edits)
	for i := range fix.Edits {
		p.renameLocation(&fix.Edits[i].Location)
	}
	f.Fix = &fix
}

func (p *place) renameLocation(l *finding.Location) {
	if given, ok := p.files[l.File]; ok {
		l.File = path.Clean(given)
	}
}
