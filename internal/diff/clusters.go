package diff

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/lazy"
)

// All compares the clusters below two paths. Those of the same name are the
// same; a lone one on each side are, whatever their names.
func All(before string, as []*conf.Tree, after string, bs []*conf.Tree, o Options) []Cluster {
	if len(as) == 1 && len(bs) == 1 {
		return []Cluster{Trees(as[0], bs[0], o)}
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
		add(name, Trees(a, bs[i], o))
		bs = slices.Delete(bs, i, i+1)
	}
	for _, b := range bs {
		add(clusterName(after, b), One(b, Added))
	}
	slices.SortStableFunc(clusters, func(c, d Cluster) int { return strings.Compare(c.Name, d.Name) })
	return clusters
}

// distribution is the folder of an unpacked release, whose name changes with it.
var distribution = lazy.Regexp{Expr: `^(imply|apache-druid)-\d[^/]*/`}

// clusterName is a tree's path below the path that was opened.
func clusterName(opened string, t *conf.Tree) string {
	name := strings.TrimPrefix(strings.TrimPrefix(t.Path, strings.TrimSuffix(opened, "/")), "/")
	return distribution.ReplaceAllString(name, "")
}
