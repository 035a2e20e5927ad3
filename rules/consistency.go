package rules

import (
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func consistencyRules() []*Rule {
	return []*Rule{xAsOverlord, xCoordinatorKill}
}

var xAsOverlord = &Rule{
	ID: "x-as-overlord", Severity: finding.Error, Area: Consistency,
	Title:  "A Coordinator that is Overlord too, without the name to announce itself by.",
	Why:    "Other processes look for the Overlord under a service name of its own, which has no default.",
	Effect: "coordinator is enabled to be overlord but overlordService is not specified, and the Coordinator does not start.",
	Fix:    "Set druid.coordinator.asOverlord.overlordService=druid/overlord.",
	Source: "server/src/main/java/org/apache/druid/server/coordinator/CoordinatorOverlordServiceConfig.java:44, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.Services("coordinator") {
			enabled := s.Get("druid.coordinator.asOverlord.enabled")
			name := s.Get("druid.coordinator.asOverlord.overlordService")
			if !strings.EqualFold(enabled.Text, "true") || !enabled.Known() {
				continue
			}
			if !name.Set || name.Text == "" {
				p.Report(Key(enabled).Of(s), "the Coordinator is Overlord too, and has no overlordService")
			}
		}
	},
}

func canonical(service string) string { return strings.ReplaceAll(service, "/", ":") }

const killPrefix = "druid.coordinator.kill."

var xCoordinatorKill = &Rule{
	ID: "x-coordinator-kill", Severity: finding.Error, Area: Consistency, Releases: schema.Range{Until: 22},
	Title:  "Unused segments are to be deleted, without saying which.",
	Why:    "Up to 0.22 kill.on needs a time to retain and a number of segments, whose defaults are both refused, and a period longer than that of indexing.",
	Effect: "The Coordinator stops at start: coordinator kill retainDuration must be >= 0, maxSegments must be > 0, or period must be greater than druid.coordinator.period.indexingPeriod.",
	Fix:    "Set druid.coordinator.kill.durationToRetain=P90D and druid.coordinator.kill.maxSegments=1000.",
	Source: "server/src/main/java/org/apache/druid/server/coordinator/helper/DruidCoordinatorSegmentKiller.java:59, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.Services("coordinator") {
			on := s.Get(killPrefix + "on")
			if !on.Is("true") {
				continue
			}
			retain, segments := s.Get(killPrefix+"durationToRetain"), s.Get(killPrefix+"maxSegments")
			count, counted := segments.Int64()
			switch {
			case !retain.Set, strings.Contains(retain.Text, "-") && retain.Known():
				f := p.Report(Val(on).Of(s), "kill.on needs a durationToRetain of 0 or more")
				f.Help = "Set druid.coordinator.kill.durationToRetain=P90D."
			case !segments.Set, counted && count <= 0:
				f := p.Report(Val(on).Of(s), "kill.on needs a maxSegments of 1 or more")
				f.Help = "Set druid.coordinator.kill.maxSegments=1000."
			default:
				p.killPeriod(s)
			}
		}
	},
}

// killPeriod compares how often segments are deleted with how often the
// Coordinator looks for work of that kind.
func (p *Pass) killPeriod(s *conf.Service) {
	period, indexing := s.Get(killPrefix+"period"), s.Get("druid.coordinator.period.indexingPeriod")
	every, ok := period.Duration()
	least, okLeast := indexing.Duration()
	if !ok || !okLeast || !period.Set && !indexing.Set || every > least {
		return
	}
	f := p.Report(Val(either(period, indexing)).Of(s), "segments are to be deleted every %s, and the Coordinator looks every %s", period.Text, indexing.Text)
	f.Effect = "The Coordinator stops at start: coordinator kill period must be greater than druid.coordinator.period.indexingPeriod."
	f.Help = "Raise druid.coordinator.kill.period; P1D is the default."
}
