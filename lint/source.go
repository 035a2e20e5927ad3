package lint

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// source is a tree that was found below a place.
type source struct {
	path  string
	place *place
	tree  *conf.Source
}

func (s *source) name() string { return s.path }

// open reads the tree. What was known of its files is not needed any more.
func (s *source) open(ctx context.Context) (*conf.Tree, error) {
	found := s.tree
	s.tree = nil
	return found.Open(ctx)
}

// find finds the trees below all paths.
func (l *linter) find(ctx context.Context) ([]*source, error) {
	o := conf.Options{Files: l.Files, Overlay: l.Overlay, Form: l.Form, Access: l.Access, TargetOf: l.config.TargetOf}
	all, err := places(l.Paths, o)
	if err != nil {
		return nil, err
	}
	found, err := parallel(ctx, l.Jobs, all, func(p *place) ([]*source, error) { return l.findIn(ctx, p, o) })
	return slices.Concat(found...), err
}

// findIn finds the trees of a place: those that hold one of its files, if it has
// any.
func (l *linter) findIn(ctx context.Context, p *place, o conf.Options) ([]*source, error) {
	if l.before != nil {
		o.Overlay = l.before.Old(p.path)
	}
	o.Lone = p.files != nil
	trees, err := conf.Find(ctx, p.path, o)
	if err != nil && !(errors.Is(err, conf.ErrNoConfiguration) && (l.before != nil || p.files != nil)) {
		return nil, err
	}
	strangers := maps.Clone(p.files)
	var list []*source
	for _, t := range trees {
		before := len(strangers)
		maps.DeleteFunc(strangers, func(file, _ string) bool { return t.Holds(file) })
		if p.files == nil || len(strangers) < before {
			list = append(list, &source{t.Path, p, t})
		}
	}
	if len(strangers) > 0 && l.before == nil {
		names := strings.Join(slices.Sorted(maps.Values(strangers)), ", ")
		return nil, fmt.Errorf("%s: no configuration file of Druid or Imply by its name and folder, such as conf/druid/broker/runtime.properties", names)
	}
	return list, nil
}
