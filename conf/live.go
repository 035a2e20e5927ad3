//go:build !js

package conf

import (
	"context"
	"fmt"

	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/conf/live"
)

// IsCluster reports whether a path is the address of a running cluster.
func IsCluster(name string) bool { return live.IsURL(name) }

// findCluster asks a running cluster. What it answers is the tree, and each answer a
// file of it.
func findCluster(ctx context.Context, name string, o Options) ([]*Source, error) {
	if o.Form != "" && o.Form != form.Cluster {
		return nil, fmt.Errorf("%s: is a running cluster, and --form says %s", live.Shown(name), o.Form)
	}
	c, err := live.Collect(ctx, name, o.Access)
	if err != nil {
		return nil, err
	}
	main := form.MainOf(c)
	f := form.OfCluster(c)
	s := &Source{
		Path: c.URL, found: &listing{archived: true}, options: o,
		cluster: &cluster{root: ".", druid: "."},
		form:    &found{form: f, source: main, input: &form.Input{Guess: guessedRelease}},
	}
	for _, source := range form.Read(f, s.form.input, main)[0].Sources {
		s.cluster.files = append(s.cluster.files, entry{path: source.Path, kind: Written})
	}
	return []*Source{s}, nil
}
