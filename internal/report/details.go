package report

import (
	"strings"

	"github.com/implycheck/implycheck/finding"
)

// detail is a text of several lines about a finding, for formats with markup.
type detail struct {
	Label string
	Lines []string
}

// details are what a finding says beyond its message and places.
func details(f *finding.Finding) []detail {
	all := []detail{
		{"Service", splitLines(unseenService(f))},
		{"Property", splitLines(f.Property)},
		{"Effect", splitLines(f.Effect)},
		{"Help", splitLines(help(f))},
	}
	if strings.Contains(f.Message, f.Property) {
		all[1].Lines = nil
	}
	var said []detail
	for _, d := range all {
		if len(d.Lines) > 0 {
			said = append(said, d)
		}
	}
	return said
}

// fixTitle says whether a fix may be applied without a look.
func fixTitle(fix *finding.Fix) string {
	if fix.Safe {
		return "Safe fix"
	}
	return "Fix, to be reviewed,"
}
