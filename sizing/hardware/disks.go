package hardware

import (
	"cmp"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

// smallest keeps out what is no disk for segments: a cloud's configuration, a
// partition with a rescue system.
const smallest = 10_000_000_000

// systemMounts are where the system keeps its own, there and in folders below;
// containers have single files of their host mounted there.
var systemMounts = []string{"/bin", "/boot", "/dev", "/efi", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr", "/var/log", "/var/run", "/var/tmp"}

func isSystem(point string) bool {
	return point == "/" || point == "/home" || point == "/var" ||
		slices.ContainsFunc(systemMounts, func(s string) bool { return point == s || strings.HasPrefix(point, s+"/") })
}

// dataMount is where files may be kept on a volume: the shortest of its places
// that is not the system's.
func (v *volume) dataMount() string {
	best := ""
	for _, m := range v.mounts {
		if !m.locked && !isSystem(m.point) && (best == "" || len(m.point) < len(best)) {
			best = m.point
		}
	}
	return best
}

func (v *volume) mountedAt(point string) bool {
	return slices.ContainsFunc(v.mounts, func(m mount) bool { return m.point == point })
}

// disks chooses what segments are kept on, and says why of each.
func (h *Host) disks(list []*volume) {
	var system *volume
	for _, v := range list {
		if v.mountedAt("/") {
			system = v
		}
	}
	for _, v := range list {
		mount, use, counts := v.judge(list, system != nil)
		if use == "" || v == system {
			continue
		}
		if counts {
			h.Machine.Disks = append(h.Machine.Disks, sizing.Disk{Size: v.size, Kind: v.kind, Mount: mount, Device: "/dev/" + v.name})
		}
		h.diskFact(v, use)
		h.Facts[len(h.Facts)-1].Left = !counts
	}
	switch {
	case system != nil && len(h.Machine.Disks) > 0:
		h.diskFact(system, "on /: the system's, not counted")
		h.Facts[len(h.Facts)-1].Left = true
	case system != nil:
		h.Machine.Disks = []sizing.Disk{{Size: system.size, Kind: system.kind, Mount: cmp.Or(system.dataMount(), "/"), Device: "/dev/" + system.name}}
		h.diskFact(system, "on /: the system's, counted because there is no other")
	case len(h.Machine.Disks) == 0:
		h.fact("disks", "/proc/self/mountinfo", 0, "none is mounted here that can hold segments: say --disk")
	}
}

// used asks the file systems of the disks how much of them is free.
func (h *Host) used(root string) {
	for i := range h.Machine.Disks {
		d := &h.Machine.Disks[i]
		if d.Mount == "" {
			continue
		}
		if size, free, ok := readFree(root, d.Mount); ok {
			// What the file system keeps for itself is as good as used.
			d.Used = max(0, d.Size-free)
			h.fact("free on "+d.Mount, d.Mount, free, "%s of %s; what lies in a segment cache there counts as used", text.Decimal(free), text.Decimal(size))
		}
	}
}

func (h *Host) diskFact(v *volume, use string) {
	what := strings.TrimSpace(text.Decimal(v.size) + " " + v.kind)
	h.fact("disk "+v.name, v.from(), v.size, "%s, %s", what, use)
}

// judge says whether a volume counts, and why; nothing where others tell.
func (v *volume) judge(list []*volume, ours bool) (mount, use string, counts bool) {
	mount = v.dataMount()
	whole := v.disk == ""
	switch {
	case len(v.above) > 0:
		return "", "part of " + strings.Join(v.above, ", "), false
	case v.swap:
		return "", "swap, not counted", false
	case mount != "" && v.size < smallest:
		return "", "on " + mount + ": too small for segments", false
	case mount != "":
		return mount, "on " + mount + ": for segments", true
	case len(v.mounts) > 0 && v.mounts[0].locked:
		return "", "on " + v.mounts[0].point + ": read-only, not counted", false
	case len(v.mounts) > 0:
		return "", "on " + v.mounts[0].point + ": the system's, not counted", false
	case !whole, whole && v.parts > 0 && v.partsUsed(list), v.size < smallest:
		return "", "", false
	case !ours, v.parts > 0, strings.HasPrefix(v.name, "dm-"):
		return "", "not mounted: not counted", false
	}
	return "", "not mounted, and empty as far as the kernel can tell: for segments", true
}

// partsUsed reports whether the partitions of a disk speak for it.
func (v *volume) partsUsed(list []*volume) bool {
	return slices.ContainsFunc(list, func(p *volume) bool {
		return p.disk == v.name && (p.swap || len(p.above) > 0 || len(p.mounts) > 0)
	})
}
