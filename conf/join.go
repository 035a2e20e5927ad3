package conf

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// joinParts makes one cluster of folders that complete each other: each has
// processes that no other has, and they share one common file, or name one
// ZooKeeper. Two environments have the same processes, and stay two.
func (g *grouping) joinParts(clusters []*cluster) []*cluster {
	if len(clusters) < 2 {
		return clusters
	}
	parts := map[string][]*cluster{}
	for _, c := range clusters {
		for dir := c.druid; ; dir = path.Dir(dir) {
			parts[dir] = append(parts[dir], c)
			if dir == "." || dir == "/" {
				break
			}
		}
	}
	var dirs []string
	for dir, below := range parts {
		if len(below) > 1 && len(below) <= len(serviceNames)+1 {
			dirs = append(dirs, dir)
		}
	}
	slices.SortFunc(dirs, func(a, b string) int { // the deepest first
		if deeper := strings.Count(b, "/") - strings.Count(a, "/"); deeper != 0 {
			return deeper
		}
		return strings.Compare(b, a) // "." last
	})
	gone := map[*cluster]bool{}
	for _, dir := range dirs {
		below := slices.DeleteFunc(slices.Clone(parts[dir]), func(c *cluster) bool { return gone[c] })
		if len(below) < 2 || !g.complete(below) {
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

// sharedHome is the folder of a joined cluster: that of its common file, if the
// processes lie below it, else the one above all parts.
func sharedHome(whole *cluster, above string) string {
	i := slices.IndexFunc(whole.files, entry.isShared)
	if i < 0 {
		return above
	}
	home := homeOf(whole.files[i].unit)
	if home != "." && slices.ContainsFunc(whole.files, func(f entry) bool { return !strings.HasPrefix(f.path, home+"/") }) {
		return above
	}
	return home
}

// complete reports whether parts are one cluster, cut into folders.
func (g *grouping) complete(parts []*cluster) bool {
	var services []string
	commons := 0
	for _, c := range parts {
		for _, name := range c.services() {
			if slices.Contains(services, name) {
				return false
			}
			services = append(services, name)
		}
		if slices.ContainsFunc(c.files, entry.isShared) {
			commons++
		}
	}
	return len(services) > 0 && g.oneZooKeeper(parts, commons)
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

// oneZooKeeper reports whether parts do not name different ZooKeepers, and all
// with a common file of their own name the same.
func (g *grouping) oneZooKeeper(parts []*cluster, commons int) bool {
	zooKeeper := ""
	for _, c := range parts {
		switch at := g.zooKeeper(c); {
		case at == "" && commons > 1 && slices.ContainsFunc(c.files, entry.isShared):
			return false
		case at == "":
		case zooKeeper == "":
			zooKeeper = at
		case at != zooKeeper:
			return false
		}
	}
	return true
}

// zooKeeper is where the cluster's files look for ZooKeeper, unless each process
// looks on its own machine.
func (g *grouping) zooKeeper(c *cluster) string {
	for i := range c.files {
		if f := &c.files[i]; f.kind != CommonProperties && f.kind != RuntimeProperties {
			continue
		}
		for line := range bytes.Lines(g.text(&c.files[i])) {
			value, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte(ZooKeeperKey))
			if text := string(bytes.TrimLeft(value, " \t=:")); ok && text != "" && len(Remote(Addresses(text, ZooKeeperPort))) > 0 {
				return text
			}
		}
	}
	return ""
}
