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
	together := make([]Finding, 0, len(findings))
	for _, f := range findings {
		c := cause{f.Tree, f.Rule, f.Property, f.Message, f.Effect, f.Help, f.Suggestion}
		i, again := first[c]
		if !again || f.Severity != together[i].Severity || f.File == "" {
			first[c] = len(together)
			together = append(together, f)
			continue
		}
		together[i] = together[i].with(f)
	}
	return together
}

// with adds the place of a finding that says the same.
func (f Finding) with(other Finding) Finding {
	if f.Service != other.Service {
		f.Service = ""
	}
	f.Related = append(slices.Clone(f.Related), Related{Location: other.Location, Message: HereToo})
	if f.Fix != nil && other.Fix != nil {
		f.Fix = &Fix{Safe: f.Fix.Safe && other.Fix.Safe, Edits: slices.Clone(f.Fix.Edits)}
		for _, e := range other.Fix.Edits {
			if !slices.Contains(f.Fix.Edits, e) {
				f.Fix.Edits = append(f.Fix.Edits, e)
			}
		}
	}
	return f
}
