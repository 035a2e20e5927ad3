package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// limitsOf says what a value must satisfy beyond its type, and what follows where it
// does not.
func limitsOf(p *schema.Property) (list []string) {
	for _, l := range p.Limits {
		words := within(l.Releases, p) + bound(l)
		if len(l.When) > 0 {
			words += " where " + conditions(l.When)
		}
		if l.Later {
			words += "; another value is accepted at start and fails when it is used"
		}
		list = append(list, words)
	}
	if p.Strict != nil {
		follows := "stops the process at start"
		if p.Later {
			follows = "is accepted at start and fails when it is used"
		}
		list = append(list, within(*p.Strict, p)+"a value that is not in the list "+follows)
	}
	if f := p.Refused; f != nil {
		which := "any value"
		switch {
		case f.Value != "":
			which = "the value " + f.Value
		case f.Except != "":
			which = "any value but " + f.Except
		}
		list = append(list, within(f.Releases, p)+which+" stops the process at start")
	}
	for _, r := range p.Required {
		list = append(list, within(r.Releases, p)+required(r))
	}
	return list
}

// within names the releases of a limit, where they are not all that read the property.
func within(g schema.Range, p *schema.Property) string {
	if g.Covers(p.Releases) {
		return ""
	}
	g = schema.Range{From: max(g.Oldest(), p.Releases.Oldest()), Until: min(g.Newest(), p.Releases.Newest())}
	return "in " + g.Within(p.Releases) + ": "
}

// bound is the constraint of a limit.
func bound(l schema.Limit) string {
	var words []string
	if l.Type != "" {
		words = append(words, "a value of type "+string(l.Type))
	}
	if l.HasBounds {
		words = append(words, between(l))
	}
	switch {
	case l.Expected != "":
		return l.Expected
	case len(words) == 0:
		return "a value of another type"
	}
	return strings.Join(words, ", ")
}

// between are the bounds of a limit.
func between(l schema.Limit) string {
	least, most := l.Min, l.Max
	if l.Open {
		least, most = least+1, most-1
	}
	switch {
	case least <= math.MinInt32:
		return fmt.Sprintf("at most %d", most)
	case most > math.MaxInt32:
		return fmt.Sprintf("at least %d", least)
	}
	return fmt.Sprintf("from %d to %d", least, most)
}

// required says where a property must be set, and what follows where it is not.
func required(r schema.Required) string {
	words := "required where " + conditions(r.When)
	if len(r.Or) > 0 {
		words += ", unless " + strings.Join(r.Or, " or ") + " is set"
	}
	words += map[string]string{
		"": ": without it the process stops at start", "later": ": without it what uses it fails", "task": ": without it tasks fail",
		"silent": ": without it Druid silently does something else",
	}[r.Then]
	if r.Error != "" {
		words += " (" + r.Error + ")"
	}
	return words
}

// conditions are settings in words; schema.Required lists their forms.
func conditions(settings []string) string {
	var words []string
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		switch name, item, lists := strings.Cut(s, "~"); {
		case lists:
			words = append(words, name+" lists "+item)
		case value == "*":
			words = append(words, key+" is set")
		default:
			words = append(words, key+" is "+strings.ReplaceAll(value, "|", " or "))
		}
	}
	return text.List(words)
}
