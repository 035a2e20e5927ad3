package rules

import (
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
)

var propsBOM = &Rule{
	ID: "props-bom", Severity: finding.Error, Area: Syntax,
	Title:  "A file that starts with a byte order mark.",
	Why:    "The mark is invisible in editors and becomes a part of the first key, or of the first flag.",
	Effect: `The first key is read as "\ufeffdruid..." and silently ignored.`,
	Fix:    "Save the file as UTF-8 without BOM.",
	Source: "java.util.Properties keeps the mark in the key (run on JDK 17); PropertiesModule.java reads plain UTF-8, 0.14.2; xargs keeps it, too (run)",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.CommonProperties, conf.RuntimeProperties, conf.ZooConfig) {
			if !f.Properties.BOM {
				continue
			}
			found := p.reportMark(f, "which makes the first key another one")
			switch entries := f.Properties.Entries; {
			case len(entries) == 0 || entries[0].KeySpan.Start.Offset > len(mark):
				found.Severity = finding.Warning
				found.Message = "the file starts with a byte order mark, which becomes a part of its first line"
			case f.Kind == conf.ZooConfig:
				found.Severity = finding.Warning
				found.Effect = "ZooKeeper silently ignores the first setting, and takes its own default."
			}
		}
		for _, f := range p.Files(conf.JVMConfig) {
			if startsWithMark(f) {
				p.reportMark(f, "which makes the first word no flag").Effect = "java takes the word for its main class: Error: Could not find or load main class."
			}
		}
	},
}

// mark is a byte order mark, as UTF-8 has it.
const mark = "\ufeff"

func startsWithMark(f *conf.File) bool {
	return strings.HasPrefix(string(f.Data[:min(len(f.Data), len(mark))]), mark)
}

// reportMark reports that a file starts with a byte order mark.
func (p *Pass) reportMark(f *conf.File, harm string) *finding.Finding {
	start := syntax.Position{Line: 1, Column: 1}
	at := At(f, syntax.Span{Start: start, End: syntax.Position{Offset: len(mark), Line: 1, Column: 2}})
	found := p.Report(at, "the file starts with a byte order mark, %s", harm)
	found.Fix = edit(true, at, "")
	return found
}
