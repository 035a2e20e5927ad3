package conf

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// ErrNoConfiguration is returned for a path that holds nothing to check.
var ErrNoConfiguration = errors.New(lookedFor)

// noService is an ErrNoConfiguration for a path that holds only so many files that
// other programs have too.
type noService int

func (n noService) Error() string {
	if n == 1 {
		return "no Druid service found in 1 file"
	}
	return fmt.Sprintf("no Druid service found in %d files", int(n))
}

// Is makes it one kind of ErrNoConfiguration.
func (noService) Is(target error) bool { return target == ErrNoConfiguration }

// Limits of one tree: of real ones, the largest have some hundred files and a few
// MiB.
const (
	maxTreeFiles = 10_000
	maxTreeBytes = 64 << 20
	// maxTrees are those below one path: the largest repositories have some hundred.
	maxTrees = 10_000
)

// Source is a tree that was found and not yet opened.
type Source struct {
	// Path is the tree's folder as users see it.
	Path string

	prefix   string // the path that was named
	cluster  *cluster
	folders  []string // of all trees below the path, sorted
	problems []Problem
	found    *listing
	options  Options
	form     *found // nil for a conf folder
}

// Open reads every tree below a folder or in an archive, or asks a running cluster. Of a single file it
// knows no more than the file; see Around for the tree that it belongs to.
// Its error is that of Find, of the context, or of Options.TargetOf; what one file
// of a tree lacks is in the tree.
func Open(ctx context.Context, name string, o Options) ([]*Tree, error) {
	sources, err := Find(ctx, name, o)
	if err != nil {
		return nil, err
	}
	trees := make([]*Tree, len(sources))
	for i, s := range sources {
		if trees[i], err = s.Open(ctx); err != nil {
			return nil, err
		}
	}
	return trees, nil
}

// Find looks for trees below a path: it reads names, and no more bytes than
// telling them apart needs. It fails where there is nothing that it knows, where the
// path cannot be read, where a cluster does not answer, and when the context ends.
func Find(ctx context.Context, name string, o Options) ([]*Source, error) {
	if IsCluster(name) {
		return findCluster(ctx, name, o)
	}
	l, err := list(ctx, name, o)
	if err != nil {
		return nil, err
	}
	if o.Files == nil && !l.where.isArchive(name) {
		l.overlay(name, o.Overlay)
	}
	prefix := strings.TrimSuffix(filepath.ToSlash(name), "/")
	if l.beside {
		prefix = besidePrefix(prefix)
	}
	var clusters []*cluster
	var forms []*Source
	if o.Form == "" || o.Form == FormConf {
		clusters = l.group(o.Lone)
	}
	if o.Form != FormConf {
		forms = l.findForms(ctx, o, prefix)
	}
	switch n := len(clusters) + len(forms); {
	case n > maxTrees:
		return nil, fmt.Errorf("%s: it holds %d trees, and more than %d are not checked at once: name a part of it", name, n, maxTrees)
	case n > 0:
	case len(l.files) > 0:
		return nil, fmt.Errorf("%s: %w", name, noService(len(l.files)))
	case l.unrendered != nil:
		return nil, l.unrendered
	default:
		return nil, fmt.Errorf("%s: %w", name, ErrNoConfiguration)
	}
	sources := make([]*Source, len(clusters))
	folders := make([]string, len(clusters))
	for i, c := range clusters {
		sources[i] = &Source{Path: join(prefix, c.root), prefix: prefix, cluster: c, folders: folders, found: l, options: o}
		folders[i] = c.druid
	}
	slices.Sort(folders)
	l.around.top(l, name, slices.ContainsFunc(clusters, (*cluster).atTop))
	sources = append(sources, forms...)
	if l.findAnsible(clusters); len(forms) == 0 && l.ansible == nil {
		l.files, l.maybe = nil, nil
	}
	l.share(sources)
	return sources, nil
}

