package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func taskLogRules() []*Rule {
	return []*Rule{logsLocal, logsDiffer, logsS3Fields, logsHDFSField, logsKillRetain, logsKillStore}
}

const (
	logsTypeKey = "druid.indexer.logs.type"
	logsKill    = "druid.indexer.logs.kill."
)

// loggers are the processes that write task logs or read them, or one that stands
// in for them.
func (p *Pass) loggers() []*conf.Service { return p.orStandIn(loggerRoles, logsTypeKey) }

// remoteStores are the kinds of store that all servers see.
var remoteStores = []string{"s3", "s3_zip", "hdfs", "azure", "google", "oss"}

var logsLocal = &Rule{
	ID: "logs-local-in-cluster", Severity: finding.Warning, Area: TaskLogs,
	Title:    "The task logs of a cluster stay on the disk of each server.",
	Why:      "A task's log is copied to a folder of its own server, and the Overlord looks for it in a folder of its own.",
	Effect:   "The console shows no log of a task that has ended (404), which is when it is needed.",
	Fix:      "Keep task logs where the segments are: druid.indexer.logs.type=s3, hdfs, azure or google.",
	Source:   "server/src/main/java/org/apache/druid/indexing/common/tasklogs/FileTaskLogs.java, 0.14.2; docs/configuration/index.md:571",
	DefersTo: []string{"logs-type-differs-from-storage", "logs-local-with-pods"},
	Check: func(p *Pass) {
		if !p.Deployment.Cluster() || !p.configuresDruid() || p.storesRemotely() {
			return
		}
		for _, s := range p.orStandIn(workerRoles, logsTypeKey) {
			kind, dir := s.Get(logsTypeKey), s.Get("druid.indexer.logs.directory")
			switch {
			case kind.Is("noop") && kind.Set:
				f := p.Report(Val(kind), "task logs are thrown away")
				f.Effect = "There is no log of a task, not while it runs and not after it has ended."
			case kind.Is("file") && !p.onMount(dir):
				f := p.Report(p.Where(s, kind), "task logs stay on the server where the task ran")
				if dir.Set && path.IsAbs(dir.Text) {
					f.Severity = finding.Info // which may be a mount that all servers have
					f.Message = "task logs are kept in " + dir.Text + ", which must be a network mount on all servers"
				}
			}
		}
	},
}

// onMount reports whether a folder may be one that all servers see.
func (p *Pass) onMount(dir conf.Value) bool {
	return dir.Set && p.Tree.Mounted(dir.Text) || dir.Set && (!dir.Known() || looksMounted(dir.Text) || strings.Contains(dir.Text, "://"))
}

// storesRemotely reports whether deep storage is one that all servers see.
func (p *Pass) storesRemotely() bool { return len(p.stores(remoteStores...)) > 0 }

var logsDiffer = &Rule{
	ID: "logs-type-differs-from-storage", Severity: finding.Warning, Area: TaskLogs,
	Title:    "Segments are kept where all servers see them, and task logs are not.",
	Why:      "The two are configured apart, and the second is easily forgotten.",
	Effect:   "The console shows no log of a task that has ended on another server (404).",
	Fix:      "Set druid.indexer.logs.type to the store of the segments, and its bucket or folder.",
	Source:   "server/src/main/java/org/apache/druid/indexing/common/tasklogs/FileTaskLogs.java, 0.14.2; Imply 3.0 cluster guide",
	DefersTo: []string{"logs-local-with-pods"},
	Check: func(p *Pass) {
		if p.Deployment.Single() || !p.configuresDruid() {
			return
		}
		for _, s := range p.orStandIn(workerRoles, logsTypeKey) {
			storage, logs := s.Get(storageTypeKey), s.Get(logsTypeKey)
			if !storage.Known() || !logs.Known() {
				continue
			}
			switch {
			case p.leavesLogs(s):
				f := p.Report(p.Where(s, logs).Of(nil), "segments are in %s, and task logs stay on each server", storage.Text)
				if logs.Text == "noop" {
					f.Message = "segments are in " + storage.Text + ", and task logs are thrown away"
					f.Effect = "There is no log of a task, not while it runs and not after it has ended."
				}
				relate(f, Val(storage), "the segments")
			case slices.Contains(remoteStores, storage.Text) && slices.Contains(remoteStores, logs.Text) && logs.Text != strings.TrimSuffix(storage.Text, "_zip"):
				f := p.Report(Val(logs), "segments are in %s, and task logs in %s", storage.Text, logs.Text)
				f.Severity = finding.Info
				f.Effect = "Nothing; two stores must be kept reachable and paid for."
				f.Help = "Keep both in one store, unless you want them apart."
			}
		}
	},
}

// leavesLogs reports whether a process of a cluster keeps segments where all servers see
// them, and task logs on its own server.
func (p *Pass) leavesLogs(s *conf.Service) bool {
	storage, logs := s.Get(storageTypeKey), s.Get(logsTypeKey)
	if p.Deployment.Single() || !p.configuresDruid() || !storage.Known() || !logs.Known() || !slices.Contains(remoteStores, storage.Text) {
		return false
	}
	return logs.Text == "noop" || logs.Text == "file" && !p.onMount(s.Get("druid.indexer.logs.directory"))
}

