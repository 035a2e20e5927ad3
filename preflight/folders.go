package preflight

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func folderChecks() []*Check {
	return []*Check{liveDisk, liveInodes, liveMount, liveTmp, liveDirs, liveShared}
}

// dir is a folder that a process of the host uses.
type dir struct {
	path, use string
	at        rules.Place
	service   *conf.Service
	// size is what it may grow to, 0 where nobody says.
	size int64
	// heavy folders hold segments or tasks: what matters for them is the disk.
	heavy bool
	// made is set where Druid makes the folder.
	made bool
	// relative is set where the path is.
	relative bool
}

// dirKeys are the properties that name a folder on the machine.
var dirKeys = []struct {
	key, use, only, kind string
	roles                []string
	heavy                bool
}{
	{"druid.storage.storageDirectory", "deep storage", "druid.storage.type", "local", []string{"historical", "middleManager", "indexer", "overlord", "coordinator"}, true},
	{"druid.indexer.logs.directory", "task logs", "druid.indexer.logs.type", "file", []string{"middleManager", "indexer", "overlord"}, false},
	{"druid.indexer.task.baseTaskDir", "tasks", "", "", []string{"middleManager", "indexer"}, true},
	{"druid.processing.tmpDir", spills, "", "", []string{"broker", "historical", "indexer", "middleManager"}, true},
}

// spills are files of queries that do not fit into memory. A process starts without a
// folder for them (33.0.0, run), and most queries need none.
const spills = "spills"

// dirs are the folders that the processes of the host use.
func (p *Pass) dirs() []dir {
	var list []dir
	add := func(d dir) {
		d.relative = !filepath.IsAbs(d.path)
		if d.path = p.path(d.path); !slices.ContainsFunc(list, func(o dir) bool { return o.path == d.path && o.use == d.use }) {
			list = append(list, d)
		}
	}
	for _, s := range p.Services {
		for _, l := range locations(p, s) {
			add(l)
		}
		for _, k := range dirKeys {
			v := s.Get(k.key)
			if !usable(v) || k.only != "" && !s.Get(k.only).Is(k.kind) || !slices.ContainsFunc(k.roles, s.Plays) {
				continue
			}
			add(dir{path: v.Text, use: k.use, at: p.at(s, v), service: s, heavy: k.heavy, made: true})
		}
	}
	for _, f := range p.Tree.Readable(conf.ZooConfig) {
		if dir := f.Zoo.DataDir; dir.Entry != nil && dir.Value != "" && p.zooKeeperHere() {
			add(dirOf(f, dir))
		}
	}
	return list
}

// locations are the folders of the segment cache, with the size that each may have.
func locations(p *Pass, s *conf.Service) []dir {
	if !slices.ContainsFunc([]string{"historical", "indexer", "realtime"}, s.Plays) {
		return nil
	}
	var list []dir
	cache, v, known := rules.CacheLocations(s)
	for _, l := range cache {
		if known && l.Path != "" {
			list = append(list, dir{path: l.Path, use: "segments", at: p.at(s, v), service: s, size: l.MaxSize, heavy: true, made: true})
		}
	}
	return list
}

// dirOf is the folder of ZooKeeper.
func dirOf(f *conf.File, d syntax.ZooText) dir {
	return dir{path: d.Value, use: "ZooKeeper's data", at: rules.At(f, d.Entry.ValueSpan), made: true}
}

// zooKeeperHere reports whether a ZooKeeper of the tree runs on this host.
func (p *Pass) zooKeeperHere() bool {
	return p.Told && slices.ContainsFunc(p.listeners(), func(l ports.Listener) bool { return l.Process == "ZooKeeper" })
}

// need asks for a folder.
func (p *Pass) need(d dir, measure bool) Need {
	name := "folder " + d.path
	if measure {
		name = "size of " + d.path
	}
	q := facts.Question{Name: name, Folder: &facts.Folder{Path: d.path, User: p.User, Measure: measure}}
	return Need{Question: q, At: d.at, Target: d.path, Note: d.use, Amount: d.size, Relative: d.relative}
}

// folderNeeds ask for those of the folders that a check looks at.
func (p *Pass) folderNeeds(measure bool, which func(d dir) bool) []Need {
	var list []Need
	for _, d := range p.dirs() {
		if which(d) {
			list = append(list, p.need(d, measure))
		}
	}
	return list
}

