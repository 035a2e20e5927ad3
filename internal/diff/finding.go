package diff

import (
	"context"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// findings are those that lint has of the new tree only, and of the old one only.
func findings(ctx context.Context, a, b *conf.Tree, o Options) (appear, disappear []Finding, err error) {
	found, err := rules.LintAll(ctx, o.Lint, a, b)
	if err != nil {
		return nil, nil, err
	}
	were, are := hidden(a, found[0].Findings), hidden(b, found[1].Findings)
	inA, inB := within(a), within(b)
	// The same in its place; then wherever it has moved to.
	for _, key := range []func(f finding.Finding, in map[string]string) identity{
		func(f finding.Finding, in map[string]string) identity {
			return identity{f.Rule, in[f.File], f.Service, f.Property, f.Source}
		},
		func(f finding.Finding, _ map[string]string) identity {
			return identity{rule: f.Rule, service: f.Service, property: f.Property}
		},
		func(f finding.Finding, _ map[string]string) identity {
			return identity{rule: f.Rule, property: f.Property}
		},
	} {
		were, are = unmatched(were, are, func(f finding.Finding) identity { return key(f, inA) }, func(f finding.Finding) identity { return key(f, inB) })
	}
	return short(are), short(were), nil
}

// hidden are findings without the secrets of their tree.
func hidden(t *conf.Tree, list []finding.Finding) []finding.Finding {
	shown := make([]finding.Finding, len(list))
	for i, f := range list {
		shown[i] = rules.Hide(t, f)
	}
	return shown
}

// identity is what makes findings the same, as in package since.
type identity struct{ rule, file, service, property, source string }

// unmatched drops what is on both sides.
func unmatched(were, are []finding.Finding, keyA, keyB func(finding.Finding) identity) (gone, fresh []finding.Finding) {
	count := map[identity]int{}
	for _, f := range were {
		count[keyA(f)]++
	}
	for _, f := range are {
		if k := keyB(f); count[k] > 0 {
			count[k]--
		} else {
			fresh = append(fresh, f)
		}
	}
	for i := len(were) - 1; i >= 0; i-- { // what is left over are the last ones
		if k := keyA(were[i]); count[k] > 0 {
			count[k]--
			gone = append([]finding.Finding{were[i]}, gone...)
		}
	}
	return gone, fresh
}

// within are the paths of a tree's files below it.
func within(t *conf.Tree) map[string]string {
	paths := make(map[string]string, len(t.Files))
	for _, f := range t.Files {
		paths[f.Path] = t.Within(f)
	}
	return paths
}

func short(list []finding.Finding) []Finding {
	out := make([]Finding, len(list))
	for i, f := range list {
		out[i] = Finding{
			Rule: f.Rule, Severity: f.Severity.String(), Message: f.Message,
			File: f.File, Line: f.Line, Service: f.Service, Property: f.Property,
		}
	}
	return out
}
