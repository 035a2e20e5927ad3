package conf

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// joinParts makes one cluster of folders that complete each other: each has processes
// that no other has, and they share one common file, or name one ZooKeeper. Two
// environments have the same processes, and stay two.
func joinParts(clusters []*cluster) []*cluster {
	parts := map[string][]*cluster{}
	for _, c := range clusters {
		for dir := c.druid; ; dir = path.Dir(dir) {
			parts[dir] = append(parts[dir], c)
			if dir == "." || dir == "/" {
				break
			}
		}
	}
	dirs := make([]string, 0, len(parts))
	for dir, below := range parts {
		if len(below) > 1 && len(below) <= len(serviceNames)+1 {
			dirs = append(dirs, dir)
		}
	}
	slices.SortFunc(dirs, func(a, b string) int { return strings.Count(b+"/", "/") - strings.Count(a+"/", "/") }) // the deepest first
	gone := map[*cluster]bool{}
	for _, dir := range dirs {
		below := slices.DeleteFunc(slices.Clone(parts[dir]), func(c *cluster) bool { return gone[c] })
		if len(below) < 2 || !complete(below) {
			continue
		}
		whole := below[0]
		for _, c := range below[1:] {
			whole.files = append(whole.files, c.files...)
			gone[c] = true
		}
		whole.druid = sharedHome(whole, dir)
	}
	return slices.DeleteFunc(clusters, func(c *cluster) bool { return gone[c] })
}

// sharedHome is the folder of a joined cluster: that of its only common file, if
// the processes lie below it, else the one above all parts.
func sharedHome(whole *cluster, above string) string {
	if common := find(whole.files, (*File).isShared); common != nil {
		home := homeOf(common.unit)
		if !slices.ContainsFunc(whole.files, func(f *File) bool { return home != "." && !strings.HasPrefix(f.rel, home+"/") }) {
			return home
		}
	}
	return above
}

// complete reports whether parts are one cluster, cut into folders.
func complete(parts []*cluster) bool {
	var services []string
	commons, zooKeeper := 0, ""
	same := true
	for _, c := range parts {
		own := c.services()
		for _, name := range own {
			if slices.Contains(services, name) {
				return false
			}
		}
		services = append(services, own...)
		if slices.ContainsFunc(c.files, (*File).isShared) {
			commons++
		}
		switch at := c.zooKeeper(); {
		case at == "":
			same = same && commons <= 1
		case zooKeeper == "":
			zooKeeper = at
		case at != zooKeeper:
			return false
		}
	}
	return len(services) > 0 && (commons <= 1 || same && zooKeeper != "")
}

// services are the processes that the cluster's files are for, each once.
func (c *cluster) services() (names []string) {
	for _, f := range c.files {
		if f.service != "" && !slices.Contains(names, f.service) {
			names = append(names, f.service)
		}
	}
	return names
}

// zooKeeper is where the cluster's files look for ZooKeeper, unless each process
// looks on its own machine.
func (c *cluster) zooKeeper() string {
	for _, f := range c.files {
		if f.Kind != CommonProperties && f.Kind != RuntimeProperties {
			continue
		}
		for line := range bytes.Lines(f.Data) {
			value, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte(ZooKeeperKey))
			if text := string(bytes.TrimLeft(value, " \t=:")); ok && text != "" && len(Remote(Addresses(text, ZooKeeperPort))) > 0 {
				return text
			}
		}
	}
	return ""
}