func heavy(d dir) bool { return d.heavy }

var liveDisk = &Check{
	Rule: rules.Rule{
		ID: "live-disk", Severity: finding.Error,
		Title:  "A disk smaller than what the configuration puts on it.",
		Why:    "A Historical loads segments up to maxSize, whatever room the disk has; several folders on one file system share it.",
		Effect: "No space left on device: segments are not loaded, again and again, and whatever else is on the disk stops.",
		Fix:    "Lower maxSize, or give the folder a larger disk.",
		Source: "server/src/main/java/org/apache/druid/segment/loading/StorageLocation.java, 0.15.1 to 38 (it counts, and asks no file system, unless freeSpacePercent is set)",
	},
	Needs: func(p *Pass) []Need { return p.folderNeeds(true, func(d dir) bool { return d.size > 0 }) },
	Judge: judgeDisks,
}

// judgeDisks adds up what shares a file system.
func judgeDisks(p *Pass, asked []Asked) {
	want, used := map[string]int64{}, map[string]int64{}
	for _, a := range asked {
		if a.Problem == nil {
			device := diskOf(a.Folder)
			want[device] = sum(want[device], a.Amount)
			used[device] = sum(used[device], max(0, a.Folder.Used))
		}
	}
	for _, a := range asked {
		required := text.About(a.Amount)
		if a.Problem != nil {
			p.Unknown(a, required, a.Problem.Text)
			continue
		}
		f := a.Folder
		device := diskOf(f)
		current := fmt.Sprintf("%s, %s free, on %s (%s)", text.About(f.Size), text.About(f.Free), f.Mount.Point, f.Mount.Kind)
		if want[device] > a.Amount {
			required += fmt.Sprintf(", with others there %s", text.About(want[device]))
		}
		switch {
		case f.Size == 0:
			p.Unknown(a, required, "the file system tells no size")
		case want[device] > f.Size:
			p.Fail(a, required, current, "%s may hold %s of segments, and its file system has %s", f.Path, text.About(want[device]), text.About(f.Size))
		case f.Exists && f.Used < 0:
			p.Unknown(a, required, "what is in it could not be counted in time").Current = current
		case f.Free < want[device]-used[device]:
			p.Warn(a, required, current, "%s may still grow by %s, and %s are free", f.Path, text.About(want[device]-used[device]), text.About(f.Free))
		default:
			p.Pass(a, required, current)
		}
	}
}

// diskOf is what folders have in common that share room: a file system that is mounted at
// several places is still one.
func diskOf(f *facts.Place) string { return cmp.Or(f.Mount.Device, f.Mount.Point) }

