package rules

import "github.com/implycheck/implycheck/finding"

func configurationRules() []*Rule {
	return []*Rule{ConfigIgnoreExpired, ConfigIgnoreUnused}
}

// The rules about .implycheck.yaml. What is plainly wrong in that file is an
// error before anything is linted; these can only be told afterwards.
var (
	ConfigIgnoreExpired = &Rule{
		ID: "config-ignore-expired", Severity: finding.Warning, Area: Suppressions,
		Title:  "An entry under ignore: whose date has passed.",
		Why:    "The date says when the finding was to be looked at again.",
		Effect: "Druid does not read .implycheck.yaml; implycheck shows the findings again.",
		Fix:    "Correct what the entry suppressed and delete the entry, or write a later date: until: 2027-03-31.",
		Source: "implycheck's own: package config",
	}
	ConfigIgnoreUnused = &Rule{
		ID: "config-ignore-unused", Severity: finding.Warning, Area: Suppressions,
		Title:  "An entry under ignore: that suppresses nothing.",
		Why:    "It would suppress the next finding of that kind, which nobody has looked at; or its pattern is misspelt.",
		Effect: "Druid does not read .implycheck.yaml; nothing is suppressed.",
		Fix:    "Delete the entry, or correct its path: globs start at the folder of .implycheck.yaml.",
		Source: "implycheck's own: package config",
	}
)
