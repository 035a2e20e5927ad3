package conf

import (
	"path"
	"slices"
	"strings"
)

// place gives what lies beside the Druid files to the clusters, or makes clusters
// of it that have no Druid: Imply's Pivot, Tranquility, what supervise starts.
func place(clusters []*cluster, beside []*File, lone bool) []*cluster {
	druids := len(clusters)
	for _, f := range beside {
		c := owner(clusters, f)
		switch {
		case c != nil:
		case f.Kind == ZooConfig && druids == 1:
			c = clusters[0] // the repository's only ZooKeeper is its cluster's
		case f.isAnybodys() && !lone:
			continue
		default:
			c = &cluster{root: besideRoot(f.rel)}
			clusters = append(clusters, c)
		}
		c.files = append(c.files, f)
	}
	return clusters
}

// isAnybodys reports whether a file is one that other programs have as well.
func (f *File) isAnybodys() bool {
	switch f.Kind {
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
func owner(clusters []*cluster, f *File) *cluster {
	root := besideRoot(f.rel)
	var candidates []*cluster
	for _, c := range clusters {
		if c.root == root || root == "." || strings.HasPrefix(c.root, root+"/") {
			candidates = append(candidates, c)
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	name := strings.TrimSuffix(path.Base(f.rel), ".conf")
	for _, wanted := range []string{root, path.Join(root, "druid/single-server", name), path.Join(root, "druid/cluster"), path.Join(root, "cluster")} {
		if i := slices.IndexFunc(candidates, func(c *cluster) bool { return c.root == wanted || c.druid == wanted }); i >= 0 {
			return candidates[i]
		}
	}
	return candidates[0]
}
