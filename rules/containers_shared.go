package rules

import (
	"path"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/finding"
)

var ctrStorageNotShared = &Rule{
	ID: "ctr-storage-not-shared", Severity: finding.Error, Area: Containers,
	Title:  "Local deep storage that is another folder in each container.",
	Why:    "What tasks write to a local folder, Historicals read from the path at which it was written; it is the same only where both containers mount one volume there.",
	Effect: "Tasks succeed, and their segments are never loaded: the Historical finds no such file.",
	Fix:    "Mount one named volume, or one folder of the host, on the storage directory of the MiddleManager and of the Historical, and of the Coordinator for kill tasks.",
	Source: "server/src/main/java/org/apache/druid/segment/loading/LocalDataSegmentPusher.java and LocalLoadSpec.java, 0.18 - 37",
	Check: func(p *Pass) {
		for _, pair := range p.storedApart() {
			p.reportApart(pair[0], pair[1], "segments", "the local deep storage ", pair[0].Get(storageDirKey))
		}
	},
}

// storedApart are the processes whose tasks leave segments in a folder that a Historical
// does not have, each with the first such Historical.
func (p *Pass) storedApart() (pairs [][2]*conf.Service) {
	for _, w := range p.Services("middleManager", "indexer") {
		for _, r := range p.Services("historical") {
			if segmentsApart(w, r) {
				pairs = append(pairs, [2]*conf.Service{w, r})
				break
			}
		}
	}
	return pairs
}

var ctrLogsNotShared = &Rule{
	ID: "ctr-task-logs-not-shared", Severity: finding.Warning, Area: Containers,
	Title:    "Task logs in a folder that another container does not have.",
	Why:      "The MiddleManager copies the log of a task that has ended to a local folder, and the Overlord looks for it in its own; it is the same only where both containers mount one volume.",
	Effect:   "The console shows no log of a task that has ended (404), and the logs go with the container.",
	Fix:      "Mount one volume on druid.indexer.logs.directory of both, or keep the logs where the segments are.",
	Source:   "server/src/main/java/org/apache/druid/indexing/common/tasklogs/FileTaskLogs.java, 0.14.2",
	DefersTo: []string{"ctr-storage-not-shared", "logs-local-in-cluster"},
	Check: func(p *Pass) {
		for _, w := range p.Services("middleManager", "indexer") {
			if p.leavesLogs(w) {
				continue // logs-type-differs-from-storage says so, and where they belong
			}
			for _, r := range p.Services("overlord") {
				if !apart(w, r, logsTypeKey, "file", "druid.indexer.logs.directory") {
					continue
				}
				found := p.reportApart(w, r, "logs", "", w.Get("druid.indexer.logs.directory"))
				if kind := w.Get(storageTypeKey); kind.Set && !kind.Is("local") {
					relate(found, Val(kind), "deep storage is elsewhere")
				}
				break
			}
		}
	},
}

var ctrDerbyLost = &Rule{
	ID: "ctr-derby-lost", Severity: finding.Warning, Area: Containers,
	Title:  "Derby's database in a container that keeps nothing.",
	Why:    "Derby runs inside the Coordinator, and takes the path in connectURI from its working folder, /opt/druid, unless it begins with two slashes. What a container writes outside of its volumes, and an emptyDir, are deleted with it. The image's own volume, /opt/druid/var, has no name: Compose passes it on to the next container, but not after docker compose down, and Kubernetes never does.",
	Effect: "After docker compose down, with a new pod, or on another machine, all that the cluster knows of its segments is gone.",
	Fix:    "Use PostgreSQL or MySQL; or mount a volume with a name on the folder of the database, such as /opt/druid/var.",
	Source: "server/src/main/java/org/apache/druid/metadata/storage/derby/DerbyMetadataStorage.java and DerbyConnector.java, 33; distribution/docker/Dockerfile (VOLUME, WORKDIR), 0.17 and master; Derby Developer's Guide: network client URLs",
	Check: func(p *Pass) {
		for _, s := range p.Services("coordinator") {
			limits, ok := p.mounted(s, form.Compose, form.Operator, "manifests")
			uri := s.Get(metaURIKey)
			folder, found := derbyFolder(uri)
			if !ok || !found || !s.Get(metaTypeKey).Is("derby") {
				continue
			}
			folder = inImage(folder)
			switch i := mountOf(limits, folder); {
			case i < 0:
				p.Report(Val(uri).Of(s), "Derby keeps the metadata in %s, where the %s has no volume that is kept", folder, s.Name)
			case limits.Mounts[i].Empty:
				f := p.Report(Val(uri).Of(s), "Derby keeps the metadata in %s, and the volume there is an emptyDir", folder)
				relate(f, Place(p.Tree.Written(limits.Mounts[i].At)), "the volume")
			}
		}
	},
}

// reportApart says that one container does not see what another one writes.
func (p *Pass) reportApart(w, r *conf.Service, what, where string, dir conf.Value) *finding.Finding {
	limits, _ := w.Limits()
	other, _ := r.Limits()
	found := p.Report(Place(p.Tree.Written(limits.MountsAt)).Of(w), "the %s that tasks of the %s leave in %s%s are not in that folder of the %s: the containers share no volume there", what, w.Name, where, dir.Text, r.Name)
	found.Property = dir.Key
	relate(found, Place(p.Tree.Written(other.MountsAt)), "the %s", r.Name)
	if dir.Set {
		relate(found, Val(dir), "the folder")
	}
	return found
}

// apart reports whether a folder of one container is not that of another, where both
// are known to use it.
func apart(w, r *conf.Service, kindKey, kind, dirKey string) bool {
	from, ok := folderIn(w, kindKey, kind, dirKey)
	to, also := folderIn(r, kindKey, kind, dirKey)
	return ok && also && from != to
}

// segmentsApart reports whether what tasks leave in the local deep storage of one container
// is not in the other one, which looks for it at the path at which it was written,
// whatever its own folder is.
func segmentsApart(w, r *conf.Service) bool {
	from, ok := folderIn(w, storageTypeKey, "local", storageDirKey)
	_, also := folderIn(r, storageTypeKey, "local", storageDirKey)
	limits, _ := r.Limits()
	return ok && also && from != folderAt(r, limits, w.Get(storageDirKey).Text)
}

// folderIn is what holds a folder of a container: a volume, a folder of the host, or
// the container itself.
func folderIn(s *conf.Service, kindKey, want, dirKey string) (string, bool) {
	limits, ok := s.Limits()
	kind, dir := s.Get(kindKey), s.Get(dirKey)
	if !ok || !kind.Is(want) || s.Tree().Partial() && kind.Stock() || !dir.Known() || dir.Text == "" {
		return "", false
	}
	return folderAt(s, limits, dir.Text), true
}

// folderAt is what holds a folder of a container.
func folderAt(s *conf.Service, limits form.Limits, full string) string {
	full = inImage(full)
	best := form.Mount{From: "container " + s.Unit(), To: "/"}
	if i := mountOf(limits, full); i >= 0 {
		best = limits.Mounts[i]
	}
	return path.Join(best.From, strings.TrimPrefix(full, best.To))
}
