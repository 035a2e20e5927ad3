package schema

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// Required tells when a property must be set.
type Required struct {
	Releases Range
	// When are the settings that must all apply: key=value, key=one|another,
	// key=* for any, key~item for one of a list.
	When []string
	// Or are properties one of which will do as well.
	Or []string
	// Then says what happens without it: nothing means that the process stops at
	// start, later that it fails when it is used, task that tasks fail, silent
	// that something else happens without a word.
	Then string
	// Error is what Druid says.
	Error string
}

// Demand is a property that a setting requires.
type Demand struct {
	*Required
	Property *Property
	// Chooser is the name in the first condition.
	Chooser string
}

// demands are by the name of their chooser; those of a family are under no name.
var demands = lazy.Value[map[string][]Demand]{New: func() map[string][]Demand {
	byName := map[string][]Demand{}
	for _, i := range requiredProperties {
		p := &properties[i]
		for j := range p.Required {
			chooser, _, _ := cutCondition(p.Required[j].When[0])
			name := chooser
			if strings.IndexByte(chooser, '<') >= 0 {
				name = ""
			}
			byName[name] = append(byName[name], Demand{&p.Required[j], p, chooser})
		}
	}
	return byName
}}

// Demands are the properties that a setting of key may require in release r, if it
// is the first of their conditions.
func Demands(key string, r Release) []Demand {
	var list []Demand
	add := func(n Demand) {
		if n.Releases.Has(r) && n.Property.Releases.Has(r) {
			list = append(list, n)
		}
	}
	byName := demands.Get()
	for _, n := range byName[key] {
		add(n)
	}
	for _, n := range byName[""] {
		if matches(n.Chooser, key) {
			add(n)
		}
	}
	return list
}

// Holds reports whether all conditions apply, with what get knows of a key; key
// is the one that fills placeholders.
func (n Demand) Holds(key string, get func(key string) (text string, known bool)) bool {
	return !slices.ContainsFunc(n.When, func(condition string) bool {
		name, want, member := cutCondition(condition)
		text, known := get(Fill(name, n.Chooser, key))
		return !known || !applies(text, want, member)
	})
}

// Names are the properties one of which must be set, filled in for key.
func (n Demand) Names(key string) []string {
	names := []string{Fill(n.Property.Name, n.Chooser, key)}
	for _, or := range n.Or {
		names = append(names, Fill(or, n.Chooser, key))
	}
	return names
}

// cutCondition splits key=value and key~item.
func cutCondition(condition string) (key, want string, member bool) {
	i := strings.IndexAny(condition, "=~")
	return condition[:i], condition[i+1:], condition[i] == '~'
}

func applies(text, want string, member bool) bool {
	switch {
	case member:
		return strings.Contains(text, `"`+want+`"`)
	case want == "*":
		return text != ""
	case want == "true", want == "false":
		return strings.EqualFold(strings.Trim(text, javaBlanks), want)
	}
	return slices.Contains(strings.Split(want, "|"), text)
}
