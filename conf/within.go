package conf

import (
	"path"
	"path/filepath"
)

// Within is a file's path below the folder that people call the tree, such as
// druid/broker/runtime.properties in conf, wherever that folder lies. It names
// the same file in another copy of the tree.
func (t *Tree) Within(f *File) string {
	root := besideRoot(f.rel)
	if t.druid != "" {
		root = treeRoot(t.druid)
	}
	rel, err := filepath.Rel(filepath.FromSlash(root), filepath.FromSlash(f.rel))
	if err != nil {
		return path.Clean(f.rel)
	}
	return filepath.ToSlash(rel)
}
