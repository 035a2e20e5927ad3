package rules

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

func propertyRules() []*Rule {
	return []*Rule{
		propUnknown, propCase, propMissingPrefix, propWrongService, propClientKey,
		propRefused, propRemoved, propDeprecated, propJVMOverride, commonIdentity,
	}
}

// druidSettings are the settings of Druid's own keys, those that tools still
// have to fill in left out.
func (p *Pass) druidSettings() iter.Seq2[int, Setting] {
	return func(yield func(int, Setting) bool) {
		for _, i := range p.druid {
			if !yield(i, p.settings[i]) {
				return
			}
		}
	}
}

// innerKey is the key that a task sees for a fork.property.
func innerKey(key string) string {
	return strings.TrimPrefix(key, conf.ForkPrefix)
}

// lookup finds the property that a key names, or is a member of, unless the key
// is a slip of the finger that only an open family lets through.
func lookup(key string) (*schema.Property, bool) {
	known, ok := schema.Lookup(key)
	if !ok {
		return schema.Holder(key)
	}
	if known.IsPattern() {
		if _, slip := schema.Slip(key); slip {
			return nil, false
		}
	}
	return known, ok
}

var propUnknown = &Rule{
	ID: "prop-unknown", Severity: finding.Warning, Area: Properties,
	Title:  "A property that no process of this release reads.",
	Why:    "The line looks like a setting and does nothing: a misspelt limit does not limit anything.",
	Effect: "Druid silently ignores unknown properties, in every release.",
	Fix:    "Correct the name, or delete the line.",
	Source: "core/src/main/java/org/apache/druid/jackson/DefaultObjectMapper.java (FAIL_ON_UNKNOWN_PROPERTIES=false), 0.14.2 and 38",
	DefersTo: []string{
		"prop-case", "prop-missing-druid-prefix", "prop-client-key-under-server-prefix", "props-bom",
		"props-double-or-trailing-dot", "props-line-without-separator", "sec-auth-property-name-trap",
	},
	Check: func(p *Pass) {
		own := map[family]*finding.Finding{}
		for _, s := range p.druidSettings() {
			key := innerKey(s.Key)
			if !strings.HasPrefix(key, "druid.") {
				continue // a task's own system property
			}
			known, ok := lookup(key)
			switch {
			case ok && known.Releases.Has(p.Release()), ok && known.Releases.Until > 0 && p.Release() > known.Releases.Until:
				continue // what releases dropped is prop-removed-ignored
			case ok:
				f := p.Report(Key(s.Value), "%s is not read yet by Druid %s: it came with %s", s.Key, p.Release(), known.Releases.From)
				f.Help = "Delete the line, or tell the release with --target."
			default:
				p.reportUnknown(s, key, own)
			}
		}
	},
}

// family are the keys of one file with one parent: druid.emitter.mine.host and .port.
type family struct {
	file   *conf.File
	parent string
}

// reportUnknown says it once of a family that an extension of somebody's own may read;
// own are those that have been said.
func (p *Pass) reportUnknown(s Setting, key string, own map[family]*finding.Finding) {
	if older, ok := schema.LookupOlder(key); ok {
		p.reportOlder(s, key, older)
		return
	}
	near, looked := p.nearKeys(key)
	if rest, ok := strings.CutPrefix(s.Key, "druid.indexer.fork.druid."); ok {
		near, looked = []string{conf.ForkPrefix + "druid." + rest}, true
	}
	if right, ok := meant.Get()[key]; ok {
		near, looked = []string{right}, true
	}
	kin := family{s.File, s.Key[:strings.LastIndexByte(s.Key, '.')+1]}
	foreign := looked && len(near) == 0 && p.someForeign()
	if first := own[kin]; foreign && first != nil {
		relate(first, Key(s.Value), "%s, too", s.Key)
		return
	}
	f := p.Report(Key(s.Value), "no supported release (%s) reads %s", supportedReleases(), s.Key)
	if !looked {
		return
	}
	if len(near) == 0 {
		if foreign {
			own[kin] = f
			f.Severity = finding.Info
			f.Message += "; an extension of your own may"
			f.Effect = "None, if no extension of your own reads it: Druid ignores properties that it does not know."
			f.Help = "Make sure that the extension knows the name."
		} else if s.Known() && s.Text == "" {
			f.Severity = finding.Info
			f.Effect = "None: the line says nothing, and Druid does not know the property."
			f.Help = "Delete the line."
		} else if names := p.butForSegment(s, key); len(names) > 0 {
			f.Help = "Did you mean " + strings.Join(names, " or ") + "?"
		}
		return
	}
	f.Suggestion = strings.TrimSuffix(s.Key, key) + near[0]
	f.Help = "Did you mean " + strings.Join(near, " or ") + "?"
	f.Fix = p.editKey(false, s.Value, f.Suggestion)
}

