package policy

import (
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"
)

// blame picks the clause that an error at a place is about: one for this place
// before one of a definition that stands elsewhere, and one that the error points
// into before others. It is -1 if there is none.
func (e *evaluator) blame(labels []string, err errors.Error) int {
	var positions []token.Pos
	if err != nil {
		positions = errors.Positions(err)
	}
	best, most := -1, 0
	for i, c := range e.clauses {
		points := slices.ContainsFunc(positions, c.contains)
		score := c.fits(labels, points)
		if score > 0 && points {
			score += 4
		}
		if score > 0 && score >= most {
			best, most = i, score
		}
	}
	return best
}

// fits says how well the clause's path fits a place: not at all, by its last
// label, as a part of the value there, or exactly.
func (c clause) fits(labels []string, points bool) int {
	n := len(labels)
	switch {
	case len(c.path) >= n && slices.EqualFunc(c.path[:n], labels, func(a, b string) bool { return a == wild || a == b }):
		switch {
		case len(c.path) > n && points:
			return 3
		case len(c.path) == n && c.labels(labels[n-1]):
			return 4
		}
	case c.labels(labels[n-1]):
		return 1
	}
	return 0
}

// labels reports whether the clause's own label is that name or a pattern for it.
func (c clause) labels(name string) bool {
	last := c.path[len(c.path)-1]
	return last == name || last == wild && (c.pattern == nil || c.pattern.MatchString(name))
}

func (c clause) contains(p token.Pos) bool {
	return p.Filename() == c.start.Filename() && p.Offset() >= c.start.Offset() && p.Offset() < c.end.Offset()
}

// missing finds what the policy asks for and the view does not have.
func (e *evaluator) missing(whole cue.Value, v *View) []breach {
	var list []breach
	for _, service := range sorted(v.Services) {
		values := v.Services[service]
		for _, root := range roots(service) {
			for _, path := range e.mentioned {
				full := slices.Concat(root, path)
				if has(values, path) || v.unknown[service][path[0]] || !asks(whole, full) {
					continue
				}
				if i := e.blame(full, nil); i >= 0 {
					list = append(list, breach{root: root, path: path, clause: i, missing: true})
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
	path := append(cuePath(labels[:last]).Selectors(), cue.Str(labels[last]).Required())
	return whole.LookupPath(cue.MakePath(path...)).Exists()
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
