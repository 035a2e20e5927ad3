package form

import (
	"path"
	"strings"
)

func isKustomization(name string) bool {
	switch strings.ToLower(path.Base(name)) {
	case "kustomization.yaml", "kustomization.yml", "kustomization":
		return true
	}
	return false
}

// patchesOf are the files that a kustomization lays over resources: they are no
// resources themselves.
func patchesOf(s *Source) (list []string) {
	documents, _ := s.Documents()
	for _, n := range documents {
		for _, key := range []string{"patches", "patchesStrategicMerge", "patchesJson6902"} {
			for _, item := range items(n.Get(key)) {
				name := item.Get("path").String()
				if item.Kind == Scalar {
					name = item.Text.s
				}
				if name != "" {
					list = append(list, path.Join(path.Dir(s.Path), name))
				}
			}
		}
	}
	return list
}

// kustomize adds the ConfigMaps and Secrets that a kustomization makes.
func (k *kube) kustomize(s *Source) {
	documents, _ := s.Documents()
	for _, n := range documents {
		for _, generator := range []struct{ key, kind string }{{"configMapGenerator", "ConfigMap"}, {"secretGenerator", "Secret"}} {
			for _, item := range items(n.Get(generator.key)) {
				k.generate(s, item, generator.kind)
			}
		}
		for _, key := range []string{"patches", "patchesStrategicMerge", "patchesJson6902"} {
			if p := n.Get(key); p != nil && len(p.Items) > 0 {
				k.tree.use(s)
				k.note(Fact{Kind: NotApplied, At: p.At, Name: key})
			}
		}
	}
}

func (k *kube) generate(s *Source, n *Node, kind string) {
	name := kind + "/" + n.Get("name").String()
	c := k.configs[name]
	if c == nil || n.Get("behavior").String() != "merge" {
		c = &kubeConfig{values: map[string]Text{}, secret: kind == "Secret"}
		k.configs[name] = c
	}
	c.sources = append(c.sources, s)
	dir := path.Dir(s.Path)
	for _, item := range items(n.Get("files")) {
		key, file, named := strings.Cut(item.String(), "=")
		if !named {
			key, file = path.Base(key), key
		}
		f, err := k.in.File(path.Join(dir, file))
		if err != nil {
			k.tree.use(s)
			k.tree.problem(item.At, "the file "+file+" of the generator "+err.Error())
			continue
		}
		c.sources = append(c.sources, f)
		c.set(key, Exact(string(f.Data), Place{f, 0, len(f.Data)}, spellLine))
	}
	for _, item := range items(n.Get("literals")) {
		if key, value, found := item.Text.cut('='); found {
			if n := len(value.s); n > 1 && (value.s[0] == '"' || value.s[0] == '\'') && value.s[n-1] == value.s[0] {
				value = value.Slice(1, n-1)
			}
			c.set(key.s, value)
		}
	}
	envs := n.Get("envs").Strings()
	if one := n.Get("env").String(); one != "" {
		envs = append(envs, one)
	}
	for _, file := range envs {
		f, err := k.in.File(path.Join(dir, file))
		if err != nil {
			k.tree.use(s)
			k.tree.problem(n.At, "the file "+file+" of the generator "+err.Error())
			continue
		}
		c.sources = append(c.sources, f)
		vars, _ := rawEnv(f, nowhere, unknown)
		for _, v := range vars {
			c.set(v.Name.s, v.Value)
		}
	}
}
