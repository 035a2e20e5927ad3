package finding

import "slices"

// HereToo is the message of a place that has the same as the finding itself.
const HereToo = "here too"

// Together makes one finding of those that say the same of several places of a
// tree: the first one, to which the others are related. What is left keeps its
// order.
func Together(findings []Finding) []Finding {
	type cause struct{ tree, rule, property, message, effect, help, suggestion string }
	first := map[cause]int{}
	groups := make([]group, 0, len(findings))
	for _, f := range findings {
		c := cause{f.Tree, f.Rule, f.Property, f.Message, f.Effect, f.Help, f.Suggestion}
		i, again := first[c]
		if !again || f.Severity != groups[i].Severity || f.File == "" {
			first[c] = len(groups)
			groups = append(groups, group{Finding: f})
			continue
		}
		groups[i].join(f)
	}
	together := make([]Finding, len(groups))
	for i, g := range groups {
		together[i] = g.Finding
	}
	return together
}

// group is a finding that others are joined to.
type group struct {
	Finding
	// known are the edits of its fix, nil while nothing is joined to it.
	known map[Edit]bool
}

// own makes copies of what is added to: the lists are the caller's.
func (g *group) own() {
	g.known, g.Related = map[Edit]bool{}, slices.Clip(g.Related)
	if g.Fix != nil {
		g.Fix = &Fix{Safe: g.Fix.Safe, Edits: slices.Clip(g.Fix.Edits)}
		for _, e := range g.Fix.Edits {
			g.known[e] = true
		}
	}
}

// join adds the place of a finding that says the same.
func (g *group) join(other Finding) {
	if g.known == nil {
		g.own()
	}
	if g.Service != other.Service {
		g.Service = ""
	}
	g.Related = append(g.Related, Related{Location: other.Location, Message: HereToo})
	if g.Fix == nil || other.Fix == nil {
		return
	}
	g.Fix.Safe = g.Fix.Safe && other.Fix.Safe
	for _, e := range other.Fix.Edits {
		if !g.known[e] {
			g.known[e] = true
			g.Fix.Edits = append(g.Fix.Edits, e)
		}
	}
}
