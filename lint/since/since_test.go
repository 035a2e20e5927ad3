package since

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

func at(rule, file string, line int, source string) finding.Finding {
	return finding.Finding{Rule: rule, Location: finding.Location{File: file, Line: line, EndLine: line, Source: source}}
}

func TestNew(t *testing.T) {
	c := &Changes{
		renamed: map[string]string{"/now": "/was"},
		lines:   map[string]lineSet{"/f": {lines: map[int]bool{3: true}}},
	}
	old := []finding.Finding{at("typo", "/f", 1, "k=v"), at("memory", "/f", 0, ""), at("typo", "/was", 5, "k=v")}
	for name, step := range map[string]struct{ now, want []finding.Finding }{
		"the same":           {old[:2], []finding.Finding{}},
		"moved":              {[]finding.Finding{at("typo", "/f", 9, "k=v")}, []finding.Finding{}},
		"another value":      {[]finding.Finding{at("typo", "/f", 9, "k=w")}, []finding.Finding{at("typo", "/f", 9, "k=w")}},
		"another rule":       {[]finding.Finding{at("case", "/f", 1, "k=v")}, []finding.Finding{at("case", "/f", 1, "k=v")}},
		"renamed":            {[]finding.Finding{at("typo", "/now", 7, "k=v")}, []finding.Finding{}},
		"on a changed line":  {[]finding.Finding{at("typo", "/f", 3, "k=v")}, []finding.Finding{at("typo", "/f", 3, "k=v")}},
		"copied":             {[]finding.Finding{at("typo", "/f", 3, "k=v"), at("typo", "/f", 4, "k=v")}, []finding.Finding{at("typo", "/f", 3, "k=v")}},
		"one more elsewhere": {[]finding.Finding{at("typo", "/f", 1, "k=v"), at("typo", "/f", 2, "k=v")}, []finding.Finding{at("typo", "/f", 2, "k=v")}},
	} {
		require.Equal(t, step.want, c.New(step.now, old), name)
	}
}
