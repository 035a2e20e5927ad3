package rules

import (
	"cmp"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
)

func (p *Pass) reportUnknownExtension(s Setting, item *syntax.Node) {
	f := p.Report(itemAt(s, item), "no supported release (%s) has an extension %q", supportedReleases(), item.Text)
	near, looked := p.nearExtension(item.Text)
	if !looked {
		return
	}
	other := p.otherwiseNamed(item.Text)
	if near == "" {
		f.Severity = finding.Info
		f.Effect = "None, if it is one of your own that lies in the extension folder of every server; else " + lowerFirst(notThere)
		f.Help = "Make sure that it lies in the extension folder of every server."
		if other != "" {
			f.Help = "Did you mean " + other + "? Else make sure that it lies in the extension folder of every server."
		}
		return
	}
	near = cmp.Or(other, near)
	f.Suggestion = near
	f.Help = "Did you mean " + near + "?"
	if s.Entry != nil && s.Entry.RawValue == s.Text {
		f.Fix = edit(false, itemAt(s, item), `"`+near+`"`)
	}
}

// otherwiseNamed is the extension whose name differs from another one in what some begin and
// end with and others do not: kafka-emitter for druid-kafka-emitter.
func (p *Pass) otherwiseNamed(name string) string {
	for _, known := range p.extensionNames() {
		if known != name && coreOfName(known) == coreOfName(name) {
			return known
		}
	}
	return ""
}

func coreOfName(extension string) string {
	core := strings.TrimPrefix(strings.ToLower(extension), "druid-")
	return strings.TrimSuffix(strings.TrimSuffix(core, "-extensions"), "-extension")
}
