package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Rules about extensions that do not go together, or not with every process.
func extensionScopeRules() []*Rule { return []*Rule{extExclusive, extScope} }

// rivals are extensions of which one list may name one only.
type rivals struct {
	names    []string
	releases schema.Range
	// ordered is set where only the first before the second does harm.
	ordered      bool
	severity     finding.Severity
	effect, help string
}

var exclusive = lazy.Value[[]rivals]{New: func() []rivals {
	return []rivals{
		{
			names:    []string{"mysql-metadata-storage", "postgresql-metadata-storage", "sqlserver-metadata-storage"},
			releases: schema.Range{Until: 28}, severity: finding.Error,
			effect: "The process stops at start: A binding to ...SQLAuditManagerConfig was already configured.",
			help:   "Load the one that druid.metadata.storage.type names.",
		},
		{
			names:    []string{"druid-lookups-cached-global", "druid-kafka-extraction-namespace"},
			releases: schema.Range{Until: 31}, ordered: true, severity: finding.Warning,
			effect: "Lookups from Kafka are refused: No implementation for ...NamespaceExtractionCacheManager was bound.",
			help:   "Load druid-kafka-extraction-namespace alone, which brings the other along, or name it first.",
		},
	}
}}

var extExclusive = &Rule{
	ID: "ext-exclude-one-another", Severity: finding.Error, Area: Extensions,
	Title:  "Extensions of which only one may be loaded.",
	Why:    "Some extensions bring the same module along: up to 28 each metadata store brings the audit manager, and up to 31 Kafka's lookups bring a copy of the cached lookups, which is skipped if another was there first.",
	Effect: "The process stops at start: A binding to ... was already configured; or what the second brings does not work.",
	Fix:    "Keep one of them.",
	Source: "SQLMetadataStorageDruidModule.java:133, 0.12.3 to 28; apache/druid#8997 (0.13.0), #11733 and #15480; apache/druid#3538, #16929 and #16973 (fixed in 32)",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			items := listItems(s)
			for _, r := range exclusive.Get() {
				found := slices.DeleteFunc(slices.Clone(items), func(item *syntax.Node) bool { return !slices.Contains(r.names, path.Base(item.Text)) })
				found = slices.CompactFunc(found, func(a, b *syntax.Node) bool { return path.Base(a.Text) == path.Base(b.Text) })
				if len(found) < 2 || !r.releases.Has(p.Release()) || r.ordered && path.Base(found[0].Text) != r.names[0] {
					continue
				}
				f := p.Report(itemAt(s, found[1]), "%s and %s are in one list", found[0].Text, found[1].Text)
				f.Severity, f.Effect, f.Help = r.severity, r.effect, r.help
				relate(f, itemAt(s, found[0]), "the other")
			}
		}
	},
}

// scope is an extension that stops the processes that do not have what it asks
// for.
type scope struct {
	releases schema.Range
	// homes are the processes that have it.
	homes   []string
	missing string
}

var scopes = lazy.Value[map[string][]scope]{New: func() map[string][]scope {
	const walker, view = "org.apache.druid.query.QuerySegmentWalker", "org.apache.druid.client.TimelineServerView"
	return map[string][]scope{
		"druid-moving-average-query": {
			{schema.Range{Until: 21}, []string{"broker", "historical", "indexer"}, walker},
			{schema.Range{From: 22, Until: 22}, []string{"broker", "historical", "indexer", "router"}, walker},
		},
		"materialized-view-selection": {{schema.Range{Until: 22}, []string{"broker"}, view}},
	}
}}

