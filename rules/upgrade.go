package rules

import (
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func upgradeRules() []*Rule {
	return []*Rule{treeIsOlder, upPackages, upKillDefault, upRunnerKeys}
}

var upPackages = &Rule{
	ID: "up-io-druid-class", Severity: finding.Warning, Area: Upgrade, Releases: schema.Range{From: 13},
	Title:    "A class name from before 0.13.",
	Why:      "Druid's classes moved from io.druid to org.apache.druid with 0.13.",
	Effect:   "ClassNotFoundException where the class is loaded; a logger of that name logs nothing.",
	Fix:      "Write org.apache.druid.",
	Source:   "Commit 431d3d8497 (apache/druid#6266), 0.13",
	DefersTo: []string{"obs-monitor-class", "main-config-package"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			inner := innerKey(s.Key)
			if inner == "druid.monitoring.monitors" || strings.HasSuffix(inner, "allowedPrefixes") || syntax.HasPlaceholder(s.Text) || s.Secret() {
				continue // monitors have a rule of their own
			}
			if strings.Contains(s.Text, "io.druid.") && p.Read(s) {
				p.Report(Val(s.Value), "io.druid is called org.apache.druid since 0.13")
			}
		}
		for _, f := range p.Files(conf.Log4jXML) {
			if f.XML != nil {
				p.oldLoggers(f, f.XML)
			}
		}
	},
}

// oldLoggers looks for loggers of packages that no longer exist.
func (p *Pass) oldLoggers(f *conf.File, e *syntax.Element) {
	name, ok := e.Attr("name")
	if ok && strings.EqualFold(e.Name, "Logger") && (strings.HasPrefix(name, "io.druid") || strings.HasPrefix(name, "com.metamx")) {
		found := p.Report(At(f, e.Span), "no class is called %s any more, so this logger logs nothing", name)
		found.Severity = finding.Info
	}
	for _, child := range e.Children {
		p.oldLoggers(f, child)
	}
}

var upKillDefault = &Rule{
	ID: "up-kill-default", Severity: finding.Warning, Area: Upgrade, Releases: schema.Range{From: 23, Until: 23},
	Title:  "A release that deletes unused segments unless it is told not to.",
	Why:    "In 0.23, and in no other release, druid.coordinator.kill.on is true by default.",
	Effect: "Segments that were dropped or overwritten more than 90 days ago are deleted from deep storage.",
	Fix:    "Set druid.coordinator.kill.on, to what you want.",
	Source: "docs/release-info/upgrade-notes.md:1034 (24.0.0, on 0.23), 38",
	Check: func(p *Pass) {
		for _, s := range p.Services("coordinator") {
			if v := s.Get("druid.coordinator.kill.on"); v.Absent() {
				p.Report(p.Where(s, v), "druid.coordinator.kill.on is not set, and true in this release")
			}
		}
	},
}

var upRunnerKeys = &Rule{
	ID: "up-null-or-merge-or-runner-keys", Severity: finding.Info, Area: Upgrade, Releases: schema.Range{From: 25},
	Title:    "A setting that works in this release, and that a later one does not start with.",
	Why:      "Old ways to run tasks, to find segments and to treat nulls are on their way out.",
	Effect:   "None yet; the later release does not start.",
	Fix:      "Change it now, in a release where both ways work.",
	Source:   "docs/release-info/upgrade-notes.md (25.0.0, 28.0.0, 32.0.0, 38.0.0), 38; processing/src/main/java/org/apache/druid/guice/StartupInjectorBuilder.java, 38",
	DefersTo: []string{"prop-removed-hard-fail", "prop-deprecated", "x-central-schema-serverview"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			if s.Property == nil || !s.Known() || !p.Read(s) {
				continue
			}
			if later, stops := s.Property.RefusedFrom(s.Text, p.Release()); stops {
				f := p.Report(Val(s.Value), "Druid %s does not start with this", later)
				f.Help = "Change it before the upgrade; see implycheck explain " + s.Key + "."
			}
		}
	},
}
