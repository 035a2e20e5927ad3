package conf

import (
	"cmp"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

const (
	// maxAround is how much of a file is read for the sake of a release, and
	// maxAroundFiles how many such files are.
	maxAround      = 64 << 10
	maxAroundFiles = 256
)

// surroundings are what a scanned path holds besides configuration, and what
// lies beside it, that may name a release. It is read when a tree does not know
// its own.
type surroundings struct {
	real       string // the scanned folder from the root, empty for an archive
	atTop      bool   // the scanned folder is a tree's own: the distribution is around it
	once       sync.Once
	mentions   []mention
	candidates []candidate

	scriptsOnce sync.Once
	read        [][]byte // the scripts
}

// candidate is a file that may name a release, and is read when somebody asks.
type candidate struct {
	path string // relative to the scanned path
	full string // on the disk, empty in an archive
	data []byte // of an archive's member
}

// read is the beginning of the file; nothing but a regular file is read.
func (c *candidate) read() []byte {
	if c.full == "" {
		return c.data
	}
	f, err := os.Open(c.full)
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	data, _ := io.ReadAll(io.LimitReader(f, maxAround))
	return data
}

// tellsMore reports whether a file is read besides those of the configuration.
func tellsMore(file string) bool { return namesReleases(path.Base(file)) || isScript(file) }

// wants reports whether more files are looked at.
func (s *surroundings) wants() bool { return len(s.candidates) < maxAroundFiles }

// note keeps a file that may name a release for later.
func (s *surroundings) note(c candidate) {
	if s.wants() {
		s.candidates = append(s.candidates, c)
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

// all reads what there is.
func (s *surroundings) all() []mention {
	s.once.Do(func() {
		if s.real != "" {
			s.noteName("..", path.Base(s.real), true)
		}
		if s.atTop && s.real != "" {
			s.beside()
		}
		for i := range s.candidates {
			if !namesReleases(path.Base(s.candidates[i].path)) {
				continue
			}
			s.mentions = append(s.mentions, mentions(s.candidates[i].path, s.candidates[i].read())...)
		}
	})
	return s.mentions
}

// nearest are the mentions that are nearest to a tree's folder: names of
// distributions before files, and what lies in the folders above it before what
// lies elsewhere.
func (s *surroundings) nearest(folder string) (list []mention) {
	type distance struct{ weight, up, down int }
	var best distance
	for _, m := range s.all() {
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
	if dir = path.Clean(dir); dir == "." || dir == "" {
		return nil
	}
	return strings.Split(dir, "/")
}

// beside looks into the folder that holds the conf folder: its own name, the jars
// of a distribution, a Dockerfile.
func (s *surroundings) beside() {
	conf := aboveDruid(s.real)
	root, up := path.Dir(conf), ".."+strings.Repeat("/..", len(parts(strings.TrimPrefix(s.real, conf))))
	s.noteName(path.Join(up, ".."), path.Base(root), true)
	for _, dir := range []string{"", "lib", "dist/druid/lib"} {
		entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
		if err != nil {
			continue
		}
		for _, entry := range entries[:min(len(entries), 4*maxAroundFiles)] {
			if name := entry.Name(); dir != "" {
				s.noteName(up, name, false)
			} else if entry.Type()&fs.ModeType == 0 && tellsMore(name) {
				s.note(candidate{path: path.Join(up, name), full: filepath.Join(root, name)})
			}
		}
	}
}