var propCase = &Rule{
	ID: "prop-case", Severity: finding.Warning, Area: Properties,
	Title:  "A property whose name differs from a known one only in upper and lower case.",
	Why:    "The line looks right to everybody who reads it, and does nothing.",
	Effect: "Druid's names are case-sensitive; the property is silently ignored.",
	Fix:    "Write the name as Druid does.",
	Source: "core/src/main/java/org/apache/druid/guice/JsonConfigurator.java and Jackson's exact field names, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			key := innerKey(s.Key)
			if _, ok := lookup(key); ok {
				continue
			}
			near, _ := p.nearKeys(key)
			if len(near) == 0 || !strings.EqualFold(near[0], key) {
				continue
			}
			f := p.Report(Key(s.Value), "%s differs from %s in case only, and is ignored", s.Key, near[0])
			f.Suggestion = strings.TrimSuffix(s.Key, key) + near[0]
			f.Help = "Write " + f.Suggestion + "."
			f.Fix = p.editKey(true, s.Value, f.Suggestion)
		}
	},
}

var propMissingPrefix = &Rule{
	ID: "prop-missing-druid-prefix", Severity: finding.Warning, Area: Properties,
	Title:  "A property that lacks the leading druid., or misspells it.",
	Why:    "Druid looks only at names that start with druid., so the line does nothing.",
	Effect: "The property is silently ignored.",
	Fix:    "Write the name with druid. in front.",
	Source: "core/src/main/java/org/apache/druid/guice/JsonConfigurator.java (prefix match), 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			first, rest, ok := strings.Cut(s.Key, ".")
			if !ok || first == "druid" || s.JVM {
				continue
			}
			full := "druid." + s.Key
			if first != "druid" && nearDruid(first) {
				full = "druid." + rest
			}
			known, ok := schema.Lookup(full)
			if !ok || known.IsPattern() {
				continue
			}
			f := p.Report(Key(s.Value), "%s is ignored: Druid reads %s", s.Key, full)
			f.Suggestion = full
			f.Help = "Write " + full + "."
			f.Fix = p.editKey(false, s.Value, full)
		}
	},
}

// supportedReleases are the first and the last release that the schema knows.
func supportedReleases() string { return "0.12.3 to " + schema.Newest.String() }

// nearDruid reports whether a first segment is druid, misspelt.
func nearDruid(segment string) bool {
	_, near := text.Nearest(segment, []string{"druid"})
	return near && len(segment) >= 4
}

