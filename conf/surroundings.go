package conf

import (
	"cmp"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const (
	// maxAround is how much of a file is read for what it tells of a tree, and
	// maxAroundFiles how many such files are.
	maxAround      = 64 << 10
	maxAroundFiles = 256
)

// surroundings are what a scanned path holds besides configuration, and what
// lies beside it, that tells more of its trees: which release they are for, and
// which values a script fills in. It is read when a tree asks.
type surroundings struct {
	where where
	real  string // the scanned folder from the root, without links; empty for an archive
	atTop bool   // the scanned folder is a tree's own: the distribution is around it

	mentions []mention
	files    []entry
	// shared are folders that several containers have in common.
	shared []string

	once    sync.Once
	scripts [][]byte
}

// tellsMore reports whether a file that is no configuration is looked at.
func tellsMore(dir, name string) bool { return namesReleases(name) || isScript(dir, name) }

// note keeps a file for later.
func (s *surroundings) note(e entry) {
	if len(s.files) < 100*maxAroundFiles {
		s.files = append(s.files, e)
	}
}

// noteName keeps the name of a distribution's folder, or of a jar in it.
func (s *surroundings) noteName(dir, name string, isDir bool) {
	if m, ok := distributionName(dir, name); ok && isDir != strings.HasPrefix(name, "druid-server-") {
		if isDir {
			m.dir = path.Join(dir, name)
		}
		s.mentions = append(s.mentions, m)
	}
}

// sort makes the order that of the paths, and keeps the files nearest to the top.
func (s *surroundings) sort() {
	slices.SortFunc(s.mentions, func(a, b mention) int { return cmp.Or(strings.Compare(a.dir, b.dir), strings.Compare(a.text, b.text)) })
	slices.SortFunc(s.files, func(a, b entry) int {
		return cmp.Or(strings.Count(a.path, "/")-strings.Count(b.path, "/"), strings.Compare(a.path, b.path))
	})
	s.files = s.files[:min(len(s.files), maxAroundFiles)]
}

// top says what was scanned.
func (s *surroundings) top(l *listing, name string, atTop bool) {
	if s.where = l.where; !s.where.isArchive(name) {
		s.real, s.atTop = filepath.ToSlash(s.where.real(name)), atTop
	}
}

// surroundings reads what there is around the listed trees.
func (l *listing) surroundings() *surroundings {
	s := &l.around
	s.once.Do(func() {
		if s.real != "" {
			s.noteName("..", path.Base(s.real), true)
		}
		if s.atTop && s.real != "" {
			s.beside()
		}
		if len(s.files) == 0 {
			return
		}
		r := l.store()
		defer r.close()
		for i := range s.files {
			e := &s.files[i]
			data := e.data
			if !e.known {
				data, _ = r.read(e) // what cannot be read tells nothing
			}
			s.take(e.path, data[:min(len(data), maxAround)])
		}
		s.files = nil
	})
	return s
}

// take looks into a file.
func (s *surroundings) take(file string, data []byte) {
	if namesReleases(path.Base(file)) {
		s.mentions = append(s.mentions, mentions(file, data)...)
		s.noteMounts(file, data)
	}
	if isScript(path.Dir(file), path.Base(file)) && fillsSlots(data) {
		s.scripts = append(s.scripts, data)
	}
}

// beside looks into the folder that holds the conf folder: its own name, the jars
// of a distribution, a Dockerfile.
func (s *surroundings) beside() {
	conf := s.where.aboveDruid(s.real)
	root, up := path.Dir(conf), ".."+strings.Repeat("/..", len(parts(strings.TrimPrefix(s.real, conf))))
	s.noteName(path.Join(up, ".."), path.Base(root), true)
	for _, dir := range []string{"", "lib", "dist/druid/lib"} {
		entries, err := s.where.readDir(filepath.Join(root, filepath.FromSlash(dir)))
		if err != nil {
			continue
		}
		for _, entry := range entries[:min(len(entries), 4*maxAroundFiles)] {
			switch name := entry.Name(); {
			case dir != "":
				s.noteName(up, name, false)
			case entry.Type()&fs.ModeType == 0 && tellsMore("", name):
				full := filepath.Join(root, name)
				if data, err := readRegular(func() (fs.File, error) { return s.where.open(full) }); err == nil {
					s.take(path.Join(up, name), data[:min(len(data), maxAround)])
				}
			}
		}
	}
}

// nearest are the mentions that are nearest to a tree's folder: names of
// distributions before files, and what lies in the folders above it before what
// lies elsewhere.
func (s *surroundings) nearest(folder string) (list []mention) {
	type distance struct{ weight, up, down int }
	var best distance
	for _, m := range s.mentions {
		d := distance{weight: -m.weight}
		d.up, d.down = steps(folder, m.dir)
		switch order := cmp.Or(cmp.Compare(d.weight, best.weight), cmp.Compare(d.up, best.up), cmp.Compare(d.down, best.down)); {
		case len(list) == 0 || order < 0:
			list, best = []mention{m}, d
		case order == 0:
			list = append(list, m)
		}
	}
	return list
}

// steps is how many folders it takes up from one folder, and then down, to
// another.
func steps(from, to string) (up, down int) {
	a, b := parts(from), parts(to)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(b) > 0 && b[0] == ".." {
		b, up = b[1:], up+1
	}
	return up + len(a), len(b)
}

func parts(dir string) []string {
	if dir = path.Clean(strings.TrimPrefix(dir, "/")); dir == "." || dir == "" {
		return nil
	}
	return strings.Split(dir, "/")
}
