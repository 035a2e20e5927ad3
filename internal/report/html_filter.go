//go:build !js

package report

import (
	"maps"
	"slices"

	"github.com/implycheck/implycheck/finding"
)

// severities offers each severity with its count, the worst first. What was
// suppressed does not count: the filter hides it at first.
func severities(plain, suppressed []shown) []option {
	var options []option
	for _, severity := range []finding.Severity{finding.Error, finding.Warning, finding.Info} {
		of := func(s shown) bool { return s.Severity == severity }
		if slices.ContainsFunc(plain, of) || slices.ContainsFunc(suppressed, of) {
			options = append(options, option{severity.String(), len(slices.DeleteFunc(slices.Clone(plain), func(s shown) bool { return !of(s) }))})
		}
	}
	return options
}

// choices are the lists of the filter, without those that leave no choice.
func choices(all []shown) []choice {
	var lists []choice
	for _, c := range []struct {
		name, label string
		of          func(*finding.Finding) string
	}{
		{"rule", "Rule", func(f *finding.Finding) string { return f.Rule }},
		{"tree", "Tree", func(f *finding.Finding) string { return f.Tree }},
		{"service", "Service", func(f *finding.Finding) string { return f.Service }},
	} {
		counts := map[string]int{}
		for _, s := range all {
			if value := printable(c.of(s.Finding)); value != "" {
				counts[value]++
			}
		}
		if len(counts) == 0 || c.name == "tree" && len(counts) == 1 {
			continue
		}
		options := each(slices.Sorted(maps.Keys(counts)), func(value string) option { return option{value, counts[value]} })
		lists = append(lists, choice{c.name, c.label, options})
	}
	return lists
}
