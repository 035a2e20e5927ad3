package form

import (
	"path"
	"strings"
)

// composeConfig is a config or a secret of a project, which its services are given as a
// file: one that is here, or a text. Of any other the content is not known.
type composeConfig struct {
	path, dir string
	content   Text
	inline    bool
}

// composeGrant is one that a service is given, at a path of its container.
type composeGrant struct {
	config, to string
	at         Place
}

// grantKinds are the two kinds, and where a container has those whose place is not said.
var grantKinds = []struct{ key, dir string }{{"configs", "/"}, {"secrets", "/run/secrets"}}

// listConfigs reads the configs and secrets of a document.
func (c *compose) listConfigs(n *Node, dir string) {
	for _, kind := range grantKinds {
		list := n.Get(kind.key)
		if list == nil {
			continue
		}
		if c.configs == nil {
			c.configs = map[string]composeConfig{}
		}
		for _, m := range list.Members {
			config := composeConfig{dir: dir, path: m.Value.Get("file").String()}
			if content := m.Value.Get("content"); content != nil && content.Kind == Scalar {
				config.content, config.inline = c.replace(content.Text), true
			}
			c.configs[kind.key+"/"+m.Key.s] = config
		}
	}
}

// listGrants reads what a service is given: a name, or a map with a source and a target.
func (c *compose) listGrants(svc *composeService, n *Node) {
	for _, kind := range grantKinds {
		for _, item := range items(n.Get(kind.key)) {
			name, to := item.String(), ""
			if item.Kind == Map {
				name, to = item.Get("source").String(), item.Get("target").String()
			}
			if to == "" {
				to = name
			}
			if !path.IsAbs(to) {
				to = path.Join(kind.dir, to)
			}
			svc.grants = append(svc.grants, composeGrant{kind.key + "/" + name, path.Clean(to), item.At})
		}
	}
}

// grant mounts what a service is given.
func (c *compose) grant(svc *composeService) {
	for _, g := range svc.grants {
		config := c.configs[g.config]
		_, name, _ := strings.Cut(g.config, "/")
		v := composeVolume{Mount: Mount{From: name, To: g.to, At: g.at}, path: c.replace(Made(config.path, g.at)).s, dir: config.dir}
		if config.inline {
			v.content = &config.content
		}
		svc.volumes = append(svc.volumes, v)
	}
}
