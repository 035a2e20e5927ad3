package upgrade

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// milestone is something that an upgrade past a release brings, whatever the lines of the
// tree say: a step before it, or a table that has to be altered.
type milestone struct {
	kind     Kind
	severity finding.Severity
	// release is the first one that has it; below, if it is not 0, restricts it to
	// upgrades that begin before that release.
	release, below schema.Release
	message        string
	effect, help   string
	source         string
	// concerns reports whether it reaches this tree; nil for all.
	concerns func(u *upgrade) bool
}

const (
	notes       = "docs/release-info/upgrade-notes.md, 38: "
	connector   = "server/src/main/java/org/apache/druid/metadata/SQLMetadataConnector.java"
	handler     = "server/src/main/java/org/apache/druid/metadata/SQLMetadataStorageActionHandler.java"
	coordinator = "server/src/main/java/org/apache/druid/metadata/IndexerSQLMetadataStorageCoordinator.java"
)

// milestones are in the order of their releases.
func milestones() []milestone {
	return []milestone{
		{
			kind: Step, severity: finding.Warning, release: 22, concerns: (*upgrade).usesZooKeeper,
			message: "Druid 0.22 needs ZooKeeper 3.5 or later",
			effect:  "With ZooKeeper 3.4 requests fail with KeeperErrorCode = Unimplemented.",
			help:    "Upgrade ZooKeeper before Druid.",
			source:  notes + "0.22.0, Dropped support for Apache ZooKeeper 3.4",
		},
		{
			kind: Step, severity: finding.Info, release: 28, below: 26,
			message: "Columns of the type json cannot be read by both sides of a rolling upgrade from a release before 26 to 28 or later",
			effect:  "Releases before 26 cannot read the json columns that 28 writes.",
			help:    "Where there are json columns, upgrade to 26 or 27 first.",
			source:  notes + "28.0.0, Nested column format",
		},
		{
			kind: Step, severity: finding.Warning, release: 37, below: 23,
			message: "There is no rolling upgrade from a release before 0.23 to 37 or later",
			effect:  "Processes of the two releases do not understand each other.",
			help:    "Upgrade to a release from 0.23 to 36 first, or stop the whole cluster for the upgrade.",
			source:  notes + "37.0.0, Rolling upgrades from Druid versions prior to version 0.23",
		},
		metadata(24, "the table of tasks gets the columns type and group_id", "no task can be submitted, and none is listed: the statements name both columns", handler+" of commit f970757efc (24.0.0)"),
		metadata(28, "the table of segments gets the column used_status_last_updated, and the table upgradeSegments is new", "Coordinator and Overlord do not start: Cannot start Druid as table[...] has an incompatible schema. Reason: Column [used_status_last_updated] does not exist in table", notes+"28.0.0, Upgrade Druid segments table; "+connector+" of commit 097b645005 (28.0.0), validateSegmentsTable"),
		metadata(30, "the table of pending segments gets the columns task_allocator_id and upgraded_from_segment_id", "no segment is allocated, and tasks that append fail: the statement names both columns", coordinator+" of commit f3d69f30e6 (30.0.0)"),
		metadata(31, "the table of segments gets the column upgraded_from_segment_id", "no task can publish its segments: the statement names the column", coordinator+" of commit d6c760f7ce (31.0.0)"),
		withoutIndexingStates(metadata(37, "the table of segments gets the column indexing_state_fingerprint, and the table indexingStates is new", "Coordinator and Overlord do not start: Cannot start Druid as table[...] has an incompatible schema. Reason: The following columns do not exist in the table: [indexing_state_fingerprint]", notes+"37.0.0, Metadata storage for auto-compaction with compaction supervisors; "+connector+" of commit 711e632737 (37.0.0), validateSegmentsTable")),
		{
			kind: Runtime, severity: finding.Warning, release: 28, concerns: (*upgrade).usesHadoop,
			message: "Druid 28 no longer has the libraries of Hadoop 2, and this tree is set up for Hadoop",
			effect:  "Ingestion on a cluster of Hadoop 2 fails.",
			help:    "Use Hadoop 3, or move to SQL-based or native batch ingestion before.",
			source:  notes + "28.0.0, Removed Hadoop 2",
		},
		{
			kind: Runtime, severity: finding.Warning, release: 35, concerns: (*upgrade).forbidsHadoop,
			message: "Druid 35 and 36 run Hadoop tasks only where " + allowHadoopKey + " is true, and this tree is set up for Hadoop",
			effect:  "Tasks of the type index_hadoop fail.",
			help:    "Set " + allowHadoopKey + "=true for MiddleManagers, or move to SQL-based or native batch ingestion. The upgrade notes ask for it from 34.0.0 on.",
			source:  notes + "34.0.0, Hadoop-based ingestion; commit 2d563de8de (35.0.0)",
		},
		{
			kind: Runtime, severity: finding.Warning, release: 37, concerns: (*upgrade).usesHadoop,
			message: "Druid 37 no longer has Hadoop-based ingestion, and this tree is set up for Hadoop",
			effect:  "Tasks of the type index_hadoop are refused.",
			help:    "Move to SQL-based or native batch ingestion before.",
			source:  notes + "37.0.0, Hadoop-based ingestion",
		},
	}
}

