package policy

import (
	"slices"

	"cuelang.org/go/cue"
)

// missing finds what the policy asks for and the view does not have.
func (e *evaluator) missing(whole cue.Value, v *View) []breach {
	var list []breach
	for _, service := range sorted(v.Services) {
		values := v.Services[service]
		for _, root := range roots(service) {
			for _, path := range e.mentioned {
				full := slices.Concat(root, path)
				if has(values, path) || v.Unknown[service][path[0]] || !asks(whole, full) {
					continue
				}
				if i := e.blame(full, nil); i >= 0 {
					list = append(list, breach{Root: root, Path: path, Clause: i, Missing: true})
				}
			}
		}
	}
	return list
}

// asks reports whether a policy says something of a place that must be there.
func asks(whole cue.Value, labels []string) bool {
	if v := whole.LookupPath(cuePath(labels)); v.Exists() {
		return v.IncompleteKind() != cue.TopKind
	}
	last := len(labels) - 1
	fields, err := whole.LookupPath(cuePath(labels[:last])).Fields(cue.Optional(true))
	if err != nil {
		return false
	}
	for fields.Next() {
		s := fields.Selector()
		if s.ConstraintType() == cue.RequiredConstraint && s.Unquoted() == labels[last] {
			return true
		}
	}
	return false
}

// has reports whether there is a value at a path.
func has(values map[string]any, path []string) bool {
	value, ok := values[path[0]]
	if !ok || len(path) == 1 {
		return ok
	}
	inner, ok := value.(map[string]any)
	return ok && has(inner, path[1:])
}

// mentions lists the keys of services that clauses name, as paths below the
// service.
func mentions(clauses []clause) [][]string {
	var list [][]string
	for _, c := range clauses {
		path := c.path
		if path[0] == "services" {
			path = path[1:]
		}
		if len(path) < 2 || path[0] == "tree" {
			continue
		}
		path = path[1:]
		depth := 1
		if path[0] == "jvm" {
			depth = 2
		}
		if len(path) < depth {
			continue
		}
		path = path[:depth]
		if slices.Contains(path, wild) || !isLabel(path[0]) {
			continue
		}
		if !slices.ContainsFunc(list, func(other []string) bool { return slices.Equal(other, path) }) {
			list = append(list, path)
		}
	}
	return list
}

// isLabel tells the keys of data from definitions and hidden fields.
func isLabel(name string) bool { return name != "" && name[0] != '#' && name[0] != '_' }
