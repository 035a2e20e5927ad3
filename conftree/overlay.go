package conftree

import (
	"slices"
	"strings"
)

// overlay replaces files by other content, and adds those that are not there.
func (s *snapshot) overlay(prefix string, content map[string][]byte) {
	for name, data := range content {
		rel, ok := strings.CutPrefix(name, prefix+"/")
		if !ok {
			continue
		}
		i := slices.IndexFunc(s.files, func(f rawFile) bool { return f.path == rel })
		if i < 0 {
			i, s.files = len(s.files), append(s.files, rawFile{})
		}
		s.files[i] = rawFile{path: rel, data: data}
	}
	slices.SortFunc(s.files, func(a, b rawFile) int { return strings.Compare(a.path, b.path) })
}
