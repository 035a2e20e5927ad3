package rules

import (
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// What the Coordinator refuses of the settings of its own clean-up.

const killPrefix = "druid.coordinator.kill."

var xCoordinatorKill = &Rule{
	ID: "x-coordinator-kill", Severity: finding.Error, Area: Consistency,
	Title:    "Unused segments are to be deleted with settings that the Coordinator refuses.",
	Why:      "Up to 0.22 kill.on needs a time to retain and a number of segments, whose defaults are both refused; in every release a period that is not shorter than that of indexing.",
	Effect:   "The Coordinator stops at start: coordinator kill retainDuration must be >= 0, maxSegments must be > 0, or period must be greater than druid.coordinator.period.indexingPeriod.",
	Fix:      "Set druid.coordinator.kill.durationToRetain=P90D and druid.coordinator.kill.maxSegments=1000.",
	Source:   "server/src/main/java/org/apache/druid/server/coordinator/helper/DruidCoordinatorSegmentKiller.java:59, 0.14.2; duty/KillUnusedSegments.java, 25 and 28; config/DruidCoordinatorConfig.java:104, 31 to 38; run on Imply 2.7.8, Druid 25 and 33",
	DefersTo: []string{"value-refused-later", "prop-range"},
	Check: func(p *Pass) {
		for _, s := range p.Services("coordinator") {
			// From 31 on the settings are checked whether they are used or not.
			if on := s.Get(killPrefix + "on"); p.Release() >= 31 || killOn(on, p.Release()) {
				p.checkKill(s, on)
			}
		}
	},
}

// killOn reads a switch that was compared with the text true up to 27.
func killOn(on conf.Value, r schema.Release) bool {
	return on.Is("true") || r >= 28 && on.Known() && strings.EqualFold(strings.TrimSpace(on.Text), "true")
}

func (p *Pass) checkKill(s *conf.Service, on conf.Value) {
	retain, segments := s.Get(killPrefix+"durationToRetain"), s.Get(killPrefix+"maxSegments")
	count, counted := segments.Int64()
	switch {
	case p.Release() <= 22 && (retain.Absent() || strings.Contains(retain.Text, "-") && retain.Known()):
		f := p.Report(Val(on).Of(s), "kill.on needs a durationToRetain of 0 or more")
		f.Help = "Set druid.coordinator.kill.durationToRetain=P90D."
	case p.Release() <= 22 && segments.Absent(), counted && count <= 0 && p.Release() <= 30, counted && count < 0:
		f := p.Report(Val(either(segments, on)).Of(s), "kill.on needs a maxSegments of 1 or more")
		f.Help = "Set druid.coordinator.kill.maxSegments=1000."
	default:
		p.killPeriod(s)
		p.killNothing(s, on)
	}
}

// killNothing tells of a clean-up that is on and may remove no segment.
func (p *Pass) killNothing(s *conf.Service, on conf.Value) {
	segments := s.Get(killPrefix + "maxSegments")
	if count, ok := segments.Int64(); !ok || count != 0 || !killOn(on, p.Release()) {
		return
	}
	f := p.Report(Val(segments).Of(s), "kill.on is true, and kill.maxSegments is 0")
	f.Severity = finding.Warning
	f.Effect = "Unused segments are never deleted, and Druid does not say so."
	f.Help = "Set " + killPrefix + "maxSegments=100, which is the default."
}

// killPeriod compares how often segments are deleted with how often the
// Coordinator looks for work of that kind.
func (p *Pass) killPeriod(s *conf.Service) {
	period, indexing := s.Get(killPrefix+"period"), s.Get("druid.coordinator.period.indexingPeriod")
	every, ok := period.Duration()
	least, okLeast := indexing.Duration()
	if !ok || !okLeast || !period.Set && !indexing.Set || every > least || every == least && p.Release() >= 28 {
		return
	}
	f := p.Report(Val(either(period, indexing)).Of(s), "segments are to be deleted every %s, and the Coordinator looks every %s", period.Text, indexing.Text)
	f.Effect = "The Coordinator stops at start: coordinator kill period must be greater than druid.coordinator.period.indexingPeriod."
	f.Help = "Raise druid.coordinator.kill.period; P1D is the default up to 29."
}

// cleanups are what the Coordinator removes from the metadata store, beside
// segments.
var cleanups = [...]string{"audit", "compaction", "datasource", "rule", "segmentSchema", "supervisor"}

var xCoordinatorCleanup = &Rule{
	ID: "x-coordinator-cleanup", Severity: finding.Error, Area: Consistency, Releases: schema.Range{From: 22},
	Title:    "A clean-up of the metadata store with settings that the Coordinator refuses.",
	Why:      "Each clean-up has a period, which may not be shorter than that at which the Coordinator tends the metadata store, and a time to retain, which may not be negative. Most are on without being asked for from 0.23 on.",
	Effect:   "The Coordinator stops at start: kill period must be >= druid.coordinator.period.metadataStoreManagementPeriod, or durationToRetain must be >= 0.",
	Fix:      "Raise the period to that of metadataStoreManagementPeriod, PT1H by default, or more.",
	Source:   "server/src/main/java/org/apache/druid/server/coordinator/duty/KillAuditLog.java and others, 25; MetadataCleanupDuty.java:124, 28; config/DruidCoordinatorConfig.java:121, 31 to 38; run on Druid 25 and 33",
	DefersTo: []string{"value-refused-later", "prop-range", "prop-period-format"},
	Check: func(p *Pass) {
		for _, s := range p.Services("coordinator") {
			for _, name := range cleanups {
				if known, ok := schema.Lookup(killPrefix + name + ".on"); ok && known.Releases.Has(p.Release()) && killOn(s.Get(killPrefix+name+".on"), p.Release()) {
					p.checkCleanup(s, killPrefix+name)
				}
			}
		}
	},
}

// forever is a hundred years. The Coordinator refuses to keep anything for longer than the time since 1970.
const forever = 36500 * 24 * time.Hour

func (p *Pass) checkCleanup(s *conf.Service, prefix string) {
	period, least := s.Get(prefix+".period"), s.Get("druid.coordinator.period.metadataStoreManagementPeriod")
	every, ok := period.Duration()
	management, okLeast := least.Duration()
	if ok && okLeast && every < management && (period.Set || least.Set) {
		p.Report(Val(either(period, least)).Of(s), "%s is %s, and the Coordinator tends the metadata store every %s", period.Key, period.Text, least.Text)
	}
	retain := s.Get(prefix + ".durationToRetain")
	kept, ok := retain.Duration()
	what := ""
	switch {
	case ok && kept < 0:
		what = "less than nothing"
	case ok && kept >= forever && prefix != killPrefix+"compaction":
		what = "more than the time since 1970"
	default:
		return
	}
	f := p.Report(Place(p.Where(s, either(retain, s.Get(prefix+".on")))), "%s is %s, %s", retain.Key, retain.Text, what)
	f.Help = "Set " + retain.Key + "=P90D."
}