// metadata is a change of the metadata store. Druid makes it itself at the first
// start, if it may.
func metadata(release schema.Release, change, otherwise, source string) milestone {
	return milestone{
		kind: Metadata, release: release, message: "In the metadata store " + change,
		effect: "Where Druid may not alter tables, " + otherwise + ".",
		source: source,
	}
}

// withoutIndexingStates says what the command does not do.
func withoutIndexingStates(m milestone) milestone {
	m.help = " It does not make the table indexingStates: write its statement after the upgrade notes of 37."
	return m
}

// createTablesKey lets Druid make and alter its tables.
const createTablesKey = "druid.metadata.storage.connector.createTables"

// milestones adds what the releases on the way bring.
func (u *upgrade) milestones() {
	for _, f := range milestones() {
		if f.release <= u.from() || f.release > u.to() || f.below > 0 && u.from() >= f.below || f.concerns != nil && !f.concerns(u) {
			continue
		}
		i := Item{
			Kind: f.kind, Since: f.release.String(), Evidence: f.source,
			Finding: finding.Finding{Tree: u.after.Path, Severity: f.severity, Message: f.message, Effect: f.effect, Help: f.help},
		}
		if f.kind == Metadata {
			u.alter(&i)
		}
		u.items = append(u.items, i)
	}
}

// alter says who changes the metadata store.
func (u *upgrade) alter(i *Item) {
	i.Services = []string{"coordinator", "overlord"}
	i.Severity = finding.Info
	for _, s := range u.after.Services {
		if v := s.Get(createTablesKey); v.Is("false") {
			i.Severity = finding.Error
			i.Property = createTablesKey
			i.Message += ", and " + createTablesKey + " is false: Druid does not do it"
			i.Help = metadataInit + i.Help
			return
		}
	}
	i.Help = "Nothing, if the database user of Druid may create and alter tables; back the database up before."
}

// metadataInit is right in every release: the command makes and alters tables whatever
// createTables says (services/src/main/java/org/apache/druid/cli/CreateTables.java).
const metadataInit = "Alter the tables before the upgrade: the command metadata-init of the new release does it (docs/operations/metadata-migration.md, Update Druid tables to latest compatible schema)."

// usesZooKeeper reports whether the tree has not switched ZooKeeper off.
func (u *upgrade) usesZooKeeper() bool {
	return slices.ContainsFunc(u.before.Services, func(s *conf.Service) bool { return !s.Get("druid.zk.service.enabled").Is("false") })
}

// usesHadoop reports whether somebody has set anything up for Hadoop-based ingestion.
func (u *upgrade) usesHadoop() bool {
	for _, f := range u.before.Files {
		for _, v := range f.Values(u.before) {
			switch key := inner(v.Key); {
			case strings.HasPrefix(key, "hadoop."), key == "druid.indexer.task.hadoopWorkingPath", key == "druid.indexer.task.defaultHadoopCoordinates",
				key == "druid.extensions.hadoopDependenciesDir", key == allowHadoopKey:
				return true
			}
		}
	}
	return false
}

// allowHadoopKey is read by 35 and 36.
const allowHadoopKey = "druid.indexer.task.allowHadoopTaskExecution"

// forbidsHadoop reports whether Hadoop tasks end in a release that could still run them.
func (u *upgrade) forbidsHadoop() bool {
	return u.to() < 37 && u.usesHadoop() && !slices.ContainsFunc(u.after.Services, func(s *conf.Service) bool { return s.Get(allowHadoopKey).Is("true") })
}

// products adds what Imply has and Druid alone does not.
func (u *upgrade) products() {
	if !u.before.Target.Imply || u.after.Target.Imply {
		return
	}
	at := slices.IndexFunc(u.before.Files, func(f *conf.File) bool { return f.Kind == conf.PivotConfig })
	if at < 0 {
		return
	}
	u.items = append(u.items, Item{
		Kind: Product, Evidence: "the distributions of Imply 2.7.8 and 3.0.19, and of Druid 0.12.3 to 38",
		Finding: finding.Finding{
			Tree: u.after.Path, Severity: finding.Warning, Location: finding.Location{File: u.before.Files[at].Path},
			Message: "Pivot is a part of Imply, and does not come with " + u.after.Target.Name,
			Effect:  "Nothing starts Pivot any more; its users, dashboards and data cubes stay in its state store, which nothing else reads.",
			Help:    "Decide what its users get instead, and save what they need, before Imply is removed.",
		},
	})
}
