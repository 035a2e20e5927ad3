package lint

import (
	"path"
	"path/filepath"
	"slices"

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
func places(paths []string, o conf.Options) ([]*place, error) {
	var list []*place
	around := map[string]*place{}
	for _, name := range paths {
		if !o.IsFile(name) || o.IsForm(name) {
			list = append(list, &place{path: name})
			continue
		}
		dir, rel, err := o.Around(name)
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

func (p *place) name() string { return p.path }

// concerns reports whether a finding has to do with a file that was asked for,
// wherever it is reported.
func (p *place) concerns(f *finding.Finding) bool {
	return p.files == nil || p.has(f.Location) || slices.ContainsFunc(f.Related, func(r finding.Related) bool { return p.has(r.Location) })
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
