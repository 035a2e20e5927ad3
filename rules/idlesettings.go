package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
)

// Rules about settings that a process reads and makes nothing of, or that reach no
// task.
func idleSettingRules() []*Rule { return []*Rule{idleHere, idleForTasks, forkIdle} }

// idleSetting is a property that some processes read and make nothing of.
type idleSetting struct {
	key string
	// value is the only one that is meant; empty for all.
	value     string
	processes []string
	severity  finding.Severity
	what      string
	effect    string
	help      string
}

const brokersOnly = "None: only a Broker asks others for a query's parts."

var idleSettings = lazy.Value[[]idleSetting]{New: func() []idleSetting {
	queried := []string{"historical", "middleManager", "indexer"}
	return []idleSetting{
		{
			key: "druid.server.http.defaultQueryTimeout", processes: queried, severity: finding.Info,
			what:   "counts only for queries without a timeout, and those of a Broker always carry one",
			effect: "Queries end when the Broker's own timeout ends.",
			help:   "Set it on the Brokers; druid.server.http.maxQueryTimeout limits queries here.",
		},
		{
			key: "druid.lookup.lookupTierIsDatasource", value: "true", processes: []string{"broker", "historical"}, severity: finding.Warning,
			what:   "works in tasks only: without a data source the tier is __default",
			effect: "Lookups that are posted to the tier of a data source are not loaded here, and queries with them fail.",
			help:   "Set it for tasks, as druid.indexer.fork.property.druid.lookup.lookupTierIsDatasource, and druid.lookup.lookupTier on Brokers and Historicals.",
		},
		{key: "druid.server.http.maxScatterGatherBytes", processes: queried, severity: finding.Warning, what: "limits what a Broker gathers", effect: brokersOnly, help: "Set it on the Brokers."},
		{key: "druid.server.http.maxSubqueryRows", processes: queried, severity: finding.Warning, what: "limits what a Broker gathers", effect: brokersOnly, help: "Set it on the Brokers."},
		{key: "druid.server.http.maxSubqueryBytes", processes: queried, severity: finding.Warning, what: "limits what a Broker gathers", effect: brokersOnly, help: "Set it on the Brokers."},
	}
}}

var idleHere = &Rule{
	ID: "prop-idle-in-process", Severity: finding.Warning, Area: Properties,
	Title:    "A property that this process reads and makes nothing of.",
	Why:      "Some properties belong to one end of a query: the Broker sends its timeout along, gathers what others answer, and plans subqueries.",
	Effect:   "The setting changes nothing in this process.",
	Fix:      "Set it on the process that uses it.",
	Source:   "server/src/main/java/org/apache/druid/server/SetAndVerifyContextQueryRunner.java (withDefaultTimeout), 0.15.1 to 38; ClientQuerySegmentWalker.java and DirectDruidClient.java; LookupListeningAnnouncerConfig.java:48, 0.12.3 to 28; apache/druid#4960",
	DefersTo: []string{"prop-wrong-service", "prop-unknown", "prop-removed-ignored"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			for _, idle := range idleSettings.Get() {
				if s.Key == idle.key && (idle.value == "" || strings.EqualFold(s.Text, idle.value)) && s.Property != nil && s.Property.Releases.Has(p.Release()) {
					p.reportIdle(s, idle)
				}
			}
		}
	},
}

// reportIdle names the processes in which a setting counts and does nothing. In a
// shared file it is for those that do use it, unless it says otherwise.
func (p *Pass) reportIdle(s Setting, idle idleSetting) {
	var names []string
	for _, svc := range s.Services {
		if v := svc.Get(s.Key); slices.Contains(idle.processes, svc.Name) && v.File == s.File && v.Span == s.Span {
			names = append(names, svc.Name)
		}
	}
	if len(names) == 0 || len(s.Services) > 1 && idle.value == "" {
		return
	}
	f := p.Report(Key(s.Value), "on the %s %s %s", text.List(names), s.Key, idle.what)
	if len(names) == 1 {
		f.Service = names[0]
	}
	f.Severity, f.Effect, f.Help = idle.severity, idle.effect, idle.help
}

// taskKeys begin the properties that only processes that start tasks themselves
// make something of.
var taskKeys = []string{javaOptsKey, conf.ForkPrefix, "druid.worker.capacity"}

