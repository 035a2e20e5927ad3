package hardware

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// limit is the smallest amount that was seen, and where; 0 is no limit.
type limit struct {
	value int64
	from  string
}

func (l *limit) lower(n int64, from string) {
	if n > 0 && (l.value == 0 || n < l.value) {
		*l = limit{n, from}
	}
}

// limits is what control groups leave of a machine.
type limits struct {
	memory, high, cores limit
	// quota is what the CPU may be used for, in thousandths of a core.
	quota  limit
	groups []string
}

// controllers read what a group's folder limits. That of version 2 has no name
// in /proc/self/cgroup.
var controllers = lazy.Value[map[string]func(l *limits, root, dir string)]{New: func() map[string]func(l *limits, root, dir string) {
	return map[string]func(l *limits, root, dir string){
		"": func(l *limits, root, dir string) {
			l.memory.lower(parseAmount(readText(root, dir+"/memory.max")), dir+"/memory.max")
			l.high.lower(parseAmount(readText(root, dir+"/memory.high")), dir+"/memory.high")
			quota, period, _ := strings.Cut(readText(root, dir+"/cpu.max"), " ")
			l.cores.lower(quotaCores(quota, period), dir+"/cpu.max")
			l.quota.lower(quotaPart(quota, period), dir+"/cpu.max")
			l.cores.lower(countCPUs(readText(root, dir+"/cpuset.cpus.effective")), dir+"/cpuset.cpus.effective")
		},
		"memory": func(l *limits, root, dir string) {
			l.memory.lower(parseAmount(readText(root, dir+"/memory.limit_in_bytes")), dir+"/memory.limit_in_bytes")
			// The kernel's own sum knows groups around a container that it cannot see.
			l.memory.lower(hierarchicalLimit(readText(root, dir+"/memory.stat")), dir+"/memory.stat")
		},
		"cpu": func(l *limits, root, dir string) {
			quota, period := readText(root, dir+"/cpu.cfs_quota_us"), readText(root, dir+"/cpu.cfs_period_us")
			l.cores.lower(quotaCores(quota, period), dir+"/cpu.cfs_quota_us")
			l.quota.lower(quotaPart(quota, period), dir+"/cpu.cfs_quota_us")
		},
		"cpuset": func(l *limits, root, dir string) {
			l.cores.lower(countCPUs(readText(root, dir+"/cpuset.cpus")), dir+"/cpuset.cpus")
		},
	}
}}

// readLimits reads the control groups of this process, of either version, and of
// every group around them.
func readLimits(root string, mounts []mount) limits {
	var l limits
	for _, g := range parseGroups(readText(root, "/proc/self/cgroup")) {
		for _, controller := range g.controllers {
			read, known := controllers.Get()[controller]
			if !known {
				continue
			}
			dirs := groupDirs(mounts, controller, g.path)
			for _, dir := range dirs {
				read(&l, root, dir)
			}
			if len(dirs) > 0 {
				l.groups = append(l.groups, strings.TrimSpace(controller+" "+dirs[0]))
			}
		}
	}
	return l
}

// group is a line of /proc/self/cgroup.
type group struct {
	controllers []string
	path        string
}

// parseGroups reads lines such as "4:cpu,cpuacct:/docker/3f2a", or "0::/" of
// version 2.
func parseGroups(text string) []group {
	var list []group
	for line := range strings.Lines(text) {
		if fields := strings.SplitN(strings.TrimSpace(line), ":", 3); len(fields) == 3 {
			list = append(list, group{strings.Split(fields[1], ","), fields[2]})
		}
	}
	return list
}

// groupDirs are the folders of a group and of those around it, as far as they
// are mounted here, from the inside out. A container may have its group's folder
// mounted under a path that does not lead to it, or be outside of its own
// namespace ("/../.."): then what is mounted is taken for its own, as Java does
// (CgroupUtil::adjust_controller).
func groupDirs(mounts []mount, controller, group string) []string {
	var dirs, points []string
	for _, m := range mounts {
		if !m.controls(controller) {
			continue
		}
		points = append(points, m.point)
		if inner, ok := below(m.root, group); ok {
			for ; inner != "/"; inner = path.Dir(inner) {
				dirs = append(dirs, m.point+inner)
			}
			dirs = append(dirs, m.point)
		}
	}
	if len(dirs) == 0 && len(points) > 0 {
		return points[:1]
	}
	return dirs
}

// controls reports whether the files of a controller are mounted.
func (m mount) controls(controller string) bool {
	if controller == "" {
		return m.kind == "cgroup2"
	}
	return m.kind == "cgroup" && slices.Contains(m.super, controller)
}

// below is the path of a group from the group that is mounted.
func below(root, group string) (string, bool) {
	if !strings.HasPrefix(group, "/") || slices.Contains(strings.Split(root+"/"+group, "/"), "..") {
		return "", false
	}
	root, group = path.Clean(root), path.Clean(group)
	switch {
	case root == "/":
		return group, true
	case root == group:
		return "/", true
	case strings.HasPrefix(group, root+"/"):
		return group[len(root):], true
	}
	return "", false
}

// parseAmount is 0 for "max" and for what is no number.
func parseAmount(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return max(0, n)
}

// quotaCores counts a part of a core as a whole one, as Java does.
func quotaCores(quota, period string) int64 {
	q, p := parseAmount(quota), parseAmount(period)
	if q == 0 || p == 0 {
		return 0
	}
	return (q-1)/p + 1
}

// quotaPart is a quota in thousandths of a core.
func quotaPart(quota, period string) int64 {
	q, p := parseAmount(quota), parseAmount(period)
	if q == 0 || p == 0 || q > 1<<50 {
		return 0
	}
	return max(1, q*1000/p)
}

// hierarchicalLimit finds the smallest limit of all groups in a memory.stat.
func hierarchicalLimit(stat string) int64 {
	for line := range strings.Lines(stat) {
		if name, value, _ := strings.Cut(strings.TrimSpace(line), " "); name == "hierarchical_memory_limit" {
			return parseAmount(value)
		}
	}
	return 0
}

// countCPUs counts a list such as "0-3,8"; 0 where it is none.
func countCPUs(list string) int64 {
	var n int64
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		a, errFirst := strconv.ParseUint(first, 10, 31)
		b, errLast := strconv.ParseUint(last, 10, 31)
		if errFirst != nil || errLast != nil || b < a {
			return 0
		}
		n += int64(b-a) + 1
	}
	return n
}
