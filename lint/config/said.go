package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// FactNames are the names of all facts.
func FactNames() []string {
	var names []string
	for _, s := range setters.Get() {
		names = append(names, s.name)
	}
	for _, h := range hardware {
		names = append(names, h.name)
	}
	return names
}

// FactsOf reads facts as the flags of lint say them, by their names.
func FactsOf(said map[string]string) ([]Fact, error) {
	var facts []Fact
	for _, name := range slices.Sorted(maps.Keys(said)) {
		list := []Fact{{Name: name, Value: said[name], From: Origin{Flag: name}}}
		if slices.ContainsFunc(hardware, func(h hardwareFact) bool { return h.name == name }) {
			var err error
			if list, err = byRole(name, said[name]); err != nil {
				return nil, fmt.Errorf("--%s: %w", name, err)
			}
		}
		for _, fact := range list {
			if err := fact.Check(); err != nil {
				return nil, fmt.Errorf("--%s: %w", name, err)
			}
		}
		facts = append(facts, list...)
	}
	return facts, nil
}

// byRole splits "16" or "data=16,query=8" into facts.
func byRole(flag, text string) ([]Fact, error) {
	var facts []Fact
	for part := range strings.SplitSeq(text, ",") {
		role, value, named := strings.Cut(part, "=")
		if !named {
			role, value = "", part
		} else if !slices.Contains(Roles, role) {
			return nil, fmt.Errorf("unknown server %q: write one of %s", role, strings.Join(Roles, ", "))
		}
		facts = append(facts, Fact{flag, role, strings.TrimSpace(value), Origin{Flag: flag}})
	}
	return facts, nil
}
