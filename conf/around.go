package conf

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Around finds the tree that a file belongs to, by the names of the folders it
// lies in: dir is the folder to Open, and rel the file's path below it. The file
// need not exist. It fails where the working folder is not known.
func Around(file string) (dir, rel string, err error) { return Options{}.Around(file) }

// Around is the same where the options say, and fails as Around does.
func (o Options) Around(file string) (dir, rel string, err error) {
	w := where{o.Files}
	full, err := w.abs(file)
	if err != nil {
		return "", "", err
	}
	full, given := filepath.ToSlash(full), path.Clean(filepath.ToSlash(file))
	root := w.rootAround(full)
	rel = strings.TrimPrefix(strings.TrimPrefix(full, root), "/")
	switch cut := strings.TrimSuffix(given, rel); {
	case cut == given: // the tree's folder is above the one the path starts in
		dir = path.Join(path.Dir(given), strings.Repeat("../", strings.Count(rel, "/")))
	case cut == "":
		dir = "."
	case cut == "/":
		dir = "/"
	default:
		dir = strings.TrimSuffix(cut, "/")
	}
	return dir, rel, nil
}

// layoutDirs are the folders between the one that people call the tree and its
// files, innermost first. Each line may be left out.
var layoutDirs = [][]string{
	{"hadoop-xml"},
	{"_common"},
	{"master", "query", "data"},
}

// rootAround walks up from a file as far as the folders are a tree's own.
func (w where) rootAround(file string) string {
	switch kind, _ := kindOf(file); kind {
	case ZooConfig, SuperviseConfig, PivotConfig, TranquilityJSON, TranquilityYAML:
		return besideRoot(file)
	}
	dir := unit(path.Dir(file))
	if isServiceDir(dir) {
		dir = path.Dir(dir)
	}
	for _, names := range layoutDirs {
		if slices.Contains(names, path.Base(dir)) {
			dir = path.Dir(dir)
		}
	}
	return w.aboveDruid(dir)
}

// aboveDruid is conf for conf/druid, conf/druid/cluster and
// conf/druid/single-server/small, since conf/zk and the like are parts of the
// tree too. It is no folder such as /etc, which holds other things beside.
func (w where) aboveDruid(dir string) string {
	druid := dir
	if path.Base(path.Dir(druid)) == "single-server" {
		druid = path.Dir(druid)
	}
	if slices.Contains([]string{"single-server", "cluster", "auto"}, path.Base(druid)) {
		druid = path.Dir(druid)
	}
	conf := path.Dir(druid)
	if path.Base(druid) != "druid" || !strings.HasPrefix(path.Base(conf), "conf") && !w.holdsBeside(conf) {
		return dir
	}
	return conf
}

// holdsBeside reports whether a folder holds what stands beside a tree's Druid
// files.
func (w where) holdsBeside(dir string) bool {
	return slices.ContainsFunc([]string{"zk", "supervise", "pivot", "tranquility"}, func(name string) bool {
		info, err := w.stat(filepath.Join(filepath.FromSlash(dir), name))
		return err == nil && info.IsDir()
	})
}
