package sizing

import (
	"encoding/json"
	"path"
	"slices"
)

// leastTaskDisk is the room of one task where no disk is known: for what it has not
// handed off yet, and for merging that.
const leastTaskDisk = 10_000_000_000

// Volumes is the room, in bytes, that a process in a container of its own has on each
// disk for data, or must have. A process that keeps no data has none. A Historical has a ninth
// more than its segments: for the file system, queries that spill to disk and temporary
// files. Tasks have the rest.
func (s Server) Volumes(p Process) []int64 {
	if !IsData(p.Service) {
		return nil
	}
	disks, tasks := s.Machine.Disks, max(p.Tasks, figureInt(p, "druid.worker.capacity", 0))
	least := int64(0)
	if len(disks) == 0 {
		disks, least = []Disk{{Size: s.leastDisk()}}, tasks*leastTaskDisk
	}
	segments := s.segmentsByDisk(len(disks))
	list := make([]int64, len(disks))
	for i, d := range disks {
		list[i] = roundUp(segments[i]+segments[i]/9, 1<<30)
		if p.Service != "historical" {
			list[i] = max(roundUp(least, 1<<30), (d.Free()-list[i])>>30<<30)
		}
	}
	return list
}

// leastDisk is the smallest disk that a plan for an unknown one counts on.
func (s Server) leastDisk() int64 { return roundUp(s.Segments*10/8, 10_000_000_000) }

// segmentsByDisk is the part of each disk for segments.
func (s Server) segmentsByDisk(disks int) []int64 {
	list := make([]int64, disks)
	if s.process("historical") == nil {
		return list
	}
	roots := s.Roots()
	for _, l := range locations(s.Machine, s.services(), s.Role == AllInOne) {
		list[slices.Index(roots, path.Dir(l.Path))] += l.MaxSize
	}
	return list
}

func (s Server) services() (names []string) {
	for _, p := range s.Processes {
		names = append(names, p.Service)
	}
	return names
}

// Roots are the folders of Druid on the disks for data, one each: relative to the
// distribution where there is no disk of its own.
func (s Server) Roots() []string { return roots(s.Machine, s.services(), s.Role == AllInOne) }

// Moved is a process of the server with all that it writes in other folders: one for
// each disk for data, or one for all of them. Temporary files are in the folder tmp.
func (s Server) Moved(p Process, roots []string, tmp string) Process {
	p.Figures = slices.Clone(p.Figures)
	for i, f := range p.Figures {
		switch f.Key {
		case "-Djava.io.tmpdir":
			f.Value = tmp
		case "druid.processing.tmpDir":
			f.Value = roots[0] + "/processing"
		case "druid.indexer.task.baseTaskDir":
			f.Value = roots[0] + "/task"
		case "druid.worker.baseTaskDirs":
			f.Value = below(roots[:min(len(roots), len(s.Roots()))], "/task")
		case "druid.segmentCache.locations":
			f.Value = s.movedLocations(roots)
		}
		p.Figures[i] = f
	}
	return p
}

func below(roots []string, name string) string {
	dirs := make([]string, len(roots))
	for i, root := range roots {
		dirs[i] = root + name
	}
	encoded, _ := json.Marshal(dirs)
	return string(encoded)
}

func (s Server) movedLocations(roots []string) string {
	var list []location
	for i, size := range s.segmentsByDisk(len(s.Roots())) {
		if root := roots[min(i, len(roots)-1)]; i < len(roots) {
			list = append(list, location{root + segmentFolder, size})
		} else {
			list[len(list)-1].MaxSize += size
		}
	}
	encoded, _ := json.Marshal(slices.DeleteFunc(list, func(l location) bool { return l.MaxSize == 0 }))
	return string(encoded)
}
