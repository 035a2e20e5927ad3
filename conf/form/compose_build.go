package form

import (
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
	context, file, target := n.String(), "Dockerfile", ""
	if n.Kind == Map {
		context, target = n.Get("context").String(), n.Get("target").String()
		if name := n.Get("dockerfile").String(); name != "" {
			file = name
		}
	}
	dir := path.Join(path.Dir(n.At.Source.Path), c.replace(Made(context, n.At)).s)
	s, err := c.in.File(path.Join(dir, file))
	if err != nil {
		return
	}
	image := readDockerfile(s, dir, target, c.buildArgs(n.Get("args")))
	if image == nil || !isOfficial(image.base.s) {
		return
	}
	c.tree.use(s)
	svc.built, svc.image, svc.hasImage = image, image.base, true
}

// buildArgs are the values that a service gives to ARG of its Dockerfile.
func (c *compose) buildArgs(n *Node) Lookup {
	args := &composeService{resets: map[string]bool{}}
	c.environment(args, n)
	return func(name string) (Text, bool) {
		for _, v := range args.env {
			if v.name.s == name && !v.null {
				return v.value, true
			}
		}
		return Text{}, false
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
		rest, ok := strings.CutPrefix(file, copied.to)
		if !ok || rest != "" && rest[0] != '/' {
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
