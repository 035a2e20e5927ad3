package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

func extensionRules() []*Rule {
	return []*Rule{
		extStorage, extMissing, extRemoved, extContrib, extUnset, extOverridden, extDiffers, extDirectory, extNeeds, extTwice, extUnused}
}

const notThere = `No process that loads it starts: Extension [...] specified in "druid.extensions.loadList" didn't exist!?`

var extMissing = &Rule{
	ID: "ext-dir-missing", Severity: finding.Error, Area: Extensions,
	Title:    "An extension that does not exist, or not in this release.",
	Why:      "A name in the load list is a folder below druid.extensions.directory, and must be there.",
	Effect:   notThere,
	Fix:      "Correct the name, or put the extension's folder there.",
	Source:   "server/src/main/java/org/apache/druid/initialization/Initialization.java:248, 0.14.2; run on Imply 2.7.8",
	DefersTo: []string{"ext-removed-or-renamed", "ext-directory-wrong"},
	Check: func(p *Pass) {
		p.listed(func(s Setting, item *syntax.Node) {
			if path.IsAbs(item.Text) || p.hasExtension(item.Text) || item.Text == "" {
				return // an empty name is the folder of all extensions, which is there
			}
			known, ok := schema.LookupExtension(item.Text)
			switch {
			case ok && known.Vendor != "" && !p.Tree.HasExtensions:
				p.vendorOnly(s, item)
			case p.Tree.HasExtensions:
				p.Report(itemAt(s, item), "the distribution has no extension %s", item.Text)
			case !ok && !olderExtension(item.Text):
				p.reportUnknownExtension(s, item)
			case !ok:
			case !known.Never && p.Release() < known.Releases.From:
				f := p.Report(itemAt(s, item), "the extension %s came with Druid %s", item.Text, known.Releases.From)
				if p.Tree.Target.Imply { // which bundled Kinesis in 2.7, two releases before Druid
					f.Severity = finding.Info
					f.Effect = "None where Imply bundles it before Druid does; else " + notThere
				}
			}
		})
	},
}

// olderExtension knows what was gone before the first release that is known.
func olderExtension(name string) bool {
	_, ok := schema.LookupOlderExtension(name)
	return ok
}

// lowerFirst begins a sentence in the middle of another.
func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }

var extRemoved = &Rule{
	ID: "ext-removed-or-renamed", Severity: finding.Error, Area: Extensions,
	Title:  "An extension that this release no longer has, or that never was.",
	Why:    "Extensions come and go with releases; some names live on in old pages only.",
	Effect: notThere,
	Fix:    "Delete the name, or write its successor.",
	Source: "The folders extensions-core and extensions-contrib of 0.12.3 to 38",
	Check: func(p *Pass) {
		p.listed(func(s Setting, item *syntax.Node) {
			known, ok := schema.LookupExtension(path.Base(item.Text))
			if p.hasExtension(item.Text) || path.IsAbs(item.Text) {
				return
			}
			if old, was := schema.LookupOlderExtension(item.Text); was && !p.Tree.Older() {
				f := p.Report(itemAt(s, item), "Druid %s has no extension %s: the last release with it is %s", p.Release(), item.Text, old.Until)
				if old.ReplacedBy != "" {
					f.Suggestion = old.ReplacedBy
					f.Help = "Write " + old.ReplacedBy + "."
				}
			}
			if !ok {
				return
			}
			gone := known.Releases.Until > 0 && p.Release() > known.Releases.Until
			if !gone && !known.Never {
				return
			}
			f := p.Report(itemAt(s, item), "Druid %s has no extension %s", p.Release(), item.Text)
			if gone {
				f.Message += ": the last release with it is " + known.Releases.Until.String()
			}
			if known.ReplacedBy != "" {
				f.Suggestion = known.ReplacedBy
				f.Help = "Write " + known.ReplacedBy + "."
			}
			if known.Name == "druid-multi-stage-query" {
				f.Severity = finding.Info // skipped with a line in the log
				f.Effect = "Nothing: it is a part of Druid itself now, and the name is skipped."
			}
		})
	},
}

var extContrib = &Rule{
	ID: "ext-contrib-needs-pull", Severity: finding.Info, Area: Extensions,
	Title:  "An extension that is not in Druid's download.",
	Why:    "Contributed extensions are fetched by hand, on every server, with the same version as Druid.",
	Effect: `None in Druid's own image, which has them. Where it was forgotten: Extension [...] specified in "druid.extensions.loadList" didn't exist!?`,
	Fix:    "Fetch it on every server: java org.apache.druid.cli.Main tools pull-deps -c org.apache.druid.extensions.contrib:<name>:<version>.",
	Source: "docs/development/extensions.md and the folder extensions-contrib, 0.14.2 to 38",
	Check: func(p *Pass) {
		if p.Tree.HasExtensions || p.Tree.Target.Imply {
			return // Imply ships some of them
		}
		p.listed(func(s Setting, item *syntax.Node) {
			known, ok := schema.LookupExtension(item.Text)
			if ok && known.ExistsIn(p.Release()) && known.Contrib != nil && known.Contrib.Has(p.Release()) {
				p.Report(itemAt(s, item), "%s is not in Druid's download and must be fetched on every server; Druid's image has it", item.Text)
			}
		})
	},
}

