package rules

import (
	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

var treeIsOlder = &Rule{
	ID: "tree-is-older", Severity: finding.Info, Area: Upgrade,
	Title:  "Files that are written for a release before 0.12.3, or may be.",
	Why:    "implycheck knows what releases from 0.12.3 on do. What depends on the release is a hint here, for those who will upgrade.",
	Effect: "None now. After an upgrade, properties with old names are ignored.",
	Fix:    "If it is a later release, say so with --target.",
	Source: "Druid's own sources, 0.6.174 to 0.11.0",
	Check: func(p *Pass) {
		if !p.Tree.Older() {
			return
		}
		var found *finding.Finding
		for _, s := range p.settings {
			older, ok := schema.LookupOlder(s.Key)
			switch {
			case !ok:
			case found == nil:
				found = p.Report(Key(s.Value), "this tree is %s; the last release that reads %s is %s", p.olderText(), s.Key, older.Until)
			default:
				relate(found, Key(s.Value), "the last release that reads %s is %s", s.Key, older.Until)
			}
		}
		if found == nil {
			p.Report(p.Where(nil, conf.Value{}), "this tree is %s", p.olderText())
		}
	},
}

// olderText says how old the tree is.
func (p *Pass) olderText() string {
	releases := p.Tree.Possible
	if releases.Oldest() == releases.Newest() {
		return "written for " + releases.String() + ", which is older than " + schema.OldestName + ", the first release that implycheck knows"
	}
	if releases.Newest() < schema.Oldest {
		return "older than " + schema.OldestName + ", the first release that implycheck knows"
	}
	return "written for " + releases.String() + ", and the first release that implycheck knows is " + schema.OldestName
}

// reportOlder says of a key when it went; a tree of such a release is right.
func (p *Pass) reportOlder(s Setting, key string, older *schema.Older) {
	if p.Tree.Older() {
		return
	}
	f := p.Report(Key(s.Value), "%s has no effect: the last release that reads it is %s", s.Key, older.Until)
	if to := older.Successor(key); to != "" {
		f.Suggestion = to
		f.Help = "Use " + to + " instead."
	}
}
