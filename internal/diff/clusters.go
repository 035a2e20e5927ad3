package diff

import (
	"context"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/lazy"
)

// All compares the clusters below two paths. Those of the same name are the
// same; a lone one on each side are, whatever their names.
func All(ctx context.Context, before string, as []*conf.Tree, after string, bs []*conf.Tree, o Options) ([]Cluster, error) {
	if len(as) == 1 && len(bs) == 1 {
		c, err := Trees(ctx, as[0], bs[0], o)
		return []Cluster{c}, err
	}
	var clusters []Cluster
	add := func(name string, c Cluster) {
		c.Name = name
		clusters = append(clusters, c)
	}
	bs = slices.Clone(bs)
	for _, a := range as {
		name := clusterName(before, a)
		i := slices.IndexFunc(bs, func(b *conf.Tree) bool { return clusterName(after, b) == name })
		if i < 0 {
			add(name, One(a, Removed))
			continue
		}
		c, err := Trees(ctx, a, bs[i], o)
		if err != nil {
			return nil, err
		}
		add(name, c)
		bs = slices.Delete(bs, i, i+1)
	}
	for _, b := range bs {
		add(clusterName(after, b), One(b, Added))
	}
	slices.SortStableFunc(clusters, func(c, d Cluster) int { return strings.Compare(c.Name, d.Name) })
	return clusters, nil
}

// distribution is the folder of an unpacked release, whose name changes with it.
var distribution = lazy.Regexp{Expr: `^(imply|apache-druid)-\d[^/]*/`}

// clusterName is a tree's path below the path that was opened.
func clusterName(opened string, t *conf.Tree) string {
	name := strings.TrimPrefix(strings.TrimPrefix(t.Path, strings.TrimSuffix(opened, "/")), "/")
	return distribution.ReplaceAllString(name, "")
}
