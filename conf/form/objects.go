package form

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// maxBeside bounds the files of a folder that are looked at for what a resource
// names.
const maxBeside = 1000

// objects are the resources of Kubernetes in a file, those of lists too.
func objects(s *Source) (list []*Node) {
	documents, err := s.Documents()
	if err != nil && len(documents) == 0 {
		return nil
	}
	r := objectReader{left: maxNodes}
	for _, n := range documents {
		r.add(n, 0)
	}
	return r.list
}

// objectReader gathers resources. Aliases may make lists of lists longer than any
// file, so what it looks at is counted.
type objectReader struct {
	list []*Node
	left int
}

func (r *objectReader) add(n *Node, depth int) {
	if r.left--; r.left < 0 {
		return
	}
	kind := n.Get("kind").String()
	if strings.HasSuffix(kind, "List") && depth < 4 {
		for _, item := range items(n.Get("items")) {
			r.add(item, depth+1)
		}
		return
	}
	if kind != "" && n.Get("apiVersion") != nil {
		r.list = append(r.list, n)
	}
}

// IsYAML reports whether a file is one by its name.
func IsYAML(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

// beside remembers the ConfigMaps, Secrets and claims of a file and of those that
// lie in its folder. Files of which none is used are no sources of the tree.
func (k *kube) beside(s *Source) {
	dir := path.Dir(s.Path)
	k.remember(s)
	seen := 0
	for _, name := range k.in.names() {
		if name == s.Path || path.Dir(name) != dir || !IsYAML(name) {
			continue
		}
		if seen++; seen > maxBeside {
			return
		}
		if other, err := k.in.File(name); err == nil {
			k.remember(other)
		}
	}
}

// configKinds are the kinds of resources that others name.
var configKinds = []string{"ConfigMap", "Secret", "PersistentVolumeClaim"}

// remember takes the objects of a file that others may name.
func (k *kube) remember(s *Source) {
	if !slices.ContainsFunc(configKinds, func(kind string) bool { return bytes.Contains(s.Data, []byte(kind)) }) {
		return
	}
	for _, n := range objects(s) {
		k.object(n, s)
	}
}