// reportLogFields reports a setting without which a store of task logs stops its
// processes.
func (p *Pass) reportLogFields(kind string, keys ...string) {
	for _, s := range p.loggers() {
		v := s.Get(logsTypeKey)
		if !v.Is(kind) || !v.Set {
			continue
		}
		for _, key := range keys {
			if s.Get(key).Absent() {
				f := p.Report(Val(v), "task logs go to %s, and %s is not set", kind, key)
				f.Effect = "Overlord and MiddleManager stop at start: " + key + " - may not be null."
				f.Help = "Set " + key + "."
				if standsIn(s, loggerRoles) {
					f.Severity = finding.Warning // their own files may set it
				}
				break
			}
		}
	}
}

var logsS3Fields = &Rule{
	ID: "logs-s3-required-fields", Severity: finding.Error, Area: TaskLogs,
	Title:    "Task logs in S3 without bucket or prefix.",
	Why:      "Both are demanded, the prefix too.",
	Effect:   "Overlord and MiddleManager stop at start: druid.indexer.logs.s3Bucket - may not be null.",
	Fix:      "Set druid.indexer.logs.s3Bucket and druid.indexer.logs.s3Prefix.",
	Source:   "extensions-core/s3-extensions/src/main/java/org/apache/druid/storage/s3/S3TaskLogsConfig.java:31, 0.14.2 and 38; run on Imply 2.7.8",
	DefersTo: []string{"ext-storage-not-loaded"},
	Check: func(p *Pass) {
		p.reportLogFields("s3", "druid.indexer.logs.s3Bucket", "druid.indexer.logs.s3Prefix")
	},
}

var logsHDFSField = &Rule{
	ID: "logs-hdfs-required-field", Severity: finding.Error, Area: TaskLogs,
	Title:    "Task logs in HDFS without a folder.",
	Why:      "The folder is demanded.",
	Effect:   "Overlord and MiddleManager stop at start: druid.indexer.logs.directory - may not be null.",
	Fix:      "Set druid.indexer.logs.directory.",
	Source:   "extensions-core/hdfs-storage/src/main/java/org/apache/druid/storage/hdfs/tasklog/HdfsTaskLogsConfig.java, 0.14.2 and 38",
	DefersTo: []string{"ext-storage-not-loaded"},
	Check: func(p *Pass) {
		p.reportLogFields("hdfs", "druid.indexer.logs.directory")
	},
}

var logsKillRetain = &Rule{
	ID: "logs-kill-without-retain", Severity: finding.Error, Area: TaskLogs,
	Title:  "Old task logs are to be deleted, without saying how old, or with times of 0.",
	Why:    "durationToRetain has no default once deletion is on, and all three times must be above 0.",
	Effect: "The Overlord stops at start: durationToRetain must be provided, or delay must be > 0.",
	Fix:    "Set druid.indexer.logs.kill.durationToRetain in milliseconds, as in 1209600000 for two weeks.",
	Source: "server/src/main/java/org/apache/druid/indexing/overlord/helpers/TaskLogAutoCleanerConfig.java:53, 0.12.3, 0.14.2 and 38",
	Check: func(p *Pass) {
		for _, s := range p.Services("overlord") {
			on := s.Get(logsKill + "enabled")
			if !on.Known() || !strings.EqualFold(on.Text, "true") {
				continue
			}
			if retain := s.Get(logsKill + "durationToRetain"); retain.Absent() {
				p.Report(Val(on).Of(s), "druid.indexer.logs.kill.durationToRetain is not set")
			}
			for _, key := range []string{"durationToRetain", "delay", "initialDelay"} {
				v := s.Get(logsKill + key)
				if n, ok := v.Int64(); v.Set && ok && n <= 0 {
					p.Report(Val(v).Of(s), "%s is %d, and must be above 0", v.Key, n)
				}
			}
		}
	},
}

var logsKillStore = &Rule{
	ID: "logs-kill-unsupported-store", Severity: finding.Warning, Area: TaskLogs, Releases: schema.Range{Until: 17},
	Title:  "Old task logs are to be deleted from S3, which this release cannot.",
	Why:    "Deleting logs from S3 came with 0.18.",
	Effect: "Each run fails with java.lang.UnsupportedOperationException: not implemented, and nothing is deleted.",
	Fix:    "Give the bucket a lifecycle rule for the prefix of the logs.",
	Source: "extensions-core/s3-extensions/src/main/java/org/apache/druid/storage/s3/S3TaskLogs.java:157, 0.14.2 to 0.17.1",
	Check: func(p *Pass) {
		for _, s := range p.Services("overlord") {
			on := s.Get(logsKill + "enabled")
			if on.Known() && strings.EqualFold(on.Text, "true") && s.Get(logsTypeKey).Is("s3") {
				f := p.Report(Val(on).Of(s), "task logs are in S3, from where Druid %s deletes nothing", p.Release())
				relate(f, p.Where(s, s.Get(logsTypeKey)), "the store")
			}
		}
	},
}