var extScope = &Rule{
	ID: "ext-stops-other-processes", Severity: finding.Error, Area: Extensions, Releases: schema.Range{Until: 22},
	Title:  "An extension that stops every process but the one it is for.",
	Why:    "The extension asks for something that only some processes have, and each process that loads it looks for that at start; from 0.23 on Druid loads it only where it belongs.",
	Effect: "The process does not start: No implementation for ... was bound.",
	Fix:    "Take the extension out of the shared list, and give the processes that it is for a list of their own.",
	Source: "MovingAverageQueryToolChest.java and MaterializedViewSelectionDruidModule.java, 0.17 to 0.22; services/src/main/java/org/apache/druid/cli/Cli*.java (bindings); apache/druid#9483, #11062, #11276, #11662, #12012",
	Check: func(p *Pass) {
		p.listed(func(s Setting, item *syntax.Node) {
			for _, scope := range scopes.Get()[path.Base(item.Text)] {
				if wrong := p.outside(s, scope.homes); scope.releases.Has(p.Release()) && len(wrong) > 0 {
					f := p.Report(itemAt(s, item), "%s stops the %s: it is for the %s only", item.Text, text.List(wrong), text.List(scope.homes))
					f.Effect = "No process that loads it starts, but for the " + text.List(scope.homes) + ": No implementation for " + scope.missing + " was bound."
				}
			}
		})
	},
}

// outside are the processes that take a list and are none of homes.
func (p *Pass) outside(s Setting, homes []string) []string {
	var wrong []string
	for _, svc := range s.Services {
		own := svc.Get(loadListKey)
		if own.File == s.File && own.Span == s.Span && !slices.ContainsFunc(homes, func(home string) bool { return svc.Process() == home }) {
			wrong = append(wrong, svc.Name)
		}
	}
	return wrong
}

// distributionDir is where the distribution around the tree has the folder of
// extensions, if it has one with extensions of Druid's.
func (p *Pass) distributionDir() (string, bool) {
	if !slices.ContainsFunc(p.Tree.Extensions, func(name string) bool { _, ok := schema.LookupExtension(name); return ok }) {
		return "", false
	}
	return p.Tree.ExtensionDir, p.Tree.ExtensionDir != ""
}

// checkExtensionDir compares a folder with where extensions are: in the
// distribution around the tree, or in that of the target.
func (p *Pass) checkExtensionDir(s Setting, dir string) {
	const ofImply, ofDruid = "dist/druid/extensions", "extensions"
	right := ofDruid
	there, known := p.distributionDir()
	switch {
	case known && (there == dir || strings.HasSuffix(there, "/"+dir)):
		return
	case known && (dir == ofImply || dir == ofDruid || strings.HasPrefix(dir, "dist/")):
		right = ofDruid
		if strings.HasSuffix("/"+there, "/"+ofImply) {
			right = ofImply
		}
		if right == dir {
			return
		}
		f := p.Report(Val(s.Value), "this distribution has no folder %s: its extensions are in %s", s.Text, right)
		f.Suggestion = right
		f.Help = "Write " + right + "."
	case !known && strings.HasPrefix(dir, "dist/") && dir != ofImply:
		f := p.Report(Val(s.Value), "no distribution has its extensions in %s", s.Text)
		f.Suggestion = ofImply
		f.Help = "Write " + ofImply + "."
	case !known && dir == ofImply && !p.Tree.Target.Imply && p.Tree.TargetGiven:
		f := p.Report(Val(s.Value), "Druid's own distribution has its extensions in extensions; %s is Imply's", s.Text)
		f.Severity = finding.Warning // the folder may have been made
		f.Suggestion = right
		f.Help = "Write " + right + ", or delete the line."
	}
}

// vendorOnly reports an extension that only Imply's distributions have, for a
// tree of Druid's.
func (p *Pass) vendorOnly(s Setting, item *syntax.Node) {
	if p.Tree.Target.Imply {
		return
	}
	f := p.Report(itemAt(s, item), "Apache Druid %s has no %s: only Imply's distributions do", p.Release(), item.Text)
	f.Severity = finding.Warning // it may have been copied
	if !p.Tree.TargetGiven {
		f.Severity = finding.Info // and this may be Imply's
	}
	f.Effect = "None in a distribution of Imply's; else " + lowerFirst(notThere)
	f.Help = "Take it out of the list, or say --target imply-... if this is a distribution of Imply's."
}
