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
	// root is where the value stands in the data, path where below it.
	root, path []string
	// clause is the number of the clause, -1 if none is to blame.
	clause int
	// missing is set when the value is needed and not there.
	missing bool
	// reason is CUE's own message.
	reason string
}

// maxRounds bounds the work on one tree.
const maxRounds = 100

// check finds the clauses that a view does not meet. In CUE one wrong value can
// hide others: those that refer to it fail with it, and a struct says only its
// first mistake. So the clauses that failed are lifted, and the rest is looked at
// again, until nothing fails.
func (e *evaluator) check(v *View) []breach {
	var found []breach
	var lifted []int
	data, known := e.data(v), keys(v)
	for range maxRounds {
		policy, err := e.without(lifted)
		if err != nil {
			break
		}
		whole := policy.Unify(data)
		var round []breach
		derived := false
		for _, k := range known {
			b, others := e.look(whole, k)
			round, derived = append(round, b...), derived || others
		}
		if len(lifted) == 0 {
			round = append(round, e.missing(whole, v)...)
		}
		found = append(found, round...)
		before := len(lifted)
		for _, b := range round {
			if b.clause >= 0 && !b.missing && !slices.Contains(lifted, b.clause) {
				lifted = append(lifted, b.clause)
			}
		}
		if len(lifted) == before {
			break
		}
	}
	return found
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

// look says what is wrong with one value; others is set when it fails only
// because it refers to one that does.
func (e *evaluator) look(whole cue.Value, k key) (list []breach, others bool) {
	err := whole.LookupPath(cuePath(k.full())).Validate()
	if err == nil {
		return nil, false
	}
	for _, one := range errors.Errors(err) {
		if path := one.Path(); len(path) >= len(k.full()) && !samePath(path[:len(k.full())], k.full()) {
			others = true
			continue
		}
		format, args := one.Msg()
		b := breach{root: k.root, path: k.path, clause: e.blame(k.full(), one), reason: fmt.Sprintf(format, args...)}
		if !slices.ContainsFunc(list, func(o breach) bool { return o.clause == b.clause }) {
			list = append(list, b)
		}
	}
	return list, others
}

// samePath compares labels, which errors write quoted where CUE does.
func samePath(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool { return strings.Trim(x, `"`) == y })
}
