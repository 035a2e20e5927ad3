package rules

import (
	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func availabilityRules() []*Rule {
	return []*Rule{haSingleMaster, haSharedState, haTaskStorage, haRunner}
}

const (
	runnerKey      = "druid.indexer.runner.type"
	taskStorageKey = "druid.indexer.storage.type"
)

var haSingleMaster = &Rule{
	ID: "ha-single-master", Severity: finding.Warning, Area: HighAvail,
	Title:  "Only one server of a kind: a single point of failure.",
	Why:    "A second Master takes over by itself, a second Query server keeps answering, and segments that several Data servers hold survive the loss of one.",
	Effect: "The loss of the server stops loading and ingestion (Master), queries (Query), or makes its segments unavailable (Data).",
	Fix:    "Run at least two Masters, two Query servers and two Data servers.",
	Source: "docs/operations/high-availability.md, 38; Imply's deployment guide",
	Check: func(p *Pass) {
		for _, kind := range []struct {
			number int64
			name   string
			roles  []string
		}{
			{p.Topology.Masters, "Master", []string{"coordinator", "overlord"}},
			{max(p.Topology.QueryServers, p.Topology.Brokers), "Query", []string{"broker", "router"}},
			{p.Topology.DataServers, "Data", []string{"historical", "middleManager", "indexer"}},
		} {
			services := p.Services(kind.roles...)
			if kind.number != 1 || len(services) == 0 || p.Deployment.Single() {
				continue
			}
			f := p.Report(p.Where(services[0], conf.Value{}), "there is one %s server", kind.name)
			f.Service = ""
			if !p.HA {
				f.Severity = finding.Info // not everybody needs more
			}
		}
	},
}

var haSharedState = &Rule{
	ID: "ha-masters-need-shared-state", Severity: finding.Error, Area: HighAvail,
	Title:    "Several Masters that do not share what they manage.",
	Why:      "Masters elect a leader through ZooKeeper, and the leader finds segments and tasks in the metadata store; Derby lives on one of them.",
	Effect:   "After a failover the new leader has no segments and no tasks: the cluster looks empty.",
	Fix:      "Use MySQL or PostgreSQL: load mysql-metadata-storage or postgresql-metadata-storage and set druid.metadata.storage.type and .connector.*.",
	Source:   "indexing-service/src/main/java/org/apache/druid/indexing/overlord/HeapMemoryTaskStorage.java and derby-metadata in server, 0.14.2; docs/operations/high-availability.md, 38",
	DefersTo: []string{"meta-derby-host-uri-mismatch"},
	Check: func(p *Pass) {
		if p.Topology.Masters < 2 || !p.configuresDruid() {
			return
		}
		if v, derby := p.usesDerby(); derby {
			f := p.Report(p.Where(nil, v), "%d Masters, and a metadata store that lives on one of them", p.Topology.Masters)
			if uri, folder, ok := p.derbyFolder(); ok {
				relate(f, Val(uri), "until then, back up its folder %s", folder)
			}
		}
	},
}

var haTaskStorage = &Rule{
	ID: "ha-task-storage-local", Severity: finding.Error, Area: HighAvail,
	Title:  "The Overlord keeps its tasks in memory.",
	Why:    "druid.indexer.storage.type is local by default, in every release.",
	Effect: "When the Overlord restarts or another takes over, the queue, the locks and the history of tasks are gone, and running tasks are killed.",
	Fix:    "Set druid.indexer.storage.type=metadata.",
	Source: "services/src/main/java/org/apache/druid/cli/CliOverlord.java:255, 0.14.2, and :343, 38; HeapMemoryTaskStorage.java",
	Check: func(p *Pass) {
		if p.Deployment.Single() {
			return
		}
		for _, s := range p.Services("overlord") {
			v := s.Get(taskStorageKey)
			if !v.Absent() && !v.Is("local") || !v.Set && s.Runtime == nil {
				continue
			}
			f := p.Report(p.Where(s, v), "tasks are kept in the memory of the %s", s.Name)
			if !p.HA && p.Topology.Masters < 2 {
				f.Severity = finding.Warning
			}
		}
	},
}

var haRunner = &Rule{
	ID: "ha-runner-local", Severity: finding.Error, Area: HighAvail,
	Title:  "The Overlord runs all tasks itself.",
	Why:    "druid.indexer.runner.type is local up to 24 unless it is set.",
	Effect: "The Overlord silently starts tasks on its own machine, and MiddleManagers stay idle.",
	Fix:    "Set druid.indexer.runner.type=httpRemote, or remote up to 0.12.",
	Source: "services/src/main/java/org/apache/druid/cli/CliOverlord.java:275, 0.14.2; docs/release-info/upgrade-notes.md (25.0.0: httpRemote), 38",
	Check: func(p *Pass) {
		workers := p.Services("middleManager", "indexer")
		if p.Deployment.Single() || len(workers) == 0 {
			return
		}
		for _, s := range p.Services("overlord") {
			v := s.Get(runnerKey)
			if !v.Absent() && !v.Is("local") || !v.Set && (!byDefaultLocal(p.Release()) || s.Runtime == nil) {
				continue // without its file nobody knows
			}
			f := p.Report(p.Where(s, v), "the %s runs tasks itself, and the %s gets none", s.Name, workers[0].Name)
			relate(f, p.Where(workers[0], conf.Value{}), "the %s", workers[0].Name)
		}
	},
}

// byDefaultLocal reports whether an unset runner type means local.
func byDefaultLocal(r schema.Release) bool { return r <= 24 }
