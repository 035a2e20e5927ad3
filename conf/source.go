package conf

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNoConfiguration is returned for a path that holds nothing to check.
var ErrNoConfiguration = errors.New(lookedFor)

// noService is an ErrNoConfiguration for a path that holds only files that other
// programs have too.
type noService int

func (n noService) Error() string {
	if n == 1 {
		return "no Druid service found in 1 file"
	}
	return fmt.Sprintf("no Druid service found in %d files", int(n))
}

// Is makes it one kind of ErrNoConfiguration.
func (noService) Is(target error) bool { return target == ErrNoConfiguration }

// Source is a tree that was found and not yet opened.
type Source struct {
	// Path is the tree's folder as users see it.
	Path string

	prefix   string
	real     string // the scanned path from the root, without links
	cluster  *cluster
	folders  []string // of all trees below the path, sorted
	problems []Problem
	snapshot *snapshot
	options  Options
}

// Open reads every tree below a folder or in an archive. Of a single file it
// knows no more than the file; see Around for the tree that it belongs to.
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
// telling them apart needs.
func Find(ctx context.Context, name string, o Options) ([]*Source, error) {
	s, err := scan(name, o.Overlay)
	if err != nil {
		return nil, err
	}
	prefix := strings.TrimSuffix(filepath.ToSlash(name), "/")
	files := make([]*File, 0, len(s.files))
	for _, raw := range s.files {
		if f := newFile(prefix, raw); f != nil {
			files = append(files, f)
		}
	}
	clusters := group(files, o.Lone)
	switch {
	case len(clusters) == 0 && len(s.files) == 0:
		return nil, fmt.Errorf("%s: %w", name, ErrNoConfiguration)
	case len(clusters) == 0:
		return nil, fmt.Errorf("%s: %w", name, noService(len(s.files)))
	}
	sources := make([]*Source, len(clusters))
	real := filepath.ToSlash(RealPath(name))
	s.around.real, s.around.atTop = real, slices.ContainsFunc(clusters, (*cluster).atTop)
	if IsArchive(name) {
		s.around.real = ""
	}
	folders := make([]string, len(clusters))
	for i, c := range clusters {
		folders[i] = c.druid
	}
	slices.Sort(folders)
	for i, c := range clusters {
		sources[i] = &Source{Path: join(prefix, c.root), prefix: prefix, real: real, cluster: c, folders: folders, snapshot: s, options: o}
	}
	sources[0].problems = s.problems
	return sources, ctx.Err()
}

// Holds reports whether a file, by its path as users see it, is one of the tree.
func (s *Source) Holds(file string) bool {
	return slices.ContainsFunc(s.cluster.files, func(f *File) bool { return f.Path == file })
}

// Open reads the tree's files. What of them cannot be read is said in the tree:
// an error is only that of the context, or of Options.TargetOf.
func (s *Source) Open(ctx context.Context) (*Tree, error) {
	for _, f := range s.cluster.files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if f.Problem == "" {
			f.parse()
		}
	}
	t := s.tree()
	t.markFilled(&s.snapshot.around)
	target, by := s.options.Target, "--target"
	if s.options.TargetOf != nil {
		var err error
		if target, by, err = s.options.TargetOf(t.Path); err != nil {
			return nil, err
		}
	}
	t.setTarget(target, by, &s.snapshot.around)
	return t, nil
}

func (s *Source) tree() *Tree {
	t := &Tree{Path: s.Path, Files: s.cluster.files, druid: s.cluster.druid, place: path.Join(s.real, s.cluster.druid)}
	slices.SortFunc(t.Files, func(a, b *File) int { return strings.Compare(a.rel, b.rel) })
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
	t.startedAs = startedAs(t.Files, s.folders)
	t.MySQLDriver = s.snapshot.mysqlDriver
	t.ZooKeeperVersion = s.snapshot.zooKeeper
	for _, e := range s.snapshot.extensions {
		t.HasExtensions = true
		if !slices.Contains(t.Extensions, e.name) {
			t.Extensions = append(t.Extensions, e.name)
		}
	}
	for _, p := range s.problems {
		t.Problems = append(t.Problems, Problem{path.Join(s.prefix, p.Path), p.Message})
	}
	return t
}
