// Package hardware finds out what the machine has that the command runs on:
// cores, memory and disks as ghw reports them, corrected by the limits of the
// container, because ghw reports the host's.
package hardware

import (
	"fmt"
	"path"
	"strings"

	"github.com/jaypipes/ghw"
	"github.com/jaypipes/ghw/pkg/block"

	"github.com/implycheck/implycheck/sizing"
)

// Fact is one thing that was seen, and where.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"`
}

// Host is what was found.
type Host struct {
	Machine sizing.Machine
	Facts   []Fact
}

func (h *Host) fact(name, from, format string, args ...any) {
	h.Facts = append(h.Facts, Fact{name, fmt.Sprintf(format, args...), from})
}

// Detect looks below a root folder: "/" for this machine, or a copy of its /proc
// and /sys. Its error says what could not be found out.
func Detect(root string) (Host, error) {
	var h Host
	options := []any{ghw.WithChroot(root), ghw.WithDisableWarnings(), ghw.WithDisableTools()}
	cpu, err := ghw.CPU(options...)
	if err != nil || cpu.TotalHardwareThreads == 0 {
		return h, fmt.Errorf("cannot tell the cores of this machine (%v): say --cores and --memory, or --instance", err)
	}
	memory, err := ghw.Memory(options...)
	if err != nil || memory.TotalUsableBytes <= 0 {
		return h, fmt.Errorf("cannot tell the memory of this machine (%v): say --cores and --memory, or --instance", err)
	}
	h.Machine.Cores = int64(cpu.TotalHardwareThreads)
	h.Machine.Memory = memory.TotalUsableBytes
	h.fact("cores", "/proc/cpuinfo and /sys/devices/system/cpu", "%d", h.Machine.Cores)
	h.fact("memory", "/proc/meminfo", "%s", sizing.About(h.Machine.Memory))
	if disks, err := ghw.Block(options...); err == nil {
		h.disks(disks.Disks)
	}
	h.limit(limits(root))
	return h, nil
}

// disks adds up the local disks that hold no part of the system: those are what
// segments are kept on. Each is counted once, however it is cut.
func (h *Host) disks(list []*block.Disk) {
	for _, d := range list {
		kind := diskKind(d)
		if kind == "" || d.SizeBytes < 10_000_000_000 {
			continue
		}
		use := "free for segments"
		if holdsSystem(d) {
			use = "holds the system, not counted"
		} else {
			h.Machine.Disks = append(h.Machine.Disks, sizing.Disk{Size: int64(d.SizeBytes)})
		}
		h.fact("disk "+d.Name, path.Join("/sys/block", d.Name), "%s %s, %s", sizing.About(int64(d.SizeBytes)), kind, use)
	}
}

func diskKind(d *block.Disk) string {
	switch {
	case d.IsRemovable, strings.HasPrefix(d.Name, "loop"), strings.HasPrefix(d.Name, "ram"), strings.HasPrefix(d.Name, "zram"),
		strings.HasPrefix(d.Name, "dm-"), strings.HasPrefix(d.Name, "md"), strings.HasPrefix(d.Name, "nbd"), strings.HasPrefix(d.Name, "sr"):
		return "" // no disk of its own
	case strings.HasPrefix(d.Name, "nvme"):
		return "NVMe"
	case d.DriveType == block.DriveTypeSSD:
		return "SSD"
	case d.DriveType == block.DriveTypeHDD:
		return "spinning disk"
	case strings.HasPrefix(d.Name, "vd"), strings.HasPrefix(d.Name, "xvd"), strings.HasPrefix(d.Name, "sd"):
		return "virtual disk"
	}
	return ""
}

// holdsSystem reports whether a disk has the root file system or a part of the
// boot process on it.
func holdsSystem(d *block.Disk) bool {
	for _, p := range d.Partitions {
		if p.MountPoint == "/" || strings.HasPrefix(p.MountPoint, "/boot") || p.MountPoint == "/etc/hosts" {
			return true
		}
	}
	return false
}

// limit applies what the container may have at most.
func (h *Host) limit(l limit) {
	if l.memory > 0 && l.memory < h.Machine.Memory {
		h.Machine.Memory = l.memory
		h.fact("memory limit", l.memoryFrom, "%s", sizing.About(l.memory))
	}
	if l.cores > 0 && l.cores < h.Machine.Cores {
		h.Machine.Cores = l.cores
		h.fact("core limit", l.coresFrom, "%d", l.cores)
	}
}
