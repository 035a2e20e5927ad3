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
	"fmt"
	"io/fs"
	"path"
	"sync"
	"sync/atomic"

	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/conf/live"
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
	fills    []Fill

	Properties *syntax.Properties
	Args       *syntax.Args
	Flags      []syntax.Flag
	Zoo        *syntax.Zoo
	Supervise  *syntax.Supervise
	Node       *syntax.Node
	XML        *syntax.Element

	rel string
	whereabouts
	system map[string]int // the -D flag that counts, by key

	recoded bool // what stands in the file has other bytes

	made  *form.File // set for a file that a form has made, of the tree
	tree  *Tree
	makes []*File // those that are made of this one

	once  sync.Once
	lines *syntax.Lines

	lastLine atomic.Pointer[maskedLine]
	secret   struct {
		once sync.Once
		fileSecrets
	}
}

// Tree is the configuration of one cluster.
type Tree struct {
	// Path is the tree's folder as users see it.
	Path string
	// Form is how it is kept: conf for a folder of files, or compose and the like,
	// whose files package form makes.
	Form string
	// Files are all its files, sorted by path.
	Files []*File
	// Common is the shared properties file, nil if there is none.
	Common   *File
	Services []*Service
	// Extensions are the extensions that the distribution around the tree
	// holds; HasExtensions is false when there is no distribution to look in.
	Extensions    []string
	HasExtensions bool
	// ExtensionDir is the folder that holds them, below the scanned path.
	ExtensionDir string
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
	// TargetGiven is set where the user says the target.
	TargetGiven bool

	druid   string  // the folder of the services, relative to the scanned path
	place   string  // the same from the root of the file system, without links
	commons []*File // all common files: more than one where parts have their own
	// startedAs is the conf folder by which supervise files mean this tree.
	startedAs string
	secrets   treeSecrets
	around    *surroundings

	formed  *form.Tree
	written map[*form.Source]*File
}

// Options steer how trees are read.
type Options struct {
	// Target is what the trees are written for; nil finds out by itself.
	Target *schema.Target
	// Overlay has files that count in the place of those on the disk, by their
	// path: edited and not yet saved, or as they once were. One that is nil is
	// not there. Archives are read as they are.
	Overlay map[string][]byte
	// Files, if not nil, is where paths are looked for in the place of the disk, as
	// what somebody has dropped into a browser; it has no links. The overlay is for the
	// disk, and is not looked at then.
	Files fs.FS
	// Lone also makes trees of files that belong to no Druid by themselves, such as
	// a zoo.cfg: they are what was asked for.
	Lone bool
	// Form is the only form to look for, by its name; empty for all.
	Form string
	// Access is how a running cluster is asked.
	Access live.Access
	// TargetOf, if not nil, says it for each tree, by its path, and who said so; where
	// Target is nil.
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
	switch {
	case rel == "." || rel == "":
		return prefix
	case prefix == "":
		return rel
	}
	return prefix + "/" + rel
}

// arrange finds the files' places in the tree; folders are those of all trees that
// were found with it.
func (t *Tree) arrange(folders []string) {
	for _, f := range t.Files {
		if !f.isShared() {
			continue
		}
		t.commons = append(t.commons, f)
		if t.Common == nil || path.Base(f.unit) == "_common" && path.Base(t.Common.unit) != "_common" {
			t.Common = f
		}
	}
	t.Services = services(t)
	t.startedAs = startedAs(t.Files, folders, path.Base(confFolder(t.druid)))
}

// More than any configuration file has, and for settings any tree: each takes a
// hundred times the memory of its text while it is judged.
const (
	maxLines        = 50_000
	maxSettings     = 5_000
	maxTreeSettings = 20_000
)

// bound takes out of the tree what holds more settings than any configuration does.
func (t *Tree) bound() {
	left := maxTreeSettings
	for _, f := range t.Files {
		n := f.settings()
		if n > maxSettings {
			f.leaveOut(fmt.Sprintf("has more than %d settings, which no configuration file has", maxSettings))
		} else if left -= n; left < 0 {
			f.leaveOut(fmt.Sprintf("was not read: its tree has more than %d settings", maxTreeSettings))
		}
	}
}

// settings counts what is set in the file, line by line.
func (f *File) settings() (n int) {
	if f.Properties != nil {
		n = len(f.Properties.Entries)
	}
	if f.Args != nil {
		n += len(f.Args.Words)
	}
	if f.Supervise != nil {
		n += len(f.Supervise.Commands)
	}
	return n
}

// leaveOut makes a file of which nothing is known.
func (f *File) leaveOut(why string) {
	f.Properties, f.Zoo, f.Args, f.Flags, f.system, f.Supervise = nil, nil, nil, nil, nil, nil
	f.Err, f.Problem = nil, why
}

// unfit says why bytes are not configuration, if they are not.
func unfit(data []byte) string {
	_, wide := fromUTF16(data[:min(len(data), 2)])
	switch {
	case wide:
		return isUTF16
	case bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0:
		return "is not a text file: it holds NUL bytes"
	case bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte("\r"))-bytes.Count(data, []byte("\r\n")) > maxLines:
		return fmt.Sprintf("has more than %d lines, which no configuration file has", maxLines)
	}
	return ""
}

func (f *File) parse() {
	if f.Problem != "" {
		return
	}
	if f.Problem = unfit(f.Data); f.Problem != "" {
		return
	}
	data := f.Data
	if f.Kind == Written {
		// the form has read it
	} else if t, ok := syntax.ReadTemplate(data, f.Kind != JVMConfig && f.Kind != MainConfig); ok {
		f.Template, data = &t, t.Data
	}
	switch f.Kind {
	case Written:
		return
	case CommonProperties, RuntimeProperties:
		f.Properties = syntax.ParseProperties(data)
		f.Err = f.Properties.Err
		if !f.Properties.Prepare() {
			f.Properties, f.Err, f.Problem = nil, nil, "has more values than any configuration file has"
			return
		}
		f.doubtBranches()
	case JVMConfig, MainConfig:
		f.parseArgs(data)
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

// Rel is the file's path below the tree's Druid folder, or below the tree.
func (f *File) Rel() string { return f.rel }

// Base is the file's own name.
func (f *File) Base() string { return path.Base(f.rel) }

// parseArgs reads the arguments of java.
func (f *File) parseArgs(data []byte) {
	f.Args = syntax.ParseArgs(data)
	f.Err = f.Args.Err
	f.readFlags()
}

// readFlags understands the arguments.
func (f *File) readFlags() {
	f.Flags, f.system = syntax.ParseFlags(f.Args.Words), nil
	if f.Kind != JVMConfig {
		return
	}
	for i, flag := range f.Flags {
		if flag.Kind == syntax.SystemProperty {
			if f.system == nil {
				f.system = map[string]int{}
			}
			f.system[flag.Name] = i
		}
	}
}
