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

var extStorage = &Rule{
	ID: "ext-storage-not-loaded", Severity: finding.Error, Area: Extensions,
	Title:  "A choice that needs an extension which is not loaded.",
	Why:    "Stores, emitters, authenticators and the like exist only in processes that load their extension.",
	Effect: "The process, or each of its tasks, stops at start: Unknown provider[...] of Key[...], known options[...], or Could not resolve type id.",
	Fix:    "Add the extension to druid.extensions.loadList.",
	Source: "core/src/main/java/org/apache/druid/guice/PolyBind.java:198 and SegmentLoaderLocalCacheManager.java, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		said := map[absence]*finding.Finding{}
		for _, s := range p.druidSettings() {
			extension := p.extensionFor(s)
			if extension == "" || p.idle(s) {
				continue
			}
			if len(p.Tree.Services) == 0 {
				p.reportNotLoadedAlone(s, extension, said)
				continue
			}
			p.reportNotLoaded(s, extension, said)
		}
	},
}

// extensionFor is the extension that a setting's choice comes with.
func (p *Pass) extensionFor(s Setting) string {
	if s.Property == nil || !s.Known() || !s.Property.Releases.Has(p.Release()) {
		return ""
	}
	for _, c := range s.Property.ChoicesIn(p.Release()) {
		if c.Value == s.Text {
			return c.Extension
		}
	}
	return ""
}

// idle reports whether a setting belongs to an authenticator or authorizer that is in
// the chain of no process that sees it, so that nobody reads it.
func (p *Pass) idle(s Setting) bool {
	for prefix, chain := range map[string]string{"druid.auth.authenticator.": "druid.auth.authenticatorChain", "druid.auth.authorizer.": "druid.auth.authorizers"} {
		rest, ok := strings.CutPrefix(s.Key, prefix)
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, ".")
		without := func(list conf.Value) bool {
			names, known := list.Strings()
			return known && !slices.Contains(names, name)
		}
		if len(s.Services) == 0 {
			return without(p.shared(chain))
		}
		return !slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return !without(svc.Get(chain)) })
	}
	return false
}

// absence is what one finding says: that a load list lacks the extension of a choice, or
// of all that makes up the login, which is one decision.
type absence struct {
	list      Place
	extension string
	choice    Place
}

func absenceOf(s Setting, list conf.Value, extension string) absence {
	if strings.HasPrefix(s.Key, "druid.auth.") || strings.HasPrefix(s.Key, "druid.escalator.") {
		return absence{list: Val(list), extension: extension}
	}
	return absence{Val(list), extension, Val(s.Value)}
}

// reportNotLoaded makes a finding for each load list that lacks the extension of
// a choice, in processes that read the choice.
func (p *Pass) reportNotLoaded(s Setting, extension string, said map[absence]*finding.Finding) {
	for _, svc := range s.Services {
		list := svc.Get(loadListKey)
		if p.lacking(list, extension) && svc.Reads(s.Property) && svc.Applies(s.Property, s.Key) {
			p.sayNotLoaded(s, Val(s.Value).Of(svc), list, extension, said)
		}
	}
}

// reportNotLoadedAlone does so for a shared file that comes without any process. What
// loads the extension may be one of their files, or the environment of a container.
func (p *Pass) reportNotLoadedAlone(s Setting, extension string, said map[absence]*finding.Finding) {
	if list := p.Tree.Get(loadListKey); p.lacking(list, extension) && p.Tree.Get(s.Key).Span == s.Span {
		f := p.sayNotLoaded(s, Val(s.Value), list, extension, said)
		f.Severity = finding.Warning
		f.Effect = "None, if the files of the processes or their environment load it; else the processes that read this stop at start, or fail when they first use it."
	}
}

// lacking reports whether a load list is known to be without an extension, and not for
// a slip in its name, which ext-dir-missing finds.
func (p *Pass) lacking(list conf.Value, extension string) bool {
	names, known := loadedNames(list)
	return known && !slices.ContainsFunc(names, func(name string) bool {
		if _, exists := schema.LookupExtension(name); exists || p.hasExtension(name) {
			return name == extension
		}
		near, _ := p.nearExtension(name)
		return near == extension
	})
}

func (p *Pass) sayNotLoaded(s Setting, at Place, list conf.Value, extension string, said map[absence]*finding.Finding) *finding.Finding {
	what := absenceOf(s, list, extension)
	if f := said[what]; f != nil {
		f.Service = ""
		p.alsoNotLoaded(s, f)
		return f
	}
	f := p.Report(at, "%s=%s needs the extension %s, which is not loaded", s.Key, s.Text, extension)
	f.Help = "Add " + extension + " to druid.extensions.loadList."
	p.withoutExtension(s, f)
	relate(f, Val(list), "the extensions that are loaded")
	if fixed, ok := appended(list, extension); ok {
		f.Fix = edit(true, Val(list), fixed)
	}
	said[what] = f
	return f
}

// alsoNotLoaded adds a choice to a finding about the same extension, and what is worse
// about it.
func (p *Pass) alsoNotLoaded(s Setting, f *finding.Finding) {
	where := location(s.File, s.Span)
	if where == f.Location || slices.ContainsFunc(f.Related, func(r finding.Related) bool { return r.Location == where }) {
		return
	}
	relate(f, Val(s.Value), "it needs the extension, too")
	own := finding.Finding{Severity: finding.Error}
	if p.withoutExtension(s, &own); own.Severity > f.Severity {
		f.Severity, f.Effect = own.Severity, own.Effect
	}
}

// withoutExtension says what Druid does with a choice that it does not know.
func (p *Pass) withoutExtension(s Setting, f *finding.Finding) {
	switch {
	case s.Key == "druid.emitter" && p.Release() >= 15:
		f.Effect = "The process stops at start: Unknown emitter type[druid.emitter]=[" + s.Text + "]."
	case !s.Property.IsStrict(p.Release()):
		f.Severity = finding.Warning
		f.Effect = "The process starts and falls back to what it has without the extension, or fails when it first needs it."
	case s.Key == storageTypeKey:
		f.Effect = "Tasks stop at start: Unknown provider[" + s.Text + "] of Key[...], known options[...]. A Historical runs, and cannot load a segment: Could not resolve type id."
	case strings.HasPrefix(s.Key, "druid.auth."), strings.HasPrefix(s.Key, "druid.escalator."):
		f.Effect = "The process stops at start: Could not resolve type id '" + s.Text + "'."
	default:
		f.Effect = "The process stops at start: Unknown provider[" + s.Text + "] of Key[...], known options[...]."
	}
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
			case !ok:
				p.reportUnknownExtension(s, item)
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
			if !ok || p.hasExtension(item.Text) || path.IsAbs(item.Text) {
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
			if !storage.Known() || slices.Contains(kinds, logs.Text) || logs.Set && !logs.Known() {
				return
			}
			p.Report(itemAt(s, item), "%s is loaded, and segments and logs are elsewhere", item.Text)
		})
	},
}
