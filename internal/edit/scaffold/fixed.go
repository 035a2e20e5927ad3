package scaffold

import (
	"fmt"
	"slices"

	"github.com/implycheck/implycheck/schema"
)

// setting is a line of a properties file.
type setting struct {
	key, value string
	// why is a comment above the line; empty where the key says it all.
	why string
}

// fixed is a line that no hardware changes, and where it stands.
type fixed struct {
	setting
	// services have the line; none means the common file.
	services []string
	// releases and distribution, imply or druid, that have it; both, if it is empty.
	releases     schema.Range
	distribution string
}

// fixedLines is what every cluster gets, in the order of the files.
var fixedLines = []fixed{
	{setting: setting{"druid.extensions.directory", "dist/druid/extensions", "where Imply keeps them"}, distribution: "imply"},
	{setting: setting{"druid.extensions.hadoopDependenciesDir", "dist/druid/hadoop-dependencies", ""}, distribution: "imply"},
	{setting: setting{"druid.sql.enable", "true", "off by default up to 0.15"}, releases: schema.Range{Until: 15}},

	{setting: setting{"druid.indexer.runner.javaCommand", "bin/run-java", "opens for tasks what Java 17 closes; from 27 on Druid does that itself"}, services: []string{"middleManager"}, releases: schema.Range{From: 25, Until: 26}, distribution: "druid"},

	{setting: setting{"druid.coordinator.startDelay", "PT30S", "5 minutes by default, in which nothing is loaded"}, services: []string{"coordinator", "coordinator-overlord"}},
	{setting: setting{"druid.coordinator.kill.on", "false", "true by default in this release: it deletes unused segments for good"}, services: []string{"coordinator", "coordinator-overlord"}, releases: schema.Range{From: 23, Until: 23}},
	{setting: setting{"druid.coordinator.asOverlord.enabled", "true", "one process does the work of both"}, services: []string{"coordinator-overlord"}},
	{setting: setting{"druid.coordinator.asOverlord.overlordService", "druid/overlord", ""}, services: []string{"coordinator-overlord"}},
	{setting: setting{"druid.indexer.storage.type", "metadata", "tasks outlive their Overlord"}, services: []string{"overlord", "coordinator-overlord"}},
	{setting: setting{"druid.indexer.runner.type", "remote", "MiddleManagers run the tasks"}, services: []string{"overlord", "coordinator-overlord"}, releases: schema.Range{Until: 24}},
	{setting: setting{"druid.indexer.runner.type", "httpRemote", "MiddleManagers run the tasks"}, services: []string{"overlord", "coordinator-overlord"}, releases: schema.Range{From: 25}},

	{setting: setting{"druid.router.managementProxy.enabled", "true", "for the web console, and for Pivot"}, services: []string{"router"}, releases: schema.Range{From: 13}},
}

// fixedFor are the fixed lines of a service, or of the common file if it is
// empty.
func fixedFor(service string, t schema.Target) []setting {
	var list []setting
	for _, f := range fixedLines {
		mine := service == "" && f.services == nil || slices.Contains(f.services, service)
		if mine && f.releases.Has(t.Release) && (f.distribution == "" || (f.distribution == "imply") == t.Imply) {
			list = append(list, f.setting)
		}
	}
	return list
}

// firstTaskPort is Druid's default; tasks take the ports from there.
const firstTaskPort = 8100

// taskPorts ends the range of the tasks' ports: a hundred, or as many as there
// are tasks and half as many again, so that a firewall can be told. Up to 0.12
// there is no end to set.
func taskPorts(tasks int64, t schema.Target) []setting {
	if t.Release < 13 {
		return nil
	}
	last := firstTaskPort - 1 + max(100, tasks+tasks/2)
	return []setting{{"druid.indexer.runner.endPort", fmt.Sprint(last), fmt.Sprintf("Druid's documents open %d to %d; tasks take the lowest free ones, here %d to %d", firstTaskPort, last, firstTaskPort, firstTaskPort+max(1, tasks)-1)}}
}
