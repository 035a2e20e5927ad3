// Package conf reads the configuration of Druid and Imply clusters: every
// kind of file with the line and column of everything in it, and what each
// process effectively gets.
//
// Open finds the trees below a path or in an archive. scan.go and archive.go read
// bytes and follow no link out of the path; layout.go says which files make a
// tree; each kind of file has a reader of its own, exact in what Druid, Java and
// the launchers make of it. A file that cannot be read is a Problem or has a
// SyntaxError, and every other file is still read. service.go joins the files:
// -D flags over a service's properties over the shared ones over the defaults of
// the release, each Value with the place where it is written.
package conf

import (
	"bytes"
	"path"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// File is one configuration file, read by its kind: of Properties, Args, Zoo,
// Supervise, Node and XML, those that fit the kind are set. A file that could
// not be read has none, and says why in Problem.
type File struct {
	// Path is as users see it: the path given, "/", and the rest.
	Path string
	Kind Kind
	Data []byte
	// Problem is why the file could not be read at all.
	Problem string
	// Err is the first mistake in its syntax, for the kinds that have one.
	Err *syntax.SyntaxError

	// Template is set for a file that some tool has yet to make of this one.
	Template *syntax.Template

	Properties *syntax.Properties
	Args       *syntax.Args
	Flags      []syntax.Flag
	Zoo        *syntax.Zoo
	Supervise  *syntax.Supervise
	Node       *syntax.Node
	XML        *syntax.Element

	rel string
	// unit is the folder of the process, or the shared one, that the file is in;
	// inService is set for a process's, and service is the one that it configures.
	unit      string
	inService bool
	service   string
}

// Tree is the configuration of one cluster.
type Tree struct {
	// Path is the tree's folder as users see it.
	Path string
	// Files are all its files, sorted by path.
	Files []*File
	// Common is the shared properties file, nil if there is none.
	Common   *File
	Services []*Service
	// Extensions are the extensions that the distribution around the tree
	// holds; HasExtensions is false when there is no distribution to look in.
	Extensions    []string
	HasExtensions bool
	// MySQLDriver is set when that distribution holds a MySQL driver.
	MySQLDriver bool
	// ZooKeeperVersion is that of the ZooKeeper server in the distribution,
	// empty if there is none.
	ZooKeeperVersion string
	Problems         []Problem
	Target           schema.Target
	TargetReason     string
	// Possible are the releases that the tree may be written for: one, if the
	// target is known. Told is false where nothing in the tree tells.
	Possible schema.Range
	Told     bool

	druid   string  // the folder of the services, relative to the scanned path
	place   string  // the same from the root of the file system, without links
	commons []*File // all common files: more than one where parts have their own
	// startedAs is the conf folder by which supervise files mean this tree.
	startedAs string
}

// Options steer how trees are read.
type Options struct {
	// Target is what the trees are written for; nil finds out by itself.
	Target *schema.Target
	// Overlay has files that count in the place of those on the disk, by their
	// path: edited and not yet saved, or as they once were. One that is nil is
	// not there. Archives are read as they are.
	Overlay map[string][]byte
	// Lone also makes trees of files that belong to no Druid by themselves, such as
	// a zoo.cfg: they are what was asked for.
	Lone bool
	// TargetOf, if not nil, says it for each tree, by its path, and who said so.
	TargetOf func(tree string) (target *schema.Target, by string, err error)
}

// Older reports whether the tree is, or may be, written for a release before the
// first one that the schema knows.
func (t *Tree) Older() bool { return t.Possible.From > 0 && t.Possible.From < schema.Oldest }

// As lets do see the tree as one of another release.
func (t *Tree) As(r schema.Release, do func()) {
	was := t.Target
	t.Target.Release = r
	defer func() { t.Target = was }()
	do()
}

// join is path.Join that leaves a path as it was given: ./conf stays ./conf.
func join(prefix, rel string) string {
	if rel == "." || rel == "" {
		return prefix
	}
	return prefix + "/" + rel
}

func newFile(prefix string, raw rawFile) *File {
	kind, ok := kindOf(raw.path)
	if !ok {
		return nil
	}
	f := &File{Path: join(prefix, raw.path), Kind: kind, Data: raw.data, Problem: raw.problem, rel: raw.path}
	if path.Base(prefix) == raw.path && raw.path == path.Base(raw.path) && !strings.Contains(raw.path, "/") {
		f.Path = prefix // the path given is the file itself
	}
	f.findPlace()
	if f.Problem == "" && isBinary(raw.data) {
		f.Problem = "is not a text file: it holds NUL bytes"
	}
	return f
}

func isBinary(data []byte) bool {
	return bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0
}

func (f *File) parse() {
	data := f.Data
	if t, ok := syntax.ReadTemplate(data, f.Kind != JVMConfig && f.Kind != MainConfig); ok {
		f.Template, data = &t, t.Data
	}
	switch f.Kind {
	case CommonProperties, RuntimeProperties:
		f.Properties = syntax.ParseProperties(data)
		f.Err = f.Properties.Err
		for i := range f.Properties.Entries {
			f.Properties.Entries[i].Prepare()
		}
		f.doubtBranches()
	case JVMConfig, MainConfig:
		f.Args = syntax.ParseArgs(data)
		f.Flags = syntax.ParseFlags(f.Args.Words)
		f.Err = f.Args.Err
	case ZooConfig:
		f.Properties = syntax.ParseProperties(data)
		f.Err = f.Properties.Err
		f.Zoo = syntax.ParseZoo(f.Properties)
	case SuperviseConfig:
		f.Supervise = syntax.ParseSupervise(data)
	case PivotConfig, TranquilityYAML:
		f.Node, f.Err = syntax.ParseYAML(data)
	case TranquilityJSON:
		f.Node, f.Err = syntax.ParseJSON(data)
	case HadoopXML, Log4jXML:
		f.XML, f.Err = syntax.ParseXML(data)
	}
	if f.Template != nil {
		f.Err = nil // what will come of it is not known
	}
}

// Line is the text of a line, counted from 1, without its end.
func (f *File) Line(n int) string {
	data := f.Data
	for ; n > 1; n-- {
		i := bytes.IndexAny(data, "\r\n")
		if i < 0 {
			return ""
		}
		if data[i] == '\r' && i+1 < len(data) && data[i+1] == '\n' {
			i++
		}
		data = data[i+1:]
	}
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
		data = data[:i]
	}
	return string(data)
}

// Rel is the file's path below the tree's Druid folder, or below the tree.
func (f *File) Rel() string { return f.rel }

// Base is the file's own name.
func (f *File) Base() string { return path.Base(f.rel) }
