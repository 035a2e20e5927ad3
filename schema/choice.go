package schema

import "slices"

// Choice is one value of a property of type choice.
type Choice struct {
	Value     string
	Extension string
	Releases  Range
}

// ChoicesIn are the values that exist in release r, to be read only.
func (p *Property) ChoicesIn(r Release) []Choice {
	gone := func(c Choice) bool { return !c.Releases.Has(r) }
	if !slices.ContainsFunc(p.Choices, gone) {
		return p.Choices // nearly always
	}
	return slices.DeleteFunc(slices.Clone(p.Choices), gone)
}

// ChoiceIn is the choice that is written like this and exists in release r.
func (p *Property) ChoiceIn(r Release, value string) (Choice, bool) {
	for _, c := range p.Choices {
		if c.Value == value && c.Releases.Has(r) {
			return c, true
		}
	}
	return Choice{}, false
}
