package conf

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/lazy"
)

// listing is what a path holds, be it a folder, a file or an archive, by the
// names in it: configuration files, and what tells of the distribution around
// them.
type listing struct {
	files  []entry
	single bool // the path is a file itself
	// store is where the files are read from.
	store    func() reader
	problems []Problem
	omitted  int // problems

	// extensions are the names of the folders below .../extensions.
	extensions    []string
	hasExtensions bool
	// versions are files and folders that tell a release: imply-3.0.19, druid-core-0.15.0.jar.
	versions    []string
	mysqlDriver bool
	// zooKeeper is the version of the ZooKeeper in the distribution, by its jar.
	zooKeeper, zooKeeperJar string
}

// entry is a configuration file that was found and not yet read.
type entry struct {
	path string // below the path that was named
	kind Kind
	real string // the same without links, for a file on the disk

	member  member // of an archive
	known   bool   // data is what it holds, and needs no reading
	data    []byte
	problem string // why it is not read
}

// list lists a folder, a file or an archive.
func list(ctx context.Context, name string) (*listing, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, cleanError(name, err)
	}
	if err := disk.Stays(name); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l := &listing{}
	switch {
	case info.IsDir():
		l.store = func() reader { return &folderReader{name: name} }
		err = l.walk(ctx, name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: is neither a folder nor a regular file", name)
	case isArchive(name):
		l.store = func() reader { return &archiveReader{name: name} }
		err = l.unpack(ctx, name)
	default:
		l.store = func() reader { return fileReader(name) }
		l.single = true
		l.add(entry{path: path.Base(filepath.ToSlash(name))})
	}
	if err != nil {
		return nil, err
	}
	l.sort()
	return l, nil
}

func (l *listing) sort() {
	slices.Sort(l.extensions)
	l.extensions = slices.Compact(l.extensions)
	slices.Sort(l.versions)
	l.versions = slices.Compact(l.versions)
	slices.SortStableFunc(l.problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(l.files, func(a, b entry) int { return strings.Compare(a.path, b.path) })
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
	}
	if isDir && (strings.HasPrefix(name, "imply-") || strings.HasPrefix(name, "apache-druid-")) {
		l.versions = append(l.versions, path.Join(dir, name))
	}
	if isDir || !strings.HasSuffix(name, ".jar") {
		return
	}
	switch {
	case strings.HasPrefix(name, "mysql-connector"), strings.HasPrefix(name, "mariadb-java-client"):
		l.mysqlDriver = true
	case strings.HasPrefix(name, "druid-server-"):
		l.versions = append(l.versions, path.Join(dir, name))
	case strings.HasPrefix(name, "zookeeper-"):
		if m := zooKeeperJar.FindStringSubmatch(name); m != nil && zooKeeperDir.MatchString(dir) && path.Join(dir, name) > l.zooKeeperJar {
			l.zooKeeper, l.zooKeeperJar = m[1], path.Join(dir, name)
		}
	}
}
