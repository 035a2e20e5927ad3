package schema

import "fmt"

// Range is a run of releases; zero means open at that end.
type Range struct {
	From, Until Release
}

// Has reports whether r lies in the range.
func (g Range) Has(r Release) bool {
	return r >= g.From && (g.Until == 0 || r <= g.Until)
}

// Covers reports whether every release of other lies in the range.
func (g Range) Covers(other Range) bool {
	return other.Oldest() >= g.From && (g.Until == 0 || other.Newest() <= g.Until)
}

// Oldest is the first release of the range: where it is open, the first that
// the package knows.
func (g Range) Oldest() Release {
	if g.From == 0 {
		return min(Oldest, g.Newest())
	}
	return g.From
}

// Newest is the last release of the range, or the last that the package knows.
func (g Range) Newest() Release {
	if g.Until == 0 {
		return Newest
	}
	return g.Until
}

// Count is how many releases that is.
func (g Range) Count() int { return int(g.Newest()-g.Oldest()) + 1 }

// String writes the releases: 0.15, 0.20 - 0.23, older than 0.12.3.
func (g Range) String() string {
	switch from, until := g.Oldest(), g.Newest(); {
	case from == until:
		return from.String()
	case until < Oldest:
		return "older than " + OldestName
	case from < Oldest:
		return until.String() + " or older"
	default:
		return from.String() + " - " + until.String()
	}
}

// Within names the range as a part of a larger one: 0.20 or later.
func (g Range) Within(all Range) string {
	from, until := g.Oldest(), g.Newest()
	switch {
	case from == until:
		return from.String()
	case until == all.Newest():
		return from.String() + " or later"
	case from == all.Oldest():
		return until.String() + " or earlier"
	}
	return fmt.Sprintf("%s to %s", from, until)
}
