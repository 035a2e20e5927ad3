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
	// named are the first of a root or druid folder, below the first in or below
	// any folder.
	named, below map[string]*cluster
	// text reads a file, where its name does not say enough.
	text func(e *entry) []byte
	// lone makes clusters of files that belong to no Druid by themselves.
	lone bool
}

// group divides files, in the order of their paths, into clusters. Druid files
// decide: those of the processes and what they share, then folders that complete
// each other. What lies beside them (zk, supervise, pivot, tranquility) goes to
// the cluster it belongs to.
func (g *grouping) group(files []entry) []*cluster {
	for i := range files {
		files[i].findPlace()
	}
	commons := commonHomes(files)
	parts := map[string]*cluster{}
	var druids []*cluster
	var beside []entry
	for _, f := range files {
		home, ok := druidHome(f, commons)
		switch {
		case !ok:
			beside = append(beside, f)
			continue
		case f.isStray() && g.isForeign(&f):
			continue
		case parts[home] == nil:
			parts[home] = &cluster{druid: home}
			druids = append(druids, parts[home])
		}
		parts[home].files = append(parts[home].files, f)
	}
	for _, c := range g.joinParts(druids) {
		g.add(treeRoot(c.druid), c)
	}
	g.place(beside)
	if len(g.clusters) == 1 {
		g.clusters[0].root = "." // there is nothing to tell it from
	}
	slices.SortFunc(g.clusters, func(a, b *cluster) int { return strings.Compare(a.root, b.root) })
	for _, c := range g.clusters {
		slices.SortFunc(c.files, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	}
	return g.clusters
}

func (g *grouping) add(root string, c *cluster) {
	c.root = root
	g.clusters = append(g.clusters, c)
	for _, name := range []string{root, c.druid} {
		if g.named[name] == nil {
			g.named[name] = c
		}
	}
	for dir := root; ; dir = path.Dir(dir) {
		if g.below[dir] == nil {
			g.below[dir] = c
		}
		if dir == "." || dir == "/" {
			return
		}
	}
}

// commonHomes are the folders whose processes share a common file, and those of
// a _common without one.
func commonHomes(files []entry) map[string]bool {
	homes := map[string]bool{}
	for _, f := range files {
		switch {
		case path.Base(f.unit) == "_common":
			homes[path.Dir(f.unit)] = true
		case f.isShared():
			homes[homeOf(f.unit)] = true
		}
	}
	return homes
}

// homeOf is the folder that a shared folder, or a common file in no such folder,
// stands for.
func homeOf(dir string) string {
	if isCommonDir(dir) {
		return path.Dir(dir)
	}
	return dir
}

// druidHome finds the folder that a Druid file's cluster lies in: the nearest
// that has something shared, else the one that holds the process's folder.
func druidHome(f entry, commons map[string]bool) (string, bool) {
	dir := f.unit
	switch {
	case path.Base(dir) == "_common":
		return path.Dir(dir), true
	case f.inService && f.kind.isDruid():
		return nearestHome(path.Dir(dir), commons), true
	case f.kind == CommonProperties:
		return homeOf(dir), true
	case f.kind == RuntimeProperties, f.kind == JVMConfig && f.service != "":
		return nearestHome(dir, commons), true
	case isCommonDir(dir) && f.kind.isDruid() && commons[path.Dir(dir)]:
		return path.Dir(dir), true
	}
	return "", false
}

// nearestHome looks upward for something shared, through the folders between a
// cluster's and those of its processes.
func nearestHome(dir string, commons map[string]bool) string {
	for up := dir; ; up = path.Dir(up) {
		switch base := path.Base(up); {
		case commons[up]:
			return up
		case base != Master && base != Query && base != Data && !isCommonDir(up):
			return dir
		}
	}
}

// treeRoot is the folder that people name: conf for conf/druid.
func treeRoot(druid string) string {
	if path.Base(druid) == "druid" {
		return path.Dir(druid)
	}
	return druid
}

// atTop reports whether the scanned path is the cluster's own conf folder, or a
// folder in it.
func (c *cluster) atTop() bool {
	top, _, _ := strings.Cut(c.druid, "/")
	return slices.Contains([]string{".", "druid", "cluster", "single-server", "auto"}, top)
}
