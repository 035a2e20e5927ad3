package conf

import (
	"path"
	"strings"
)

// place gives what lies beside the Druid files to the clusters, or makes clusters
// of it that have no Druid: Imply's Pivot, Tranquility, what supervise starts.
// Files that many programs have, such as core-site.xml, make none by themselves,
// unless they are what was asked for.
func (g *grouping) place(beside []entry) {
	druids := len(g.clusters)
	for _, f := range beside {
		root := besideRoot(f.path)
		c := g.owner(root, path.Base(f.path))
		switch {
		case c != nil:
		case f.kind == ZooConfig && druids == 1:
			c = g.clusters[0] // the repository's only ZooKeeper is its cluster's
		case f.kind.isAnybodys() && !g.lone:
			continue
		default:
			c = &cluster{druid: root}
			g.add(root, c)
		}
		c.files = append(c.files, f)
	}
}

// isAnybodys reports whether files of the kind are ones that other programs have
// as well.
func (k Kind) isAnybodys() bool {
	switch k {
	case HadoopXML, Log4jXML, ZooConfig, JVMConfig, MainConfig:
		return true
	}
	return false
}

// besideRoot is what treeRoot is, for a file that belongs to no Druid cluster.
func besideRoot(rel string) string {
	dir := path.Dir(rel)
	for d := dir; d != "." && d != "/"; d = path.Dir(d) {
		switch path.Base(d) {
		case "zk", "supervise", "pivot", "tranquility":
			return path.Dir(d)
		}
	}
	return dir
}

// owner picks the cluster that a file beside the Druid files belongs to: one
// whose Druid folder lies below the file's conf folder, a profile of the file's
// own name first, then the one called cluster, then the first.
func (g *grouping) owner(root, base string) *cluster {
	name := strings.TrimSuffix(base, ".conf")
	for _, wanted := range []string{root, path.Join(root, "druid/single-server", name), path.Join(root, "druid/cluster"), path.Join(root, "cluster")} {
		c := g.named[wanted]
		if c != nil && (root == "." || c.root == root || strings.HasPrefix(c.root, root+"/")) {
			return c
		}
	}
	return g.below[root]
}