var idleForTasks = &Rule{
	ID: "mm-settings-without-tasks", Severity: finding.Warning, Area: Ingestion,
	Title:    "Settings for tasks in the file of a process that starts none.",
	Why:      "MiddleManagers start tasks as processes of their own; an Indexer runs them inside itself, and an Overlord only with druid.indexer.runner.type=local.",
	Effect:   "The settings reach no task.",
	Fix:      "Move the lines to the MiddleManager's file, or delete them.",
	Source:   "indexing-service/src/main/java/org/apache/druid/indexing/overlord/ForkingTaskRunner.java (the only reader), CliOverlord.java and CliIndexer.java (bindings), 0.15.1 to 38",
	DefersTo: []string{"prop-wrong-service", "prop-unknown", "prop-removed-ignored"},
	Check: func(p *Pass) {
		for _, svc := range p.Tree.Services {
			if svc.Runtime == nil || svc.MayStartTasks() {
				continue
			}
			var idle []Setting
			for _, s := range p.druidSettings() {
				if s.File == svc.Runtime && p.forTasks(s.Key, svc) && p.strayedTo(s) == nil && !p.sharedByDesign(s, (*conf.Service).MayStartTasks) {
					idle = append(idle, s)
				}
			}
			if len(idle) == 0 {
				continue
			}
			f := p.Report(Key(idle[0].Value).Of(svc), "the %s starts no tasks, and %s is for tasks", svc.Name, idle[0].Key)
			for _, s := range idle[1:] {
				relate(f, Key(s.Value), "this one too")
			}
		}
	},
}

// sharedByDesign reports whether a setting stands in the environment of a container, and
// in that of one that has a use for it too: people give all of them the same.
func (p *Pass) sharedByDesign(s Setting, uses func(*conf.Service) bool) bool {
	return s.File.Variable(s.Span) && slices.ContainsFunc(p.Tree.Services, func(svc *conf.Service) bool { return uses(svc) && svc.Get(s.Key).Set })
}

// forTasks reports whether a key is for tasks that are started as processes. An
// Indexer has a capacity, too.
func (p *Pass) forTasks(key string, svc *conf.Service) bool {
	return slices.ContainsFunc(taskKeys, func(prefix string) bool {
		return strings.HasPrefix(key, prefix) && !(svc.Name == "indexer" && prefix == "druid.worker.capacity")
	})
}

// ownOfTask are the properties that a MiddleManager sets for each task itself,
// whatever else it is told.
var ownOfTask = []string{"druid.host", "druid.plaintextPort", "druid.tlsPort"}

// managersOwn begin the properties of which it is proved that no task reads them.
var managersOwn = []string{"druid.worker.", "druid.indexer.runner.", "druid.coordinator.", "druid.router.", "druid.indexer.queue.", "druid.manager."}

var forkIdle = &Rule{
	ID: "mm-fork-property-idle", Severity: finding.Warning, Area: Ingestion,
	Title:    "A fork property that no task makes anything of.",
	Why:      "druid.indexer.fork.property.<name> sets <name> for tasks: names begin with druid., and some are the MiddleManager's own, or set by it for each task.",
	Effect:   "Tasks silently run without the setting.",
	Fix:      "Write the full name behind druid.indexer.fork.property., or set the property for the MiddleManager itself.",
	Source:   "indexing-service/src/main/java/org/apache/druid/indexing/overlord/ForkingTaskRunner.java (fork properties, then host and ports), 0.14.2 and 38",
	DefersTo: []string{"prop-unknown", "prop-case", "prop-removed-ignored", "mm-settings-without-tasks"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			inner, fork := strings.CutPrefix(s.Key, conf.ForkPrefix)
			switch {
			case !fork:
			case !strings.HasPrefix(inner, "druid."):
				if known, ok := lookup("druid." + inner); ok && !known.IsPattern() {
					f := p.Report(Key(s.Value), "tasks get -D%s, and Druid reads druid.%s", inner, inner)
					f.Suggestion = conf.ForkPrefix + "druid." + inner
					f.Help = "Write " + f.Suggestion + "."
					f.Fix = p.editKey(false, s.Value, f.Suggestion)
				}
			case slices.Contains(ownOfTask, inner):
				f := p.Report(Key(s.Value), "the MiddleManager sets %s for each task itself", inner)
				f.Help = "Delete the line; druid.indexer.runner.startPort and endPort are the range of ports for tasks."
			case slices.ContainsFunc(managersOwn, func(prefix string) bool { return strings.HasPrefix(inner, prefix) }):
				f := p.Report(Key(s.Value), "no task reads %s", inner)
				f.Help = "Write " + inner + " without druid.indexer.fork.property., or delete the line."
			}
		}
	},
}
