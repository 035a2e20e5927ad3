package conf

import (
	"path"
	"slices"
	"strings"
)

// cluster is one tree's worth of files: the folder that holds the services
// (druid) and the folder that people call the tree (root).
type cluster struct {
	root  string
	druid string
	files []entry
}

// grouping finds clusters by their folders.
type grouping struct {
	clusters []*cluster
	druid    map[string]*cluster
	// named are the first of a root or druid folder, below the first in or below
	// any folder.
	named, below map[string]*cluster
}

// group divides files, in the order of their paths, into clusters. Druid files
// decide; what lies beside them (zk, supervise, pivot, tranquility) goes to the
// cluster it belongs to.
func group(files []entry) []*cluster {
	g := &grouping{druid: map[string]*cluster{}, named: map[string]*cluster{}, below: map[string]*cluster{}}
	var beside []entry
	commons := commonDirs(files)
	for _, f := range files {
		druid, ok := druidRoot(f, commons)
		if !ok {
			beside = append(beside, f)
			continue
		}
		c := g.druid[druid]
		if c == nil {
			c = g.add(treeRoot(druid), druid)
			g.druid[druid] = c
		}
		c.files = append(c.files, f)
	}
	for _, f := range beside {
		root := besideRoot(f.path)
		c := g.owner(root, path.Base(f.path))
		if c == nil {
			c = g.add(root, root)
		}
		c.files = append(c.files, f)
	}
	shortenRoots(g.clusters)
	slices.SortFunc(g.clusters, func(a, b *cluster) int { return strings.Compare(a.root, b.root) })
	for _, c := range g.clusters {
		slices.SortFunc(c.files, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	}
	return g.clusters
}

func (g *grouping) add(root, druid string) *cluster {
	c := &cluster{root: root, druid: druid}
	g.clusters = append(g.clusters, c)
	for _, name := range []string{root, druid} {
		if g.named[name] == nil {
			g.named[name] = c
		}
	}
	for dir := root; ; dir = path.Dir(dir) {
		if g.below[dir] == nil {
			g.below[dir] = c
		}
		if dir == "." || dir == "/" {
			return c
		}
	}
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

// commonDirs are the folders that hold or stand for a common file.
func commonDirs(files []entry) map[string]bool {
	dirs := map[string]bool{}
	for _, f := range files {
		dir := path.Dir(f.path)
		switch {
		case path.Base(dir) == "_common":
			dirs[path.Dir(dir)] = true
		case f.kind == CommonProperties && !isServiceDir(dir):
			dirs[dir] = true
		}
	}
	return dirs
}

func isServiceDir(dir string) bool {
	_, ok := serviceOf(path.Base(dir))
	return ok
}

// druidRoot finds the folder whose _common a Druid file goes with.
func druidRoot(f entry, commons map[string]bool) (string, bool) {
	dir := path.Dir(f.path)
	base := path.Base(dir)
	switch {
	case base == "_common":
		return path.Dir(dir), true
	case base == "hadoop-xml" && path.Base(path.Dir(dir)) == "_common":
		return path.Dir(path.Dir(dir)), true
	case isServiceDir(dir) && f.kind.isDruid():
		parent := path.Dir(dir)
		for up := parent; ; up = path.Dir(up) {
			if commons[up] {
				return up, true
			}
			if !slices.Contains([]string{"master", "query", "data"}, path.Base(up)) {
				return parent, true
			}
		}
	case f.kind == CommonProperties || f.kind == RuntimeProperties:
		return dir, true
	}
	return "", false
}

// isDruid reports whether a file of the kind in a service's folder is read by Druid.
func (k Kind) isDruid() bool {
	switch k {
	case RuntimeProperties, CommonProperties, JVMConfig, MainConfig, HadoopXML, Log4jXML:
		return true
	}
	return false
}

// treeRoot is the folder that people name: conf for conf/druid.
func treeRoot(druid string) string {
	if path.Base(druid) == "druid" {
		return path.Dir(druid)
	}
	return druid
}

// besideRoot is the same for a file that belongs to no Druid cluster.
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

// shortenRoots names a lone cluster after the scanned path itself: there is
// nothing to tell it from.
func shortenRoots(clusters []*cluster) {
	if len(clusters) == 1 {
		clusters[0].root = "."
	}
}