// Holds reports whether a file, by its path as users see it, is one of the tree.
func (s *Source) Holds(file string) bool {
	return slices.ContainsFunc(s.cluster.files, func(e entry) bool { return s.shown(e.path) == file })
}

// Files are the paths of the tree's files as users see them.
func (s *Source) Files() []string {
	files := make([]string, len(s.cluster.files))
	for i, e := range s.cluster.files {
		files[i] = s.shown(e.path)
	}
	return files
}

// shown is the path of a file as users see it.
func (s *Source) shown(file string) string {
	if s.found.single && !s.found.beside {
		return s.prefix
	}
	return join(s.prefix, file)
}

// Open reads the tree's files. What of them cannot be read is said in the tree;
// an error is that of the context, or of Options.TargetOf.
func (s *Source) Open(ctx context.Context) (*Tree, error) {
	if s.form != nil {
		return s.openForm()
	}
	t := &Tree{Path: s.Path, Form: FormConf, druid: s.cluster.druid, place: path.Join(s.found.around.real, s.cluster.druid)}
	if err := s.read(ctx, t); err != nil {
		return nil, err
	}
	t.bound()
	s.fillTemplates(t)
	t.arrange(s.folders)
	around := s.found.surroundings()
	t.around = around
	t.markFilled(around)
	t.MySQLDriver, t.ZooKeeperVersion = s.found.mysqlDriver, s.found.zooKeeper
	t.Extensions, t.HasExtensions, t.ExtensionDir = s.found.extensions, s.found.hasExtensions, s.found.extensionDir
	s.share(t)
	target, by, err := s.target()
	if err != nil {
		return nil, err
	}
	t.setTarget(target, by, around)
	return t, nil
}

// share gives the tree the problems of what lies around it.
func (s *Source) share(t *Tree) {
	for _, p := range s.problems {
		p.Path = join(s.prefix, p.Path)
		t.Problems = append(t.Problems, p)
	}
}

// target is what the tree is said to be written for, and who says it.
func (s *Source) target() (target *schema.Target, by string, err error) {
	if s.options.Target == nil && s.options.TargetOf != nil {
		return s.options.TargetOf(s.Path)
	}
	return s.options.Target, "--target", nil
}

// besidePrefix is what stands before the files beside a file.
func besidePrefix(file string) string {
	if dir := path.Dir(file); dir != "." || strings.HasPrefix(file, "./") {
		return dir
	}
	return ""
}

// read fills the tree with the files: while one is parsed, the next is read.
func (s *Source) read(ctx context.Context, t *Tree) error {
	files := s.cluster.files
	if n := len(files) - maxTreeFiles; n > 0 {
		t.Problems = append(t.Problems, Problem{s.Path, fmt.Sprintf("has %d configuration files more than %d, which were not read", n, maxTreeFiles), true, 0})
		files = files[:maxTreeFiles]
	}
	r := s.found.store()
	defer r.close()
	parse := make(chan *File, len(files)) // never full
	var parser crew
	parser.do(func() {
		for f := range parse {
			f.parse()
		}
	})
	defer parser.wait()
	defer close(parse)
	var total int64
	for i := range files {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f := s.file(r, &files[i])
		if total += int64(len(f.Data)); total > maxTreeBytes {
			f.Data, f.Problem = nil, fmt.Sprintf("was not read: its tree has more than %d MiB of configuration", maxTreeBytes>>20)
		}
		t.Files = append(t.Files, f)
		parse <- f
	}
	return nil
}

// file reads one file.
func (s *Source) file(r reader, e *entry) *File {
	f := &File{Path: s.shown(e.path), Kind: e.kind, rel: e.path, whereabouts: e.whereabouts, Data: e.data, Problem: e.problem}
	if !e.known && e.problem == "" {
		var err error
		if f.Data, err = r.read(e); err != nil {
			f.Data, f.Problem = nil, plainCause(err)
		}
	}
	return f
}
