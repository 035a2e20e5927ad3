package policy

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// Doubt is a key of a policy that no release of Druid reads.
type Doubt struct {
	At  finding.Location
	Key string
	// Near is what may have been meant; without it the key may be that of an
	// extension of the user's own.
	Near string
}

// String says it with its place.
func (d Doubt) String() string {
	text := fmt.Sprintf("%s:%d:%d: %s is not a property of any release", d.At.File, d.At.Line, d.At.Column, d.Key)
	if d.Near == "" {
		return text
	}
	return text + "; did you mean " + d.Near + "?"
}

// Doubts are the keys of services that a policy names and nobody knows: what it says
// of them never applies, or is never met. Patterns are not looked at.
func (p *Policy) Doubts() (list []Doubt) {
	for _, w := range p.wishes {
		keys := w.Keys
		if len(keys) > 0 && keys[0] == "services" {
			keys = keys[1:]
		}
		if len(keys) != 2 || keys[0] == "tree" || !isLabel(keys[0]) || !strings.HasPrefix(keys[1], "druid.") {
			continue
		}
		if _, known := schema.Lookup(strings.TrimPrefix(keys[1], conf.ForkPrefix)); !known {
			list = append(list, Doubt{w.At, keys[1], nearest(keys[1], schema.DefaultTarget.Release)})
		}
	}
	return list
}

// nearest is the property that a key may have been meant for, empty for one that is
// known or like none.
func nearest(key string, r schema.Release) string {
	if _, known := schema.Lookup(strings.TrimPrefix(key, conf.ForkPrefix)); known || !strings.HasPrefix(key, "druid.") {
		return ""
	}
	if near := schema.Suggest(key, r); len(near) > 0 {
		return near[0]
	}
	return ""
}
