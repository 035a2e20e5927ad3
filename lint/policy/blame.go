package policy

import (
	"slices"

	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"
)

// blame picks the clause that an error at a place is about: one for this place
// before one of a definition that stands elsewhere, and one that the error points
// into before others. Without an error it is the clause that names the place. It
// is -1 if there is none.
func (e *evaluator) blame(labels []string, err errors.Error) int {
	var positions []token.Pos
	if err != nil {
		positions = errors.Positions(err)
	}
	best, most := -1, 0
	for i, c := range e.clauses {
		points := err == nil && !c.isPattern() || slices.ContainsFunc(positions, c.contains)
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
	case points && c.labels(labels[n-1]):
		return 1
	}
	return 0
}

func (c clause) isPattern() bool { return c.path[len(c.path)-1] == wild }

// labels reports whether the clause's own label is that name or a pattern for it.
func (c clause) labels(name string) bool {
	last := c.path[len(c.path)-1]
	return last == name || c.isPattern() && (c.pattern == nil || c.pattern.MatchString(name))
}

func (c clause) contains(p token.Pos) bool {
	return p.Filename() == c.start.Filename() && p.Offset() >= c.start.Offset() && p.Offset() < c.end.Offset()
}