// sum is a sum of what is not negative, and the largest number where that is more: a
// maxSize of 2^63-1 is valid.
func sum(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// inodesFor is how many files a segment cache of a size may have: some 20 a segment
// of 500 MB, where columns lie in files of their own.
func inodesFor(size int64) int64 { return 1000 + 20*size/(500<<20) }

var liveInodes = &Check{
	Rule: rules.Rule{
		ID: "live-inodes", Severity: finding.Warning,
		Title:  "A file system with few inodes left.",
		Why:    "A segment is a folder of some 20 files; ext4 has a number of inodes that is fixed when it is made.",
		Effect: "No space left on device, with space left.",
		Fix:    "Make the file system with more inodes (mkfs.ext4 -i), or use XFS.",
		Source: "mke2fs(8); the files of a segment: org.apache.druid.java.util.common.io.smoosh.FileSmoosher, 0.15.1",
	},
	Needs: func(p *Pass) []Need { return p.folderNeeds(false, heavy) },
	Known: func(p *Pass, a Asked) {
		f := a.Folder
		want := inodesFor(a.Amount)
		required := fmt.Sprintf("%d free", want)
		switch {
		case f.Inodes == 0:
			p.Pass(a, required, f.Mount.Kind+" makes them when they are needed")
		case f.InodesFree < want:
			p.Warn(a, required, fmt.Sprintf("%d of %d", f.InodesFree, f.Inodes), "%s has %d inodes left", f.Mount.Point, f.InodesFree)
		default:
			p.Pass(a, required, fmt.Sprintf("%d of %d", f.InodesFree, f.Inodes))
		}
	},
}

// network are file systems at the far end of a network.
var network = []string{"nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "lustre", "9p", "fuse.s3fs", "fuse.sshfs", "fuse.glusterfs", "fuse.gcsfuse"}

// volatile are file systems that are empty after a restart: memory, and the upper
// layer of a container.
var volatile = []string{"tmpfs", "ramfs", "overlay"}

var liveMount = &Check{
	Rule: rules.Rule{
		ID: "live-mount", Severity: finding.Error,
		Title:  "A folder of segments or tasks on a file system that is not made for it.",
		Why:    "Segments are mapped and read at random; memory takes what processes need, a network is slow, and the layer of a container goes with it.",
		Effect: "On a file system that is read-only the process does not start; on others queries are slow, or all segments are loaded again after each restart.",
		Fix:    "Put the folder on a local disk, mounted for writing; in a container on a volume.",
		Source: "docs/operations/basic-cluster-tuning.md (Historical: page cache, SSDs); proc_pid_mountinfo(5)",
	},
	Needs: func(p *Pass) []Need {
		return p.folderNeeds(false, func(d dir) bool { return d.heavy && d.use != "deep storage" })
	},
	Known: func(p *Pass, a Asked) {
		m := a.Folder.Mount
		const required = "a local disk, writable"
		current := fmt.Sprintf("%s on %s, writable", m.Kind, m.Point)
		if slices.Contains(m.Options, "ro") {
			current = fmt.Sprintf("%s on %s, read-only", m.Kind, m.Point)
		}
		switch {
		case m.Point == "":
			p.Unknown(a, required, "/proc/self/mountinfo does not tell")
		case slices.Contains(m.Options, "ro") && a.Note == spills:
			p.Warn(a, required, current, "%s is on %s, which is read-only: queries that spill fail", a.Target, m.Point)
		case slices.Contains(m.Options, "ro"):
			p.Fail(a, required, current, "%s is on %s, which is read-only", a.Target, m.Point)
		case slices.Contains(network, m.Kind):
			p.Warn(a, required, current, "%s is on %s, a file system of the network (%s)", a.Target, m.Point, m.Kind)
		case slices.Contains(volatile, m.Kind):
			p.Warn(a, required, current, "%s is on %s (%s), which is empty after a restart", a.Target, m.Point, m.Kind)
		default:
			p.Pass(a, required, current)
		}
	},
}

// ofNet reports whether a kind of file system is one of a network.
func ofNet(kind string) bool {
	return slices.Contains(network, kind) || strings.HasPrefix(kind, "fuse")
}

// ownDisk are file systems that one machine mounts and no other. There are more kinds for
// several machines than anybody lists: gpfs, beegfs, ocfs2, gfs2, virtiofs, wekafs, ...
var ownDisk = []string{"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "bcachefs", "vfat", "exfat", "ntfs", "ntfs3"}

var liveShared = &Check{
	Rule: rules.Rule{
		ID: "live-shared-storage", Severity: finding.Error,
		Title:  "Local deep storage on a disk that the other servers of a cluster do not have.",
		Why:    "With druid.storage.type=local tasks write segments to a folder, and Historicals on other machines read the same path.",
		Effect: "Historicals find no segment that another machine wrote, and segments are lost with the machine.",
		Fix:    "Mount one shared file system there on every server, or use S3, HDFS, Azure or Google Cloud Storage.",
		Source: "docs/design/deep-storage.md (local); LocalDataSegmentPuller.java, 0.15.1",
	},
	Needs: func(p *Pass) []Need {
		if !p.Deployment.Cluster() {
			return nil
		}
		return p.folderNeeds(false, func(d dir) bool { return d.use == "deep storage" })
	},
	Known: func(p *Pass, a Asked) {
		m := a.Folder.Mount
		current := fmt.Sprintf("%s on %s (%s)", m.Kind, m.Point, m.Source)
		switch {
		case ofNet(m.Kind):
			p.Pass(a, "shared by all servers", current)
		case slices.Contains(volatile, m.Kind), slices.Contains(ownDisk, m.Kind):
			p.Fail(a, "shared by all servers", current, "deep storage is %s, which is on a disk of this machine (%s)", a.Target, m.Kind)
		default:
			p.Unknown(a, "shared by all servers", current+": whether other servers share such a file system is not known")
		}
	},
	Between: compareShared,
}