var extUnset = &Rule{
	ID: "ext-loadlist-unset", Severity: finding.Warning, Area: Extensions,
	Title:  "No list of extensions to load.",
	Why:    "Without the list Druid loads every extension that it finds; an empty list, [], loads none.",
	Effect: "Extensions without any configuration are loaded, and some stop the process or each task, such as HDFS and Kerberos.",
	Fix:    "List what you use, as in druid.extensions.loadList=[\"mysql-metadata-storage\"].",
	Source: "server/src/main/java/org/apache/druid/initialization/Initialization.java:236, 0.14.2",
	Check: func(p *Pass) {
		if !p.configuresDruid() {
			return
		}
		for _, s := range p.Tree.Services {
			if s.Get(loadListKey).Absent() && s.Runtime != nil && s.Common == nil {
				f := p.Report(p.Where(nil, p.Tree.Get(loadListKey)), "druid.extensions.loadList is not set, so every extension is loaded")
				if old := p.shared("druid.extensions.coordinates"); old.Set {
					f.Severity = finding.Info
					f.Effect = "None up to 0.8, where druid.extensions.coordinates was the list; later releases load every extension that they find."
					relate(f, Key(old), "the list of old releases")
				}
				return
			}
		}
	},
}

var extOverridden = &Rule{
	ID: "ext-loadlist-overridden-per-service", Severity: finding.Warning, Area: Extensions,
	Title:  "A process's own load list that drops extensions of the shared one.",
	Why:    "A list in a process's file replaces the shared list; it adds nothing to it.",
	Effect: "The process does not know the dropped extensions' types: Could not resolve type id '...', once a query or task uses one.",
	Fix:    "Keep one list in _common, or repeat all of it.",
	Source: "processing/src/main/java/org/apache/druid/guice/PropertiesModule.java (later files win), 0.14.2",
	Check: func(p *Pass) {
		shared := p.Tree.Get(loadListKey)
		all, ok := shared.Strings()
		if !shared.Set || !ok {
			return
		}
		for _, s := range p.Tree.Services {
			names, own, known := loaded(s)
			if !known || own.File == shared.File {
				continue
			}
			dropped := slices.DeleteFunc(slices.Clone(all), func(name string) bool {
				return slices.Contains(names, path.Base(name)) || p.needed(s, path.Base(name))
			})
			if len(dropped) == 0 {
				continue
			}
			f := p.Report(Val(own).Of(s), "the %s does not load %s of the shared list", s.Name, text.List(dropped))
			relate(f, Val(shared), "the shared list")
			if s.Name == "router" || s.Name == "coordinator" {
				f.Severity = finding.Info // neither reads segments nor runs tasks
			}
		}
	},
}

// needed reports whether a process has a setting that needs the extension;
// ext-storage-not-loaded says so, better.
func (p *Pass) needed(svc *conf.Service, extension string) bool {
	for _, s := range p.druidSettings() {
		if p.extensionFor(s) == extension && slices.Contains(s.Services, svc) && svc.Reads(s.Property) {
			return true
		}
	}
	return false
}

// sharedTypes are extensions whose types several processes must understand, and
// those processes.
var sharedTypes = lazy.Value[map[string][]string]{New: func() map[string][]string {
	return map[string][]string{
		"druid-kafka-indexing-service":   {"overlord", "middleManager", "indexer"},
		"druid-kinesis-indexing-service": {"overlord", "middleManager", "indexer"},
		"druid-datasketches":             {"broker", "historical", "middleManager", "indexer"},
		"druid-histogram":                {"broker", "historical", "middleManager", "indexer"},
		"druid-stats":                    {"broker", "historical", "middleManager", "indexer"},
		"druid-bloom-filter":             {"broker", "historical", "middleManager", "indexer"},
		"druid-lookups-cached-global":    {"coordinator", "broker", "historical", "middleManager", "indexer"},
	}
}}

var extDiffers = &Rule{
	ID: "ext-loadlist-differs-between-services", Severity: finding.Warning, Area: Extensions,
	Title:    "An extension that one process loads and another that needs it does not.",
	Why:      "Sketches, lookups and supervisors travel between processes as JSON, and each must know their types.",
	Effect:   "Could not resolve type id '...' into a subtype of ..., in the process that lacks the extension.",
	Fix:      "Keep one list in _common.",
	Source:   "DruidModule.getJacksonModules of each extension registers its types in its own process, 0.14.2; apache/druid#1560",
	DefersTo: []string{"ext-loadlist-overridden-per-service"},
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			names, own, known := loaded(s)
			if !known {
				continue
			}
			for _, other := range p.Tree.Services {
				theirs, _, known := loaded(other)
				if !known || other == s {
					continue
				}
				for _, name := range theirs {
					if shares(name, s) && shares(name, other) && !slices.Contains(names, name) {
						p.Report(Val(own).Of(s), "%s is not in this list, and other processes load it", name)
					}
				}
			}
		}
	},
}

