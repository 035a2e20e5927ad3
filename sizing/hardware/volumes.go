package hardware

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jaypipes/ghw/pkg/block"
)

// volume is what a file system may be on: a disk, a partition, or a device that
// LVM or RAID makes of others.
type volume struct {
	name   string
	disk   string // the disk that a partition is on
	size   int64
	kind   string   // as sizing.Disk has it
	below  []string // the volumes that it is made of
	above  []string // the volumes that are made of it
	parts  int      // partitions
	swap   bool
	mounts []mount
}

// from is where the kernel shows it.
func (v *volume) from() string {
	return "/sys/block/" + filepath.ToSlash(filepath.Join(v.disk, v.name))
}

// noDisks are names of block devices that no segment is kept on: in memory, of a
// file, a network's, or with a lid.
var noDisks = []string{"loop", "ram", "zram", "sr", "fd", "nbd", "mtdblock"}

func isDisk(root string, d *block.Disk) bool {
	named := func(prefix string) bool { return strings.HasPrefix(d.Name, prefix) }
	// The paths to a disk with several are disks of their own, but hidden.
	return d.SizeBytes > 0 && !d.IsRemovable && !slices.ContainsFunc(noDisks, named) && readText(root, "/sys/block/"+d.Name+"/hidden") != "1"
}

func readVolumes(root string, disks []*block.Disk, mounts []mount) []*volume {
	var list []*volume
	swaps := readText(root, "/proc/swaps")
	add := func(v *volume) {
		device := readText(root, v.from()+"/dev")
		for _, m := range mounts {
			// The number is right whatever name it was mounted by; btrfs has numbers
			// of its own.
			if m.device == device || m.source == "/dev/"+v.name {
				v.mounts = append(v.mounts, m)
			}
		}
		v.swap = strings.Contains(swaps, "/dev/"+v.name+" ")
		// A btrfs of several devices shows one of them in its mounts.
		if found, _ := filepath.Glob(filepath.Join(root, "sys/fs/btrfs/*/devices", v.name)); len(found) > 0 && len(v.mounts) == 0 {
			v.above = append(v.above, "a btrfs")
		}
		list = append(list, v)
	}
	for _, d := range disks {
		if !isDisk(root, d) {
			continue
		}
		disk := &volume{name: d.Name, size: int64(d.SizeBytes), kind: diskKind(root, d), parts: len(d.Partitions)}
		below, _ := os.ReadDir(filepath.Join(root, "sys/block", d.Name, "slaves"))
		for _, entry := range below {
			disk.below = append(disk.below, entry.Name())
		}
		add(disk)
		for _, p := range d.Partitions {
			add(&volume{name: p.Name, disk: d.Name, size: int64(p.SizeBytes), kind: disk.kind})
		}
	}
	return connect(list)
}

// connect tells every volume what it is part of. One that is made of others is
// of their kind if they are all of one.
func connect(list []*volume) []*volume {
	byName := make(map[string]*volume, len(list))
	for _, v := range list {
		byName[v.name] = v
	}
	for _, v := range list {
		for _, name := range v.below {
			if part := byName[name]; part != nil {
				part.above = append(part.above, v.name)
			}
		}
	}
	for _, v := range list {
		if v.disk != "" {
			continue
		}
		v.kind = commonKind(v, byName, len(list))
	}
	for _, v := range list {
		if v.disk != "" {
			v.kind = byName[v.disk].kind
		}
	}
	return list
}

// commonKind looks at most as deep as there are volumes: a copy may go in rings.
func commonKind(v *volume, byName map[string]*volume, depth int) string {
	if v == nil || depth < 0 {
		return ""
	}
	if v.disk != "" {
		return commonKind(byName[v.disk], byName, depth-1)
	}
	if len(v.below) == 0 {
		return v.kind
	}
	kind := commonKind(byName[v.below[0]], byName, depth-1)
	for _, name := range v.below[1:] {
		if commonKind(byName[name], byName, depth-1) != kind {
			return ""
		}
	}
	return kind
}
