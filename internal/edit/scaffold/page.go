package scaffold

import (
	"encoding/json"
	"fmt"
	"strings"
)

// page is YAML that is being written.
type page struct{ strings.Builder }

func (p *page) line(indent int, format string, args ...any) {
	fmt.Fprintf(&p.Builder, strings.Repeat("  ", indent)+format+"\n", args...)
}

// quoted is a text in quotes, of which YAML has two kinds.
func quoted(text string) string {
	if strings.Contains(text, `"`) && !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	data, _ := json.Marshal(text) // a text is always JSON
	return string(data)
}

// text is a block of lines.
func (p *page) text(indent int, key string, lines []string) {
	p.line(indent, "%s: |", key)
	for _, line := range lines {
		p.line(indent+1, "%s", line)
	}
}

// variables are names and values.
func (p *page) variables(indent int, list []variable) {
	for _, v := range list {
		p.line(indent, "%s: %s", v.name, quoted(v.value))
	}
}
