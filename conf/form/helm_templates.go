package form

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// findTemplates finds the templates of the chart that the values belong to.
func (h *helm) findTemplates() {
	prefix := strings.TrimPrefix(path.Join(h.dir, "templates")+"/", "./")
	names := []string{prefix + "_helpers.tpl"}
	for _, name := range h.in.names() {
		if strings.HasPrefix(name, prefix) && len(names) < maxBeside {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if s, err := h.in.File(name); err == nil && bytes.Contains(s.Data, []byte(".Values")) {
			h.templates = append(h.templates, s)
		}
	}
}

// says reports whether a template of the chart holds a text.
func (h *helm) says(text string) bool {
	return slices.ContainsFunc(h.templates, func(s *Source) bool { return bytes.Contains(s.Data, []byte(text)) })
}

// makes is says for what the known chart makes, which stands for one that is not here.
func (h *helm) makes(text string) bool { return len(h.templates) == 0 || h.says(text) }

// addsEnv reports whether the templates give a role variables that those of the known
// chart do not: what they hold is not known.
func (h *helm) addsEnv(role string) bool {
	return h.says(".Values.env") || h.says(".Values."+role+".env") || h.says("name: druid_") || h.says("name: JAVA_OPTS")
}