var propRefused = &Rule{
	ID: "prop-removed-hard-fail", Severity: finding.Error, Area: Properties, Releases: schema.Range{From: 15},
	Title:  "A property, or a value of one, that this release refuses to start with.",
	Why:    "What the property asked for is gone, and Druid would rather not start than do something else.",
	Effect: "The process stops at start, and says that the property is no longer supported.",
	Fix:    "Rename or delete the line before upgrading.",
	Source: "processing/src/main/java/org/apache/druid/guice/StartupInjectorBuilder.java, 38; services/src/main/java/org/apache/druid/cli/CliCoordinator.java:218, 0.15.1",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			if s.Property == nil || !s.Known() || !s.Property.Refused.Stops(s.Text, p.Release()) || !p.seenByReader(s) {
				continue
			}
			f := p.Report(Key(s.Value), "Druid %s does not start with %s=%s", p.Release(), s.Key, s.Text)
			to := s.Property.ReplacedBy
			if later := p.comesWith(to); later > 0 {
				f.Help = "Delete the line: no release before " + later.String() + " takes one, and then it is " + to + "."
				continue
			}
			if to != "" && s.Property.Refused.Value == "" && s.Property.Refused.Except == "" {
				f.Message = "Druid " + p.Release().String() + " does not start with " + s.Key + ": it is " + to + " now"
				f.Suggestion = to
				f.Help = "Rename it to " + to + "."
				f.Fix = p.editKey(true, s.Value, to)
			}
		}
	},
}

// comesWith is the release that a property comes with, 0 if this one has it.
func (p *Pass) comesWith(name string) schema.Release {
	known, ok := schema.Lookup(name)
	if !ok || p.Release() >= known.Releases.From {
		return 0
	}
	return known.Releases.From
}

// seenByReader reports whether one of the processes that see the setting is one
// of those that look at the property, in any release.
func (p *Pass) seenByReader(s Setting) bool {
	return len(p.Tree.Services) == 0 || slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return svc.Reads(s.Property) })
}

var propRemoved = &Rule{
	ID: "prop-removed-ignored", Severity: finding.Info, Area: Properties,
	Title:    "A property that earlier releases read and this one does not.",
	Why:      "The line no longer has an effect, and misleads the next person who tunes the cluster.",
	Effect:   "The property is silently ignored.",
	Fix:      "Delete the line.",
	Source:   "The property's first and last release in Druid's source, and docs/release-info/upgrade-notes.md, 38",
	DefersTo: []string{"prop-removed-hard-fail", "thr-groupby-v1-strategy"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			known, ok := schema.Lookup(innerKey(s.Key))
			if !ok || known.Releases.Until == 0 || p.Release() <= known.Releases.Until {
				continue
			}
			f := p.Report(Key(s.Value), "%s has no effect: the last release that reads it is %s", s.Key, known.Releases.Until)
			if known.ReplacedBy != "" {
				f.Suggestion = known.ReplacedBy
				f.Help = "Use " + known.ReplacedBy + " instead."
			}
		}
	},
}

var propDeprecated = &Rule{
	ID: "prop-deprecated", Severity: finding.Info, Area: Properties,
	Title:    "A property that still works and has a successor.",
	Why:      "A later release will silently ignore it.",
	Effect:   "Nothing yet: this release still reads it.",
	Fix:      "Use the successor.",
	Source:   "server/src/main/java/org/apache/druid/server/DruidNode.java (port), DruidProcessingConfig.java (computation.buffer.size), 0.14.2",
	DefersTo: []string{"prop-removed-hard-fail", "prop-removed-ignored"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			known := s.Property
			if known == nil || known.Deprecated == 0 || p.Release() < known.Deprecated || !known.Releases.Has(p.Release()) || known.ReplacedBy == "" {
				continue
			}
			if p.Tree.Form == form.Operator && s.Key == "druid.port" {
				continue // the operator has no other name for it
			}
			to := cmp.Or(known.ReplacedBy)
			f := p.Report(Key(s.Value), "%s is deprecated; its successor is %s", s.Key, to)
			if s.Key == "druid.port" && netPeonPort.Releases.Has(p.Release()) && slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return svc.Name == "middleManager" }) {
				f.Help = "Keep it until 0.13: before, tasks would inherit the successor, and want the port of the middleManager."
				continue
			}
			f.Suggestion = to
			f.Help = "Write " + to + "."
			f.Fix = p.editKey(true, s.Value, to)
		}
	},
}

