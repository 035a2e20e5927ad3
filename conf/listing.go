package conf

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/lazy"
)

// listing is what a path holds, be it a folder, a file or an archive, by the
// names in it: configuration files, and what tells of the distribution around
// them.
type listing struct {
	where  where
	files  []entry
	maybe  []entry           // what may be a configuration in another form
	single bool              // the path is a file itself
	beside bool              // and the store is the folder that it lies in
	folder string            // which is this one
	near   map[string][]byte // what the overlay has below it
	names  []string
	// variables are files of Ansible that are no YAML by their names.
	variables []entry
	ansible   *form.Ansible // nil where there is none
	// unrendered is an error about what has to be rendered or mended before it is read.
	unrendered error
	forms      sync.Mutex // of names, and of the files that forms have read
	// archived is set where only what is listed can be read.
	archived bool
	// store is where the files are read from.
	store    func() reader
	problems []Problem
	omitted  int // problems

	// extensions are the names of the folders below .../extensions.
	extensions    []string
	hasExtensions bool
	// extensionDir is that folder; of several the first one, seen from the top.
	extensionDir string
	around       surroundings
	mysqlDriver  bool
	// zooKeeper is the version of the ZooKeeper in the distribution, by its jar.
	zooKeeper, zooKeeperJar string
}

// entry is a configuration file that was found and not yet read.
type entry struct {
	path string // below the path that was named
	kind Kind   // none for what only tells more of a tree
	whereabouts
	real string // the same without links, for a file on the disk

	member  member // of an archive
	known   bool   // data is what it holds, and needs no reading
	data    []byte
	problem string // why it is not read
}

// list lists a folder, a file or an archive. A file of another form that is given
// as overlay need not be there: standard input is one.
func list(ctx context.Context, name string, o Options) (*listing, error) {
	w := where{o.Files}
	info, err := w.stat(name)
	if data := o.Overlay[name]; err != nil && data != nil && IsForm(name, data) {
		base := path.Base(filepath.ToSlash(name))
		return &listing{
			single: true, beside: true, archived: true, maybe: []entry{{path: base, real: base, known: true, data: data}},
			store: func() reader { return fileReader{w, name} },
		}, nil
	}
	if err != nil {
		return nil, cleanError(name, err)
	}
	if w.files == nil {
		if err := disk.Stays(name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	l := &listing{where: w}
	switch {
	case info.IsDir():
		l.store = func() reader { return &folderReader{where: w, name: name} }
		err = l.walk(ctx, name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: is neither a folder nor a regular file", name)
	case isArchive(name):
		l.archived = true
		l.store = func() reader { return &archiveReader{where: w, name: name} }
		err = l.unpack(ctx, name)
	default:
		l.single = true
		l.file(name)
	}
	if err != nil {
		return nil, err
	}
	l.sort()
	return l, nil
}

// file lists the one file that was named. One that may be in another form is read
// with what lies beside it.
func (l *listing) file(name string) {
	base := path.Base(filepath.ToSlash(name))
	l.store = func() reader { return fileReader{l.where, name} }
	if _, ok := kindOf(base); !ok && form.MayBe(base) {
		l.beside, l.folder = true, filepath.Dir(name)
		l.store = func() reader { return &folderReader{where: l.where, name: filepath.Dir(name)} }
		l.maybe = append(l.maybe, entry{path: base, real: base})
		return
	}
	l.add(entry{path: base})
}

// mayBe keeps a file that may be in another form, or may have variables of templates.
func (l *listing) mayBe(e entry) {
	switch {
	case form.MayBe(path.Base(e.path)):
		if len(l.maybe) < maxForms {
			l.maybe = append(l.maybe, e)
		}
	case form.HoldsVariables(path.Split(e.path)):
		if len(l.variables) < maxForms {
			l.variables = append(l.variables, e)
		}
	}
}

// rendered leaves out the templates of files that are there, too.
func rendered(files []entry) []entry {
	there := map[string]bool{}
	for _, e := range files {
		there[e.path] = true
	}
	return slices.DeleteFunc(files, func(e entry) bool {
		plain := path.Join(path.Dir(e.path), plainName(path.Base(e.path)))
		return plain != e.path && there[plain]
	})
}

// group divides the files into clusters. What has to be read for that is kept.
func (l *listing) group(lone bool) []*cluster {
	r := l.store()
	defer r.close()
	g := &grouping{named: map[string]*cluster{}, below: map[string]*cluster{}, lone: lone}
	g.text = func(e *entry) []byte {
		if !e.known && e.problem == "" {
			data, err := r.read(e)
			if err != nil {
				return nil // which is said when the tree is opened
			}
			e.data, e.known = data, true
		}
		return e.data
	}
	return g.group(slices.Clone(l.files))
}

func (l *listing) sort() {
	slices.Sort(l.extensions)
	l.extensions = slices.Compact(l.extensions)
	l.around.sort()
	slices.SortStableFunc(l.problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(l.maybe, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	slices.SortFunc(l.files, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	l.files = rendered(l.files)
}

// add takes a file, if it is one of configuration.
func (l *listing) add(e entry) {
	kind, ok := kindOf(e.path)
	if e.kind = kind; ok {
		l.files = append(l.files, e)
	}
}

// zooKeeperJar is the server's jar; Druid's own lib folder has one too, of the
// client, so only ZooKeeper's folder counts.
var (
	zooKeeperJar = lazy.Regexp{Expr: `^zookeeper-(\d+\.\d+\.\d+)[^/]*\.jar$`}
	zooKeeperDir = lazy.Regexp{Expr: `(^|/)(zk|(apache-)?zookeeper[^/]*)(/|$)`}
)

// note remembers names that tell which extensions and which release there are.
func (l *listing) note(dir, name string, isDir bool) {
	if isDir && path.Base(dir) == "extensions" {
		l.extensions, l.hasExtensions = append(l.extensions, name), true
		if depth := strings.Count(dir, "/") - strings.Count(l.extensionDir, "/"); l.extensionDir == "" || depth < 0 || depth == 0 && dir < l.extensionDir {
			l.extensionDir = dir
		}
	}
	l.around.noteName(dir, name, isDir)
	if isDir || !strings.HasSuffix(name, ".jar") {
		return
	}
	switch {
	case strings.HasPrefix(name, "mysql-connector"), strings.HasPrefix(name, "mariadb-java-client"):
		l.mysqlDriver = true
	case strings.HasPrefix(name, "zookeeper-"):
		if m := zooKeeperJar.FindStringSubmatch(name); m != nil && zooKeeperDir.MatchString(dir) && path.Join(dir, name) > l.zooKeeperJar {
			l.zooKeeper, l.zooKeeperJar = m[1], path.Join(dir, name)
		}
	}
}
