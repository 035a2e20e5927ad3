package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// groups are the changes of all processes by whom they reach: those that reach
// most first, then in the order of the processes.
func groups(list []pair) []Group {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.name
	}
	var grouped []Group
	add := func(services []string, c Change) {
		i := slices.IndexFunc(grouped, func(g Group) bool { return slices.Equal(g.Services, services) })
		if i < 0 {
			i = len(grouped)
			grouped = append(grouped, Group{Services: services, All: len(list) > 1 && len(services) == len(list)})
		}
		grouped[i].Changes = append(grouped[i].Changes, c)
	}
	for _, same := range merge(properties(list)) {
		add(inOrder(names, same), same[0].Change)
	}
	for _, p := range list {
		for _, c := range p.whole() {
			add([]string{p.name}, c)
		}
	}
	slices.SortStableFunc(grouped, func(g, h Group) int {
		if len(g.Services) != len(h.Services) {
			return len(h.Services) - len(g.Services)
		}
		return slices.Index(names, g.Services[0]) - slices.Index(names, h.Services[0])
	})
	if grouped == nil {
		grouped = []Group{}
	}
	return grouped
}

// merge puts together what one edit does to several processes. Where it reaches
// one that reads the property, those that do not are left out; where it changes
// the meaning for one, those for which it does not.
func merge(changes []change) [][]change {
	type edit struct {
		key    string
		source [2]place
	}
	var order []edit
	edits := map[edit][]change{}
	for _, c := range changes {
		e := edit{c.Key, c.source}
		if edits[e] == nil {
			order = append(order, e)
		}
		edits[e] = append(edits[e], c)
	}
	merged := make([][]change, 0, len(order))
	for _, e := range order {
		least := slices.MinFunc(edits[e], func(a, b change) int { return rank(a) - rank(b) })
		merged = append(merged, slices.DeleteFunc(edits[e], func(c change) bool { return rank(c) != rank(least) }))
	}
	slices.SortStableFunc(merged, func(a, b []change) int { return strings.Compare(a[0].Key, b[0].Key) })
	return merged
}

// rank is lower the more a change matters.
func rank(c change) int {
	switch {
	case !c.Kind.Matters():
		return 2
	case c.Unread:
		return 1
	}
	return 0
}

func inOrder(names []string, same []change) []string {
	var services []string
	for _, name := range names {
		if slices.ContainsFunc(same, func(c change) bool { return c.process == name }) {
			services = append(services, name)
		}
	}
	return services
}

// whole are the changes of a process beside its properties: that it is new or
// gone, and the arguments of java.
func (p pair) whole() []Change {
	switch {
	case p.a == nil:
		return []Change{{Key: "process", Kind: Added, After: p.b.summary()}}
	case p.b == nil:
		return []Change{{Key: "process", Kind: Removed, Before: p.a.summary()}}
	}
	if before, after := p.a.service.JVM, p.b.service.JVM; before != nil && after != nil {
		return flags(before, after, false)
	}
	return nil
}

func (p *process) summary() *Value {
	v := &Value{Text: fmt.Sprintf("%d properties, %d arguments of java", len(p.gets.Values), len(p.gets.Flags))}
	for _, f := range []*conf.File{p.service.Runtime, p.service.JVM, p.service.Main} {
		if f != nil && v.File == "" {
			v.File = f.Path
		}
	}
	return v
}
