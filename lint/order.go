package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// byConsequence puts the worst first within each tree: errors, warnings, infos;
// among them the areas whose mistakes bite first; and the findings of a rule
// side by side, as files have them. Findings of policies come last.
func byConsequence(findings []finding.Finding) {
	order := map[rules.Area]int{}
	for i, area := range rules.Areas {
		order[area] = i
	}
	rank := func(f *finding.Finding) int {
		if r, ok := rules.Lookup(f.Rule); ok {
			return order[r.Area]
		}
		return len(order)
	}
	slices.SortStableFunc(findings, func(a, b finding.Finding) int {
		return cmp.Or(
			strings.Compare(a.Tree, b.Tree),
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(rank(&a), rank(&b)),
			strings.Compare(a.Rule, b.Rule),
		)
	})
}
