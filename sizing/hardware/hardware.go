// Package hardware finds out what the machine has that the command runs on.
//
// Cores, memory and disks are what ghw reads from /proc and /sys. ghw reports
// the host's, so three things correct it:
//
//   - Control groups, of version 1 and 2: the smallest limit of the group that
//     the process is in and of all groups around it counts, because what is set
//     closer to the root cannot be overridden from further away (Linux,
//     Documentation/admin-guide/cgroup-v2.rst). Java counts as this package
//     does: a quota of 1.5 cores is 2 (CgroupUtil::processor_count, ceilf), the
//     CPUs of a cpuset are those it may run on (get_active_processor_count,
//     sched_getaffinity), and a limit of memory above what the host has is none
//     (CgroupV1Subsystem::read_memory_limit_in_bytes; all in OpenJDK's
//     hotspot/os/linux). It looks at groups around its own since
//     CgroupUtil::adjust_controller; one that does not is bound by them all the
//     same. memory.high throttles and limits nothing, and Java does not read it:
//     it is shown, not applied.
//   - Huge pages that are reserved: no heap gets them without
//     -XX:+UseLargePages, which Druid's own flags do not have.
//   - File systems: segments are files, so a disk counts with what is mounted of
//     it. A partition, an LVM volume and a RAID device count with their own size,
//     and the disks below them not again. The system's own do not count, unless
//     there is nothing else. A disk that holds nothing yet counts where the
//     machine is ours, and not in a container, which sees the disks of its host.
//
// Every value comes with the file that it was read from. What cannot be read, or
// makes no sense, limits nothing.
package hardware

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/jaypipes/ghw"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

// Fact is one thing that was seen, and where.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Amount is the value as a number, in bytes for memory and disks; 0 where
	// there is none.
	Amount int64 `json:"amount,omitempty"`
	// From is the file or folder that says so.
	From string `json:"from"`
	// Left is set where nothing is computed with it.
	Left bool `json:"left,omitempty"`
}

// Host is what was found.
type Host struct {
	Machine sizing.Machine
	Facts   []Fact
}

func (h *Host) fact(name, from string, amount int64, format string, args ...any) {
	h.Facts = append(h.Facts, Fact{Name: name, Value: fmt.Sprintf(format, args...), Amount: amount, From: from})
}

// leave is a fact that nothing is computed with.
func (h *Host) leave(name, from string, amount int64, format string, args ...any) {
	h.fact(name, from, amount, format, args...)
	h.Facts[len(h.Facts)-1].Left = true
}

// Summary says in sentences what was seen and counts, and what was left out.
func (h *Host) Summary() []string {
	list := []string{"Seen of this machine: " + h.Machine.String() + "."}
	var left []string
	for _, f := range h.Facts {
		if f.Left {
			left = append(left, f.Name+" ("+f.Value+")")
		}
	}
	if len(left) > 0 {
		list = append(list, "Left out: "+strings.Join(left, "; ")+".")
	}
	return list
}

const instead = "say what it has: --cores and --memory, or --instance"

// Detect looks below a root folder: "/" for this machine, or a copy of its /proc
// and /sys. Its error says what could not be found out: that is 0, and the rest is there.
func Detect(root string) (Host, error) {
	var h Host
	if runtime.GOOS != "linux" {
		return h, errors.New("the hardware of a machine can be read on Linux only: " + instead)
	}
	options := []any{ghw.WithChroot(root), ghw.WithDisableWarnings(), ghw.WithDisableTools()}
	unknown := errors.Join(h.cores(root, options), h.memory(root, options))
	h.nodes(root)
	mounts := readMounts(root)
	h.limit(readLimits(root, mounts))
	if info, err := ghw.Block(options...); err == nil {
		h.disks(readVolumes(root, info.Disks, mounts))
		h.used(root)
	}
	return h, unknown
}

func (h *Host) cores(root string, options []any) error {
	cpu, err := ghw.CPU(options...)
	if err != nil {
		return fmt.Errorf("cannot tell the cores of this machine (%w): %s", err, instead)
	}
	if cpu.TotalHardwareThreads == 0 {
		return errors.New("cannot tell the cores of this machine (/sys/devices/system/cpu shows none): " + instead)
	}
	h.Machine.Cores = int64(cpu.TotalHardwareThreads)
	h.fact("cores", "/sys/devices/system/cpu", h.Machine.Cores, "%d", h.Machine.Cores)
	h.threads(root, cpu)
	return nil
}

// memory is what the kernel has to give, MemTotal, and not what is plugged in.
// For the latter ghw reads a file for each block of memory, or the system's logs:
// it is shown neither.
func (h *Host) memory(root string, options []any) error {
	const none = "/nonexistent"
	memory, err := ghw.Memory(append(options[:len(options):len(options)], ghw.WithPathOverrides(ghw.PathOverrides{"/sys": none, "/var": none}))...)
	if err != nil {
		return fmt.Errorf("cannot tell the memory of this machine (%w): %s", err, instead)
	}
	h.Machine.Memory = memory.TotalUsableBytes
	h.fact("memory", "/proc/meminfo", h.Machine.Memory, "%s", text.About(h.Machine.Memory))
	huge := max(memory.TotalHugePageBytes, defaultHugePages(root))
	if huge > 0 && huge < h.Machine.Memory {
		h.Machine.Memory -= huge
		h.fact("huge pages", "/proc/meminfo", huge, "%s, which heaps get with -XX:+UseLargePages only: %s are left", text.About(huge), text.About(h.Machine.Memory))
	}
	return nil
}

// defaultHugePages is what pages of the default size take: old kernels have no
// line Hugetlb with what those of all sizes take.
func defaultHugePages(root string) int64 {
	values := map[string]int64{}
	for line := range strings.Lines(readText(root, "/proc/meminfo")) {
		if fields := strings.Fields(line); len(fields) > 1 {
			if n, err := strconv.ParseInt(fields[1], 10, 32); err == nil {
				values[fields[0]] = n
			}
		}
	}
	return values["HugePages_Total:"] * values["Hugepagesize:"] << 10
}

// limit applies what the control groups leave.
func (h *Host) limit(l limits) {
	for _, g := range l.groups {
		h.fact("control group", "/proc/self/cgroup", 0, "%s", g)
	}
	m := &h.Machine
	if n := l.cores.value; n > 0 && n < m.Cores {
		seen := fmt.Sprint(n)
		if part := l.quota.value; part > 0 && part < n*1000 {
			m.CPU = part
			seen = fmt.Sprintf("%s of CPU, which Java counts as %d", sizing.CPUs(part), n)
		}
		h.fact("core limit", l.cores.from, n, "%s: the host has %d", seen, m.Cores)
		m.Cores = n
	}
	if n := l.memory.value; n > 0 && n < m.Memory {
		h.fact("memory limit", l.memory.from, n, "%s: the host has %s", text.About(n), text.About(m.Memory))
		m.Memory = n
	}
	if n := l.high.value; n > 0 && n < m.Memory {
		h.leave("memory throttle", l.high.from, n, "above %s the kernel slows the processes down; not applied", text.About(n))
	}
}

// readText is what a file says, or nothing.
func readText(root, name string) string {
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}
