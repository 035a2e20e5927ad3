package conf

import (
	"path"
	"slices"
	"strings"
)

// Kind is what a file is for; it decides how the file is read.
type Kind string

// The kinds of files that make a tree.
const (
	CommonProperties  Kind = "common.runtime.properties"
	RuntimeProperties Kind = "runtime.properties"
	JVMConfig         Kind = "jvm.config"
	MainConfig        Kind = "main.config"
	ZooConfig         Kind = "zoo.cfg"
	SuperviseConfig   Kind = "supervise"
	PivotConfig       Kind = "pivot"
	TranquilityJSON   Kind = "tranquility json"
	TranquilityYAML   Kind = "tranquility yaml"
	HadoopXML         Kind = "hadoop xml"
	Log4jXML          Kind = "log4j2.xml"
)

// serviceNames are the folders that hold a process's files, and the processes.
var serviceNames = []string{
	"coordinator", "overlord", "coordinator-overlord", "broker", "router", "historical", "middleManager", "indexer", "realtime",
}

// ServiceNames are the services that a tree may have.
func ServiceNames() []string { return slices.Clone(serviceNames) }

// serviceOf says which service a folder is named after, in any case.
func serviceOf(dir string) (string, bool) {
	for _, name := range serviceNames {
		if strings.EqualFold(dir, name) {
			return name, true
		}
	}
	return "", false
}

// kindOf says what a file is, by its name and its folder.
func kindOf(file string) (Kind, bool) {
	base, dir := path.Base(file), path.Base(path.Dir(file))
	switch base {
	case "common.runtime.properties":
		return CommonProperties, true
	case "runtime.properties":
		return RuntimeProperties, true
	case "jvm.config":
		return JVMConfig, true
	case "main.config":
		return MainConfig, true
	case "zoo.cfg":
		return ZooConfig, true
	case "log4j2.xml":
		return Log4jXML, true
	case "core-site.xml", "hdfs-site.xml", "yarn-site.xml", "mapred-site.xml":
		return HadoopXML, true
	}
	if name, ok := strings.CutSuffix(base, ".runtime.properties"); ok {
		_, ok = serviceOf(name)
		return RuntimeProperties, ok
	}
	switch parents := "/" + path.Dir(file) + "/"; {
	case dir == "pivot" && (base == "config.yaml" || base == "config.yml"):
		return PivotConfig, true
	case strings.Contains(parents, "/supervise/") && strings.HasSuffix(base, ".conf"):
		return SuperviseConfig, true
	case dir == "tranquility" && strings.HasSuffix(base, ".json"):
		return TranquilityJSON, true
	case dir == "tranquility" && (strings.HasSuffix(base, ".yaml") || strings.HasSuffix(base, ".yml")):
		return TranquilityYAML, true
	}
	return "", false
}

// IsConfiguration reports whether a file of that path, with "/", is read at all.
func IsConfiguration(file string) bool { return interesting(file) && !skipped(file) }

func interesting(file string) bool {
	_, ok := kindOf(file)
	return ok
}

// interestingDir reports whether a link of that name would have been a part of
// a tree.
func interestingDir(dir string) bool {
	base := path.Base(dir)
	_, ok := serviceOf(base)
	return ok || slices.Contains([]string{"_common", "conf", "druid", "zk", "supervise", "pivot", "tranquility"}, base)
}

// lookedFor tells users what a tree is, when there is none.
const lookedFor = "no Druid or Imply configuration found: looked for common.runtime.properties, <service>/runtime.properties, " +
	"<service>.runtime.properties, jvm.config, main.config, zk/zoo.cfg, supervise/*.conf, pivot/config.yaml and tranquility/*.json below it"

// cluster is one tree's worth of files: the folder that holds the services
// (druid) and the folder that people call the tree (root).
type cluster struct {
	root  string
	druid string
	files []*File
}

// atTop reports whether the scanned path is the cluster's own conf folder, or a
// folder in it.
func (c *cluster) atTop() bool {
	top, _, _ := strings.Cut(c.druid, "/")
	return slices.Contains([]string{".", "druid", "cluster", "single-server", "auto"}, top)
}

// group divides files into clusters. Druid files decide; what lies beside them
// (zk, supervise, pivot, tranquility) goes to the cluster it belongs to.
func group(files []*File) []*cluster {
	var clusters []*cluster
	var beside []*File
	commons := commonDirs(files)
	for _, f := range files {
		druid, ok := druidRoot(f, commons)
		if !ok {
			beside = append(beside, f)
			continue
		}
		c := find(clusters, func(c *cluster) bool { return c.druid == druid })
		if c == nil {
			c = &cluster{root: treeRoot(druid), druid: druid}
			clusters = append(clusters, c)
		}
		c.files = append(c.files, f)
	}
	for _, f := range beside {
		c := owner(clusters, f)
		if c == nil {
			c = &cluster{root: besideRoot(f.rel)}
			clusters = append(clusters, c)
		}
		c.files = append(c.files, f)
	}
	shortenRoots(clusters)
	slices.SortFunc(clusters, func(a, b *cluster) int { return strings.Compare(a.root, b.root) })
	return clusters
}

func find[T any](items []T, ok func(T) bool) (none T) {
	if i := slices.IndexFunc(items, ok); i >= 0 {
		return items[i]
	}
	return none
}

// commonDirs are the folders that hold or stand for a common file.
func commonDirs(files []*File) map[string]bool {
	dirs := map[string]bool{}
	for _, f := range files {
		dir := path.Dir(f.rel)
		switch {
		case path.Base(dir) == "_common":
			dirs[path.Dir(dir)] = true
		case f.Kind == CommonProperties && !isServiceDir(dir):
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
func druidRoot(f *File, commons map[string]bool) (string, bool) {
	dir := path.Dir(f.rel)
	base := path.Base(dir)
	switch {
	case base == "_common":
		return path.Dir(dir), true
	case base == "hadoop-xml" && path.Base(path.Dir(dir)) == "_common":
		return path.Dir(path.Dir(dir)), true
	case isServiceDir(dir) && f.isDruid():
		parent := path.Dir(dir)
		for up := parent; ; up = path.Dir(up) {
			if commons[up] {
				return up, true
			}
			if !slices.Contains([]string{"master", "query", "data"}, path.Base(up)) {
				return parent, true
			}
		}
	case f.Kind == CommonProperties || f.Kind == RuntimeProperties:
		return dir, true
	}
	return "", false
}

// isDruid reports whether a file in a service's folder is read by Druid.
func (f *File) isDruid() bool {
	switch f.Kind {
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
		if c := find(candidates, func(c *cluster) bool { return c.root == wanted || c.druid == wanted }); c != nil {
			return c
		}
	}
	return candidates[0]
}

// shortenRoots names a lone cluster after the scanned path itself: there is
// nothing to tell it from.
func shortenRoots(clusters []*cluster) {
	if len(clusters) == 1 {
		clusters[0].root = "."
	}
}
