package form

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// isCompose reports whether a file is a Compose file that runs Druid.
func isCompose(s *Source) bool {
	if !bytes.Contains(s.Data, []byte("image:")) && !bytes.Contains(s.Data, []byte("build")) && !bytes.Contains(s.Data, []byte("services:")) {
		return false
	}
	return slices.ContainsFunc(composeServices(s), func(services *Node) bool {
		return slices.ContainsFunc(services.Members, func(m Member) bool { return looksDruid(m.Value) })
	})
}

// looksDruid reports whether a service has to do with Druid at first sight.
func looksDruid(n *Node) bool {
	if isDruidImage(n.Get("image").String()) {
		return true
	}
	if n.Get("build") != nil && slices.ContainsFunc(words(n.Get("command")), func(word string) bool { return slices.Contains(roles, word) }) {
		return true
	}
	env := n.Get("environment")
	if env == nil {
		return false
	}
	for _, m := range env.Members {
		if strings.HasPrefix(m.Key.s, "druid_") {
			return true
		}
	}
	return slices.ContainsFunc(env.Strings(), func(item string) bool { return strings.HasPrefix(item, "druid_") })
}

// composeServices are the services of each document of a Compose file, none if it is no
// such file.
func composeServices(s *Source) (list []*Node) {
	documents, err := s.Documents()
	if err != nil {
		return nil
	}
	for _, n := range documents {
		if services := servicesOf(n); services != nil {
			list = append(list, services)
		}
	}
	return list
}

// servicesOf is the map of services of a document, nil if it has none. Files of before
// version 2 have nothing else.
func servicesOf(n *Node) *Node {
	if services := n.Get("services"); services != nil {
		if services.Kind == Map && n.Get("apiVersion") == nil {
			return services
		}
		return nil
	}
	for _, m := range n.Members {
		if m.Value.Kind != Map || m.Value.Get("image") == nil && m.Value.Get("build") == nil {
			return nil
		}
	}
	if len(n.Members) == 0 {
		return nil
	}
	return n
}

// isDruidImage reports whether an image is one of Druid's, by its name, and not of
// what works with it.
func isDruidImage(image string) bool {
	name, _, _ := strings.Cut(path.Base(image), ":")
	name = strings.ToLower(name)
	if !strings.Contains(name, "druid") {
		return false
	}
	return !slices.ContainsFunc([]string{"exporter", "operator", "superset", "turnilo", "pivot", "proxy", "plugin", "console", "admin", "ui"}, func(other string) bool {
		return slices.Contains(strings.FieldsFunc(name, func(c rune) bool { return c == '-' || c == '_' || c == '.' }), other)
	})
}

// OwnStart says how a Compose file starts Druid in a way that is not known, empty if it
// does not: from an image of somebody's own, by its name, or by a script in the place of
// the official image's. A service that is called after a process goes before others, whose
// image may be that of a database for Druid.
func OwnStart(s *Source) (how string) {
	for _, services := range composeServices(s) {
		for _, m := range services.Members {
			image := m.Value.Get("image").String()
			_, process := roleIn(m.Key.s)
			switch {
			case !isDruidImage(image) || how != "" && !process:
				continue
			case !isOfficial(image):
				how = "from " + image + ", an image of somebody's own, whose start script is not known"
			case !m.Value.Get("entrypoint").IsNull():
				how = "in " + m.Key.s + " by a script of somebody's own, which is not known"
			}
			if process && how != "" {
				return how
			}
		}
	}
	return how
}

// isOfficial reports whether an image is the one of Apache Druid.
func isOfficial(image string) bool {
	name, _, _ := strings.Cut(image, "@")
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "docker.io/"), ":")
	return name == "apache/druid" || name == "apache/incubator-druid" || strings.HasSuffix(name, "/apache/druid")
}

// mayBeDruid is a first look, before files are read.
func (svc *composeService) mayBeDruid() bool {
	return isDruidImage(svc.image.s) || len(svc.envFiles) > 0 ||
		slices.ContainsFunc(svc.env, func(v composeVar) bool { return strings.HasPrefix(v.name.s, "druid_") })
}
