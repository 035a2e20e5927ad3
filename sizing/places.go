package sizing

import (
	"fmt"
	"path"
	"slices"
)

// relative is the folder of everything below the distribution's own, where its
// launcher starts: for a server that has no disk for data.
const relative = "var"

// IsData reports whether one of some processes keeps segments or runs tasks.
func IsData(services ...string) bool {
	return slices.ContainsFunc([]string{"historical", "middleManager", "indexer"}, func(s string) bool { return slices.Contains(services, s) })
}

// roots are the folders of Druid on the disks of a server, one each. A machine of
// which no disk is known has one that is yet to be mounted, unless everything runs
// on it.
func roots(m Machine, services []string, allInOne bool) []string {
	if !IsData(services...) || len(m.Disks) == 0 && (allInOne || m.Limited) || allInOne && m.oneDisk() {
		return []string{relative + "/druid"}
	}
	var list []string
	for i := range max(1, len(m.Disks)) {
		list = append(list, m.root(i))
	}
	return list
}

// oneDisk reports whether there is one disk of which only the size is known: on a
// machine that runs everything it is the system's.
func (m Machine) oneDisk() bool {
	return len(m.Disks) == 1 && m.Disks[0].Mount == "" && m.Disks[0].Device == ""
}

// root is Druid's folder on a disk.
func (m Machine) root(i int) string {
	switch point := m.mountPoint(i); point {
	case "/":
		return relative + "/druid"
	default:
		return path.Join(point, "druid")
	}
}

// mountPoint is where a disk is mounted, or is to be.
func (m Machine) mountPoint(i int) string {
	if i < len(m.Disks) && m.Disks[i].Mount != "" {
		return m.Disks[i].Mount
	}
	return fmt.Sprintf("/mnt/disk%d", i+1)
}

// place sets where a process keeps what it writes: all that may grow is on the
// disks for data, spread over them where Druid can do that.
func (b *builder) place() {
	list := b.roots()
	b.placed("-Djava.io.tmpdir", b.tmp(), because(tuningGuide, "on a real disk: /tmp may be small, or memory"))
	if slices.Contains([]string{"broker", "historical", "middleManager", "indexer"}, b.Service) {
		b.placed("druid.processing.tmpDir", list[0]+"/processing", because("GroupByQueryConfig", "for queries that spill to disk"))
	}
	if b.Service == "middleManager" || b.Service == "indexer" {
		b.taskPlaces(list)
	}
}

// tmp is the folder of temporary files: the distribution's own, or on the first disk
// for data.
func (b *builder) tmp() string {
	if root := b.roots()[0]; root != relative+"/druid" {
		return root + "/tmp"
	}
	return relative + "/tmp"
}

// taskPlaces are the folders of tasks: one a disk from 27 on, before that one.
func (b *builder) taskPlaces(roots []string) {
	if b.request.Target.Release < 27 {
		b.placed("druid.indexer.task.baseTaskDir", roots[0]+"/task", because("TaskConfig", "for the files of running tasks; one folder, up to Druid 26"))
		return
	}
	b.placed("druid.worker.baseTaskDirs", below(roots, "/task"), because("WorkerConfig", "for the files of running tasks, which are spread over the disks"))
}

func (b *builder) roots() []string { return roots(b.machine, b.services, b.allInOne) }

// placed is set for a figure that says where something lies.
func (b *builder) placed(key, value string, why reason) {
	b.set(key, value, why)
	b.Figures[len(b.Figures)-1].Place = true
}

// Mount is a disk that has no file system yet, and what it is to become.
type Mount struct {
	// Device is how the disk is called, for people where nobody can know it.
	Device string
	// Point is where it goes, FileSystem and Options how.
	Point, FileSystem, Options string
	// Least is the smallest size that the plan counts on, 0 where the disk is known.
	Least int64
}

// Mounts are the disks of a server that somebody has to format and mount.
func (s Server) Mounts() []Mount {
	if !IsData(s.services()...) || s.DataRoot() == "" {
		return nil
	}
	if len(s.Machine.Disks) == 0 {
		return []Mount{newMount("", s.Machine.mountPoint(0), s.leastDisk())}
	}
	var list []Mount
	for i, d := range s.Machine.Disks {
		if d.Mount == "" {
			list = append(list, newMount(d.Device, s.Machine.mountPoint(i), 0))
		}
	}
	return list
}

func newMount(device, point string, least int64) Mount {
	return Mount{Device: device, Point: point, FileSystem: "xfs", Options: "noatime,nofail", Least: least}
}