// shares reports whether a process is one of those that must know an
// extension's types.
func shares(extension string, s *conf.Service) bool {
	return slices.ContainsFunc(sharedTypes.Get()[extension], s.Plays)
}

var extDirectory = &Rule{
	ID: "ext-directory-wrong", Severity: finding.Error, Area: Extensions,
	Title:  "The folder of extensions is not where the distribution has it.",
	Why:    "A relative folder starts where the process was started: the distribution's root. Imply keeps extensions in dist/druid/extensions, Druid in extensions.",
	Effect: notThere,
	Fix:    "Write druid.extensions.directory=dist/druid/extensions with Imply, extensions with Druid.",
	Source: "server/src/main/java/org/apache/druid/guice/ExtensionsConfig.java and Initialization.java:222, 0.14.2; conf/druid/_common of Imply 2.7.8; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			if s.Key != extensionDirKey || !s.Known() || path.IsAbs(s.Text) || s.Text == "" || p.Tree.Running() {
				continue // what runs has found its extensions
			}
			p.checkExtensionDir(s, path.Clean(s.Text))
		}
	},
}

var extNeeds = &Rule{
	ID: "ext-parquet-needs-avro", Severity: finding.Warning, Area: Extensions,
	Title:  "An extension without another that it builds on.",
	Why:    "Parquet reads Avro's parse specs in 0.13 and 0.14; Kafka lookups are kept by the extension for cached lookups.",
	Effect: "Tasks or lookups that use it fail: Could not resolve type id '...'; late releases refuse to start: Extension [x] depends on [y] which is not a valid extension or not loaded.",
	Fix:    "Load both.",
	Source: "docs/development/extensions-core/parquet.md:30, 0.14.2; lookups-cached-global in extensions-core/kafka-extraction-namespace/pom.xml, 0.14.2",
	Check: func(p *Pass) {
		p.listed(func(s Setting, item *syntax.Node) {
			known, ok := schema.LookupExtension(path.Base(item.Text))
			if !ok || known.Needs == nil || !known.Needs.Releases.Has(p.Release()) {
				return
			}
			names, _ := s.Strings()
			if slices.ContainsFunc(names, func(n string) bool { return path.Base(n) == known.Needs.Extension }) {
				return
			}
			f := p.Report(itemAt(s, item), "%s needs %s, which is not in the list", item.Text, known.Needs.Extension)
			f.Help = "Add " + known.Needs.Extension + "."
			if fixed, ok := appended(s.Value, known.Needs.Extension); ok {
				f.Fix = edit(true, Val(s.Value), fixed)
			}
		})
	},
}

var extTwice = &Rule{
	ID: "ext-listed-twice", Severity: finding.Info, Area: Extensions,
	Title:  "An extension that is in the load list twice.",
	Why:    "Druid loads each name once.",
	Effect: "None.",
	Fix:    "Delete one of them.",
	Source: "server/src/main/java/org/apache/druid/initialization/Initialization.java (getExtensionFilesToLoad, getLoadedModules by class), 0.14.2",
	Check: func(p *Pass) {
		seen := map[*conf.File]map[string]bool{}
		p.listed(func(s Setting, item *syntax.Node) {
			if seen[s.File] == nil {
				seen[s.File] = map[string]bool{}
			}
			if seen[s.File][item.Text] {
				p.Report(itemAt(s, item), "%s is in the list twice", item.Text)
			}
			seen[s.File][item.Text] = true
		})
	},
}

// storageOf are the extensions that do nothing but keep segments and logs, and
// the kind of storage they bring.
var storageOf = lazy.Value[map[string][]string]{New: func() map[string][]string {
	return map[string][]string{
		"druid-azure-extensions": {"azure"}, "druid-cassandra-storage": {"c*", "cassandra"}, "druid-cloudfiles-extensions": {"cloudfiles"},
		"druid-hdfs-storage": {"hdfs"},
	}
}}

var extUnused = &Rule{
	ID: "ext-loaded-unused", Severity: finding.Info, Area: Extensions,
	Title:    "A storage extension that nothing uses.",
	Why:      "Each extension takes memory and time at start, and druid-hdfs-storage brings all of Hadoop.",
	Effect:   "None, but for druid-hdfs-storage up to 0.17: it stops tasks that have no HDFS folder.",
	Fix:      "Take it out of the list, unless tasks read from there.",
	Source:   "extensions-core and extensions-contrib (the modules that each extension has), 0.14.2",
	DefersTo: []string{"ds-hdfs-loaded-but-dir-unset"},
	Check: func(p *Pass) {
		p.listed(func(s Setting, item *syntax.Node) {
			kinds := storageOf.Get()[item.Text]
			if kinds == nil || len(p.Files(conf.HadoopXML)) > 0 || len(p.stores(kinds...)) > 0 {
				return
			}
			logs := p.shared("druid.indexer.logs.type")
			storage := p.shared("druid.storage.type")
			if !storage.Known() || slices.Contains(kinds, storage.Text) || slices.Contains(kinds, logs.Text) || logs.Set && !logs.Known() {
				return
			}
			p.Report(itemAt(s, item), "%s is loaded, and segments and logs are elsewhere", item.Text)
		})
	},
}
