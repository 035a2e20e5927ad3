package policy

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"
)

// breach is one clause that a view does not meet.
type breach struct {
	// Root is where the value stands in the data, Path where below it.
	Root, Path []string
	// Clause is the number of the clause, -1 if none is to blame.
	Clause int
	// Missing is set when the value is needed and not there.
	Missing bool
	// Refused is set for a key that a closed struct does not have.
	Refused bool
	// Reason is CUE's own message.
	Reason string
}

// maxReason bounds CUE's own message, which may repeat whole values.
const maxReason = 200

// maxRounds bounds the work on one tree.
const maxRounds = 100

// check finds the clauses that a view does not meet. In CUE one wrong value can
// hide others: those that refer to it fail with it, and a struct says only its
// first mistake. So the clauses that failed are lifted, and the rest is looked at
// again, until nothing fails.
func (e *evaluator) check(v *View) []breach {
	var found []breach
	var lifted []int
	var whole cue.Value
	data, known := e.data(v), keys(v)
	for range maxRounds {
		policy, err := e.without(lifted)
		if err != nil {
			break
		}
		whole = policy.Unify(data)
		var round []breach
		for _, k := range known {
			for _, b := range e.look(whole, k) {
				if v.set(k) || b.Clause >= 0 && !b.Refused && !e.clauses[b.Clause].isPattern() {
					round = append(round, b)
				}
			}
		}
		found = append(found, round...)
		before := len(lifted)
		for _, b := range round {
			if b.Clause >= 0 && !b.Refused && !slices.Contains(lifted, b.Clause) {
				lifted = append(lifted, b.Clause)
			}
		}
		if len(lifted) == before {
			break
		}
	}
	return append(found, e.missing(whole, v)...)
}

// key is where a value stands in the data.
type key struct{ root, path []string }

// keys are all places of a view.
func keys(v *View) []key {
	var list []key
	for _, name := range sorted(v.Tree) {
		list = append(list, key{[]string{"tree"}, []string{name}})
	}
	for _, service := range sorted(v.Services) {
		for _, root := range roots(service) {
			for _, name := range sorted(v.Services[service]) {
				if name != "jvm" {
					list = append(list, key{root, []string{name}})
					continue
				}
				facts, _ := v.Services[service][name].(map[string]any)
				for _, fact := range sorted(facts) {
					list = append(list, key{root, []string{name, fact}})
				}
			}
		}
	}
	return list
}

// roots are the two places where a service stands.
func roots(service string) [][]string { return [][]string{{service}, {"services", service}} }

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (k key) full() []string { return slices.Concat(k.root, k.path) }

// cuePath is the path with every label quoted.
func cuePath(labels []string) cue.Path {
	selectors := make([]cue.Selector, len(labels))
	for i, label := range labels {
		selectors[i] = cue.Str(label)
	}
	return cue.MakePath(selectors...)
}

// set reports whether a value is written somewhere: patterns, and structs that
// are closed, speak of no others.
func (v *View) set(k key) bool {
	return !v.Defaults[k.root[len(k.root)-1]][k.path[0]]
}

// look says what is wrong with one value. What fails only because it refers to
// another that does is left for the next round.
func (e *evaluator) look(whole cue.Value, k key) (list []breach) {
	err := whole.LookupPath(cuePath(k.full())).Validate(cue.Concrete(false))
	if err == nil {
		return nil
	}
	for _, one := range errors.Errors(err) {
		if path := one.Path(); len(path) >= len(k.full()) && !samePath(path[:len(k.full())], k.full()) {
			continue
		}
		format, args := one.Msg()
		b := breach{Root: k.root, Path: k.path, Clause: e.blame(k.full(), one), Reason: shorten(fmt.Sprintf(format, args...), maxReason)}
		if strings.Contains(b.Reason, "field not allowed") {
			b.Refused, b.Clause = true, e.blame(k.root, nil)
		}
		if !slices.ContainsFunc(list, func(o breach) bool { return o.Clause == b.Clause }) {
			list = append(list, b)
		}
	}
	return list
}

// samePath compares labels, which errors write quoted where CUE does.
func samePath(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool { return strings.Trim(x, `"`) == y })
}
