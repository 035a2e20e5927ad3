package rules

import (
	"strings"

	"github.com/implycheck/implycheck/finding"
)

func consistencyRules() []*Rule {
	return []*Rule{xAsOverlord, xCoordinatorKill, xCoordinatorCleanup}
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
			enabled := s.Get(asOverlordKey)
			name := s.Get("druid.coordinator.asOverlord.overlordService")
			if !strings.EqualFold(enabled.Text, "true") || !enabled.Known() {
				continue
			}
			if name.Absent() || name.Set && name.Text == "" {
				p.Report(Key(enabled).Of(s), "the Coordinator is Overlord too, and has no overlordService")
			}
		}
	},
}

func canonical(service string) string { return strings.ReplaceAll(service, "/", ":") }
