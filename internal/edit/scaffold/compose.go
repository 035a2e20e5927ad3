package scaffold

import (
	"slices"
	"strings"
)

func composeFile(all containers) []File {
	var p page
	p.line(0, "x-druid: &druid")
	p.variables(1, escaped(all.shared()))
	p.line(0, "")
	p.line(0, "services:")
	for _, c := range all.list {
		p.line(1, "%s:", c.role)
		p.line(2, "image: %s:%s", all.image, all.tag)
		p.line(2, "command: [%s]", c.role)
		p.line(2, "restart: unless-stopped")
		if all.together() {
			p.line(2, "ports: [%q]", c.port+":"+c.port)
		} else {
			p.line(2, "network_mode: host")
		}
		p.line(2, "mem_limit: %dm", c.limit)
		p.line(2, "volumes:")
		for _, bind := range all.binds(c, "") {
			p.line(3, "- %s", quoted(strings.ReplaceAll(bind, "$", "$$")))
		}
		p.line(2, "environment:")
		p.line(3, "<<: *druid")
		p.passedOn(all)
		p.variables(3, escaped(variables(c.own, c.flags)))
	}
	p.line(0, "")
	p.namedVolumes(all.list)
	return []File{{"compose.yaml", p.String()}}
}

// passedOn are the secrets. A variable without a value is that of the environment, and
// is not set where it is not there.
func (p *page) passedOn(all containers) {
	for _, s := range all.secrets {
		if s.optional {
			p.line(3, "%s:", s.name)
		} else {
			p.line(3, "%s: ${%[1]s}", s.name)
		}
	}
	if all.site.store == "s3" {
		p.line(3, "AWS_REGION:")
	}
}

// escaped are variables in which Compose replaces nothing.
func escaped(list []variable) []variable {
	for i := range list {
		list[i].value = strings.ReplaceAll(list[i].value, "$", "$$")
	}
	return list
}

// namedVolumes are the volumes that Docker keeps.
func (p *page) namedVolumes(list []container) {
	named := slices.DeleteFunc(slices.Clone(list), func(c container) bool { return c.volumes[0].host != "" })
	if len(named) == 0 {
		return
	}
	p.line(0, "volumes:")
	for _, c := range named {
		p.line(1, "%s: {}", c.role)
	}
}