var propJVMOverride = &Rule{
	ID: "prop-jvm-flag-overrides-file", Severity: finding.Warning, Area: Properties,
	Title:  "A -D flag and a properties file that set the same property differently.",
	Why:    "Editing the properties file changes nothing.",
	Effect: "The -D flag in jvm.config wins over both properties files.",
	Fix:    "Keep one of the two.",
	Source: "processing/src/main/java/org/apache/druid/guice/PropertiesModule.java (system properties last), 0.14.2",
	Check: func(p *Pass) {
		for _, svc := range p.Tree.Services {
			if svc.JVM == nil {
				continue
			}
			for _, flag := range svc.JVM.SureFlags() {
				key := flag.Name
				if flag.Kind != syntax.SystemProperty || !strings.HasPrefix(key, "druid.") {
					continue
				}
				values := svc.Settings(key)
				if len(values) < 2 || !values[0].JVM || values[0].Span != flag.Span || values[0].Text == values[1].Text {
					continue
				}
				f := p.Report(Key(values[0]).Of(svc), "%s in %s overrides the value in %s", key, values[0].File.Base(), values[1].File.Base())
				relate(f, Key(values[1]), "this value is not used")
			}
		}
	},
}

// identity are the properties that make one process differ from all others.
var identity = []string{"druid.host", "druid.port", "druid.plaintextPort", "druid.tlsPort", "druid.service"}

var commonIdentity = &Rule{
	ID: "common-has-node-identity", Severity: finding.Error, Area: Properties,
	Title:    "The shared file gives every process the same name, address or port.",
	Why:      "_common is read by every process on every server; a process must be told apart by its own file.",
	Effect:   "Processes announce each other's address, or fight for one port: Address already in use.",
	Fix:      "Move the line to the files of the processes, or delete it: the defaults differ from process to process.",
	Source:   "server/src/main/java/org/apache/druid/guice/ServerModule.java binds DruidNode from the prefix druid, 0.14.2; DruidNode.java (init) drops a port whose listener is off",
	DefersTo: []string{"net-host-loopback"},
	Check: func(p *Pass) {
		if p.Tree.Common == nil || p.Tree.Common.Properties == nil || p.Deployment.Single() || p.Tree.Form != conf.FormConf {
			return
		}
		for _, key := range identity {
			v := p.Tree.Get(key)
			if !v.Set || !v.Known() || key == "druid.host" && v.Text == "" {
				continue
			}
			if len(p.Tree.Services) > 0 && len(p.victims(key)) < 2 || len(p.Tree.Services) == 0 && closed(p.Tree.Get, key) {
				continue // every process overrides it, or none opens the port
			}
			f := p.Report(Key(v), "%s in the shared file is the same for every process", key)
			if key == "druid.host" && !p.severalHosts() {
				f.Severity = finding.Warning
				f.Effect = "None, if each server has a file of its own, with its own name; else processes announce each other's address."
				f.Help = "Delete the line where every server gets the same file: the default is the server's own name."
			}
		}
	},
}

// victims are the processes for which the shared file alone says what tells a process
// apart.
func (p *Pass) victims(key string) []*conf.Service {
	return slices.DeleteFunc(slices.Clone(p.Tree.Services), func(s *conf.Service) bool {
		return s.Get(key).File != p.Tree.Common || closed(s.Get, key)
	})
}

// closed reports whether a process does not open a port.
func closed(get func(string) conf.Value, key string) bool {
	switch key {
	case "druid.plaintextPort":
		key = "druid.enablePlaintextPort"
	case "druid.tlsPort":
		key = "druid.enableTlsPort"
	default:
		return false
	}
	return strings.EqualFold(get(key).Text, "false")
}

// severalHosts reports whether the processes of the tree have other names than the one in
// its shared file, so that it is not the tree of one server.
func (p *Pass) severalHosts() bool {
	shared := p.Tree.Get("druid.host")
	return slices.ContainsFunc(p.Tree.Services, func(s *conf.Service) bool {
		own := s.Get("druid.host")
		return own.Known() && own.File != p.Tree.Common && own.Text != shared.Text
	})
}
