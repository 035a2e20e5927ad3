package form

import (
	"cmp"
	"errors"
	"path"
	"strings"
)

// build reads the Dockerfile of a service that is built here, if it makes its image of
// Druid's. The name that such an image gets tells nothing, and that of the first does.
func (c *compose) build(svc *composeService) {
	n := svc.nodes["build"]
	if n.IsNull() {
		return
	}
	text := func(n *Node) string { return c.replace(Made(n.String(), svc.key)).s }
	context, name, target := text(n), "", ""
	if n.Kind == Map {
		context, name, target = text(n.Get("context")), text(n.Get("dockerfile")), text(n.Get("target"))
	}
	if path.IsAbs(context) || path.IsAbs(name) || strings.Contains(context, "://") {
		return // of another place
	}
	dir := path.Join(path.Dir(n.At.Source.Path), context)
	if c.builds++; c.builds > maxBuilds {
		return
	}
	file, ok := c.dockerfile(n, path.Join(dir, cmp.Or(name, "Dockerfile")))
	if !ok {
		return
	}
	image := readDockerfile(file, dir, target, c.buildArgs(n.Get("args")))
	if image == nil || !isOfficial(image.base.s) {
		return
	}
	for _, s := range file.Sources() {
		c.tree.use(s)
	}
	svc.built, svc.image, svc.hasImage = image, image.base, true
}

// dockerfile is the text of a Dockerfile, which may be in the Compose file itself.
func (c *compose) dockerfile(n *Node, name string) (Text, bool) {
	if inline := n.Get("dockerfile_inline"); !inline.IsNull() {
		return c.replace(inline.Text), true
	}
	s, err := c.in.File(name)
	if err != nil {
		return Text{}, false
	}
	return Exact(string(s.Data), Place{s, 0, len(s.Data)}, nil), true
}

// buildArgs are the values that a service gives to ARG of its Dockerfile.
func (c *compose) buildArgs(n *Node) Lookup {
	args := &composeService{resets: map[string]bool{}}
	c.environment(args, n)
	values := map[string]Text{}
	for _, v := range args.env {
		if outside, ok := c.lookup(v.name.s); v.null && ok {
			values[v.name.s] = outside
		} else if !v.null {
			values[v.name.s] = v.value
		}
	}
	return func(name string) (Text, bool) {
		v, ok := values[name]
		return v, ok
	}
}

// copied finds the files that the Dockerfile of a service puts over those of its image. A
// folder is laid over that of the image, whose other files stay.
func (c *compose) copied(svc *composeService, file string) (Text, holding) {
	if svc.built == nil {
		return Text{}, asInImage
	}
	for i := len(svc.built.copies) - 1; i >= 0; i-- {
		copied := svc.built.copies[i]
		folder := c.mayBeFolder(copied.from)
		if !folder && copied.into {
			copied.to = path.Join(copied.to, path.Base(copied.from))
		}
		rest, ok := strings.CutPrefix(file, strings.TrimSuffix(copied.to, "/"))
		if !ok || rest != "" && (rest[0] != '/' || !folder) {
			continue
		}
		s, err := c.in.File(path.Join(copied.from, rest))
		switch {
		case err == nil:
			c.tree.use(s)
			return Exact(string(s.Data), Place{s, 0, len(s.Data)}, spellLine), given
		case !c.isFolder(copied.from):
			return Text{}, unseen
		}
	}
	return Text{}, asInImage
}

// mayBeFolder reports whether a folder is copied. What is not there is one if its name
// has no end like .jar.
func (c *compose) mayBeFolder(name string) bool {
	_, err := c.in.File(name)
	return errors.Is(err, ErrFolder) || err != nil && len(path.Ext(name)) < 2
}
