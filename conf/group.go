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
	files []*File
}

// group divides files into clusters. Druid files decide: those of the processes
// and what they share, then folders that complete each other. What lies beside
// them (zk, supervise, pivot, tranquility) goes to the cluster it belongs to, and
// files that many programs have, such as core-site.xml, make none by themselves
// unless they are all that is wanted.
func group(files []*File, lone bool) []*cluster {
	files = slices.DeleteFunc(files, (*File).isForeign)
	commons := commonHomes(files)
	var clusters []*cluster
	var beside []*File
	byHome := map[string]*cluster{}
	for _, f := range files {
		home, ok := druidHome(f, commons)
		if !ok {
			beside = append(beside, f)
			continue
		}
		if byHome[home] == nil {
			byHome[home] = &cluster{druid: home}
			clusters = append(clusters, byHome[home])
		}
		byHome[home].files = append(byHome[home].files, f)
	}
	clusters = joinParts(clusters)
	for _, c := range clusters {
		c.root = treeRoot(c.druid)
	}
	clusters = place(clusters, beside, lone)
	if len(clusters) == 1 {
		clusters[0].root = "." // there is nothing to tell it from
	}
	slices.SortFunc(clusters, func(a, b *cluster) int { return strings.Compare(a.root, b.root) })
	return clusters
}

func find[T any](items []T, ok func(T) bool) (none T) {
	if i := slices.IndexFunc(items, ok); i >= 0 {
		return items[i]
	}
	return none
}

// commonHomes are the folders whose processes share a common file, and those of
// a _common without one.
func commonHomes(files []*File) map[string]bool {
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

// serverDirs are the folders between a cluster's and those of its processes.
var serverDirs = []string{Master, Query, Data}

// druidHome finds the folder that a Druid file's cluster lies in: the nearest
// that has something shared, else the one that holds the process's folder.
func druidHome(f *File, commons map[string]bool) (string, bool) {
	dir := f.unit
	switch {
	case path.Base(dir) == "_common":
		return path.Dir(dir), true
	case f.inService && f.isDruid():
		return nearestHome(path.Dir(dir), commons), true
	case f.Kind == CommonProperties:
		return homeOf(dir), true
	case f.Kind == RuntimeProperties:
		return nearestHome(dir, commons), true
	case isCommonDir(dir) && f.isDruid() && commons[path.Dir(dir)]:
		return path.Dir(dir), true
	}
	return "", false
}

func nearestHome(dir string, commons map[string]bool) string {
	for up := dir; ; up = path.Dir(up) {
		switch {
		case commons[up]:
			return up
		case !slices.Contains(serverDirs, path.Base(up)) && !isCommonDir(up):
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
