package scaffold

import (
	"fmt"
	"path"
	"slices"

	"github.com/implycheck/implycheck/sizing"
)

// What containers write is on volumes. The image has one folder for it, which its user
// druid, 1000, may write to, and where its script starts.
const (
	imageVar  = "/opt/druid/var"
	imageTmp  = imageVar + "/tmp"
	imageUser = 1000
)

// imageRoots are Druid's folders on the disks for data: the first disk is mounted on
// the folder that the image has.
func imageRoots(disks int) []string {
	list := []string{imageVar + "/druid"}
	for i := 2; i <= disks; i++ {
		list = append(list, fmt.Sprintf("/opt/druid/disk%d", i))
	}
	return list
}

// The chart mounts its one volume below that folder.
const chartTmp = imageVar + "/druid/tmp"

func chartRoots(int) []string { return imageRoots(1) }

// volume is a folder of a container that is kept elsewhere.
type volume struct {
	name, path string
	// host is the folder of the host that it is; empty for one that Docker or Kubernetes keeps.
	host string
	// gib is what it is to hold, in GiB; 0 for what need not outlive the container.
	gib int64
}

// metadataDisk is far more than the metadata in a Derby takes, in GiB.
const metadataDisk = 10

// volumes are those of a process. Where disks for data are mounted on the machine,
// Docker binds a folder on each.
func (w *writer) volumes(form string, server sizing.Server, p sizing.Process) []volume {
	sizes := server.Volumes(p)
	bound := slices.ContainsFunc(server.Roots(), path.IsAbs) && !server.Machine.Limited && slices.Contains([]string{"docker-env", "compose"}, form)
	switch {
	case len(sizes) == 0 && program(p.Service) == "coordinator" && w.site.derby():
		return []volume{{name: "var", path: imageVar, gib: metadataDisk}}
	case len(sizes) == 0:
		return []volume{{name: "var", path: imageVar}}
	case form != "operator" && !bound: // one folder holds all
		sizes = []int64{sum(sizes)}
	}
	list := make([]volume, len(sizes))
	for i, size := range sizes {
		list[i] = volume{name: "var", path: imageVar, gib: max(1, size>>30)}
		if i > 0 {
			list[i].name, list[i].path = fmt.Sprintf("disk%d", i+1), imageRoots(i + 1)[i]
		}
		if bound {
			list[i].host = path.Join(hostFolder(server.Roots()[i]), p.Service)
		}
	}
	return list
}

// hostFolder is where the folders of containers are on a disk: that of the system, which
// has none of Druid's own, among them.
func hostFolder(root string) string {
	if path.IsAbs(root) {
		return root
	}
	return "/var/lib/druid"
}

func sum(list []int64) (n int64) {
	for _, size := range list {
		n += size
	}
	return n
}

// sharedFolder is the folder of deep storage that all containers have to see; empty
// where it is none.
func (s site) sharedFolder() string {
	if s.store != "file" {
		return ""
	}
	return s.folder
}
