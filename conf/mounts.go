package conf

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// mount is a line of a Compose file that mounts something into a container, in its
// short form: - data:/opt/druid/var:rw. In the long form source and target have a
// line each.
var mount = lazy.Regexp{Expr: `^\s*(?:-\s*["']?([\w./~$-][^:"'\s]*):(/[^:"'\s]*)|(?:-\s*)?(source|target):\s*["']?([^"'\s]+))`}

// noteMounts keeps the folders that several containers of a Compose file have in
// common: they see each other's files there.
func (s *surroundings) noteMounts(name string, data []byte) {
	if ext := path.Ext(name); ext != ".yml" && ext != ".yaml" {
		return
	}
	times, source := map[[2]string]int{}, ""
	for line := range strings.Lines(string(data)) {
		m := mount.FindStringSubmatch(line)
		switch {
		case m == nil:
			continue
		case m[3] == "source":
			source = m[4]
			continue
		case m[3] == "target":
			m[1], m[2] = source, m[4]
		}
		folder := path.Clean(m[2])
		if times[[2]string{m[1], folder}]++; m[1] != "" && times[[2]string{m[1], folder}] == 2 && !slices.Contains(s.shared, folder) {
			s.shared = append(s.shared, folder)
		}
	}
}

// Mounted reports whether a folder of the tree's processes lies in one that several
// containers have in common. Where a relative one begins only its first name tells.
func (t *Tree) Mounted(folder string) bool {
	if t.around == nil {
		return false
	}
	folder = path.Clean(folder)
	first, _, _ := strings.Cut(folder, "/")
	return slices.ContainsFunc(t.around.shared, func(shared string) bool {
		if path.IsAbs(folder) {
			return folder == shared || strings.HasPrefix(folder, shared+"/")
		}
		return path.Base(shared) == first
	})
}
