package form

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// composeVolume is one of a service. On the host it is a path as it is written, seen
// from a folder; empty for a volume that Docker keeps.
type composeVolume struct {
	Mount
	path, dir string
	content   *Text // of a file that the project holds itself
}

// below is where a file lies below the scanned folder. One that is named from the
// root of somebody's machine is looked for beside the project by the end of its path.
func (c *compose) below(dir, name string) string {
	if !path.IsAbs(name) {
		return path.Join(dir, name)
	}
	for rest := name; rest != ""; {
		_, rest, _ = strings.Cut(rest, "/")
		if file := path.Join(dir, rest); rest != "" {
			if _, err := c.in.File(file); err == nil {
				return file
			}
		}
	}
	return name
}

func (c *compose) listVolumes(svc *composeService, n *Node, dir string) {
	if n == nil {
		return
	}
	for _, item := range n.Items {
		v := composeVolume{Mount: Mount{From: item.Get("source").String(), To: item.Get("target").String(), At: item.At}}
		if item.Kind == Scalar {
			v.From, v.To, _ = strings.Cut(c.replace(item.Text).s, ":")
			v.To, _, _ = strings.Cut(v.To, ":")
		}
		switch {
		case v.To == "" && path.IsAbs(v.From): // a volume of the container's own
			v.From, v.To = svc.name+":"+v.From, v.From
		case v.To == "":
			continue
		case strings.HasPrefix(v.From, ".") || strings.Contains(v.From, "/") && !path.IsAbs(v.From) && !strings.HasPrefix(v.From, "~"):
			v.path, v.dir = v.From, dir
			v.From = "./" + path.Join(dir, v.From)
		case path.IsAbs(v.From):
			v.path, v.dir = v.From, dir
		}
		v.To = path.Clean(v.To)
		svc.volumes = append(svc.volumes, v)
	}
}

// add adds the process of a service, if it is one of Druid's.
func (c *compose) add(svc *composeService) {
	role, known := svc.role()
	if !svc.mayBeDruid() && !known {
		return
	}
	c.grant(svc)
	problems := len(c.tree.Problems)
	vars, complete := c.variables(svc)
	druid := slices.ContainsFunc(vars, func(v Var) bool { return strings.HasPrefix(v.Name.s, "druid_") })
	official := svc.isOfficial()
	switch {
	case !official && !druid && !(known && isDruidImage(svc.image.s) && svc.mountsConf()):
		if !isDruidImage(svc.image.s) && !known {
			c.tree.Problems = c.tree.Problems[:problems] // what another process lacks is nothing of Druid's
		}
		return
	case !known:
		if role, known = roleIn(svc.name); !known || svc.isScripted() {
			c.idle(svc)
			return
		}
	}
	at := svc.key
	if svc.hasImage {
		at = svc.image.Place()
		c.tree.image(svc.image)
	}
	c.tree.Add(svc.name, svc.key, &Container{
		Role: role, Env: vars, Release: c.in.release(svc.image.s), Image: at, Mounted: c.mounts(svc),
		Open: svc.lacking || !complete || svc.doubts(), Foreign: !official,
	})
	c.limits(svc)
	c.notice(svc, role, vars)
}

// mountsConf reports whether the service puts a configuration of its own where
// Druid's image has one. What an image of somebody's own holds is not known.
func (svc *composeService) mountsConf() bool {
	return slices.ContainsFunc(svc.volumes, func(v composeVolume) bool {
		return strings.HasPrefix(v.To+"/", confRoot) || v.To != "/" && strings.HasPrefix(confRoot, v.To+"/")
	})
}

// image remembers an image of the tree.
func (t *Tree) image(image Text) {
	if !slices.ContainsFunc(t.Images, func(n Named) bool { return n.Text == image.s }) {
		t.Images = append(t.Images, Named{image.s, image.Place()})
	}
}

// mounts finds the files that folders and files of the project take the place of.
func (c *compose) mounts(svc *composeService) func(string) (Text, holding) {
	return func(file string) (Text, holding) {
		if v := svc.mountedOn(file); v != nil {
			rest := strings.TrimPrefix(file, v.To)
			if v.content != nil {
				return *v.content, given
			}
			if v.path != "" { // and no volume, which keeps what containers before this one wrote
				s, err := c.in.File(c.below(v.dir, path.Join(v.path, rest)))
				switch {
				case err == nil:
					c.tree.use(s)
					return Exact(string(s.Data), Place{s, 0, len(s.Data)}, spellLine), given
				case c.isFolder(c.below(v.dir, v.path)):
					return Text{}, hidden
				}
			}
			c.tree.note(Fact{Kind: UnseenMount, At: v.At, Service: svc.name, Name: v.To})
			return Text{}, unseen
		}
		return c.copied(svc, file)
	}
}

// mountedOn is the volume that a file of the container is in: the deepest, which Docker
// mounts over the others.
func (svc *composeService) mountedOn(file string) (found *composeVolume) {
	for i := range svc.volumes {
		if v := &svc.volumes[i]; within(file, v.To) && (found == nil || len(v.To) >= len(found.To)) {
			found = v
		}
	}
	return found
}

// isFolder reports whether a folder is among what is looked at.
func (c *compose) isFolder(name string) bool {
	_, err := c.in.File(name)
	return errors.Is(err, ErrFolder)
}

// limits are what is said of a service beside its environment.
func (c *compose) limits(svc *composeService) {
	h := Limits{MountsAt: svc.key}
	if n := svc.nodes["volumes"]; n != nil {
		h.MountsAt = n.At
	}
	if n := len(svc.memory); n > 0 {
		text := c.replace(svc.memory[n-1].Text)
		if bytes, ok := parseMemory(text.s); ok {
			h.Memory, h.MemoryAt = bytes, text.Place()
		}
	}
	if n := len(svc.cpus); n > 0 {
		text := c.replace(svc.cpus[n-1].Text)
		_, _ = fmt.Sscan(text.s, &h.CPUs) // 0 if it is none
	}
	for _, v := range svc.volumes {
		h.Mounts = append(h.Mounts, v.Mount)
	}
	for _, item := range svc.ports {
		if port, ok := c.port(item); ok {
			h.Ports = append(h.Ports, port)
		}
	}
	c.tree.Containers[svc.name] = h
}

// port is the port of the container in an entry of ports: 8888, 8888:8888,
// 127.0.0.1:8888:8888/tcp, or a map with a target.
func (c *compose) port(item *Node) (Port, bool) {
	text, at := item.Get("target").String(), item.At
	if item.Kind == Scalar {
		text = c.replace(item.Text).s
		text = text[strings.LastIndexByte(text, ':')+1:]
		text, _, _ = strings.Cut(text, "/")
	}
	n, err := strconv.Atoi(text)
	return Port{n, at}, err == nil && n > 0
}

// parseMemory reads 4g, 512M or 1073741824, as docker does: units are powers of 1024.
func parseMemory(text string) (int64, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	text = strings.TrimSuffix(strings.TrimSuffix(text, "b"), "i")
	unit := int64(1)
	if n := len(text); n > 0 {
		if i := strings.IndexByte("kmgt", text[n-1]); i >= 0 {
			unit, text = 1<<(10*(i+1)), text[:n-1]
		}
	}
	var value float64
	if _, err := fmt.Sscan(text, &value); err != nil || value <= 0 || value > 1<<40 {
		return 0, false
	}
	return int64(value * float64(unit)), true
}
