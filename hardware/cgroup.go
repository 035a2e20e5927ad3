package hardware

import (
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// limit is what control groups leave of a machine; 0 is no limit.
type limit struct {
	memory, cores         int64
	memoryFrom, coresFrom string
}

// mostMemory tells "no limit" of version 1, a huge number, from a limit.
const mostMemory = 1 << 60

// limits reads the control groups of this process, of either version, and of
// every group around them: the smallest counts.
func limits(root string) limit {
	var l limit
	data, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return l
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 {
			continue
		}
		controllers, group := fields[1], fields[2]
		if controllers == "" {
			l.version2(root, "/sys/fs/cgroup", group)
			continue
		}
		for controller := range strings.SplitSeq(controllers, ",") {
			l.version1(root, controller, group)
		}
	}
	return l
}

// upwards calls look for a group and all groups around it.
func upwards(base, group string, look func(dir string)) {
	for group = path.Clean("/" + group); ; group = path.Dir(group) {
		look(base + strings.TrimSuffix(group, "/"))
		if group == "/" {
			return
		}
	}
}

func (l *limit) version2(root, base, group string) {
	upwards(base, group, func(dir string) {
		if n, ok := readNumber(root, dir+"/memory.max"); ok {
			l.lowerMemory(n, dir+"/memory.max")
		}
		if quota, period, ok := strings.Cut(readText(root, dir+"/cpu.max"), " "); ok {
			l.lowerQuota(quota, period, dir+"/cpu.max")
		}
		l.lowerSet(readText(root, dir+"/cpuset.cpus.effective"), dir+"/cpuset.cpus.effective")
	})
}

func (l *limit) version1(root, controller, group string) {
	upwards("/sys/fs/cgroup/"+controller, group, func(dir string) {
		switch controller {
		case "memory":
			if n, ok := readNumber(root, dir+"/memory.limit_in_bytes"); ok {
				l.lowerMemory(n, dir+"/memory.limit_in_bytes")
			}
		case "cpu":
			l.lowerQuota(readText(root, dir+"/cpu.cfs_quota_us"), readText(root, dir+"/cpu.cfs_period_us"), dir+"/cpu.cfs_quota_us")
		case "cpuset":
			l.lowerSet(readText(root, dir+"/cpuset.cpus"), dir+"/cpuset.cpus")
		}
	})
}

func (l *limit) lowerMemory(n int64, from string) {
	if n > 0 && n < mostMemory && (l.memory == 0 || n < l.memory) {
		l.memory, l.memoryFrom = n, from
	}
}

func (l *limit) lowerCores(n int64, from string) {
	if n > 0 && (l.cores == 0 || n < l.cores) {
		l.cores, l.coresFrom = n, from
	}
}

// lowerQuota counts a part of a core as a whole one, as Java does.
func (l *limit) lowerQuota(quota, period, from string) {
	q, err := strconv.ParseInt(quota, 10, 64)
	p, errPeriod := strconv.ParseInt(period, 10, 64)
	if err == nil && errPeriod == nil && q > 0 && p > 0 {
		l.lowerCores((q+p-1)/p, from)
	}
}

// lowerSet counts a list such as 0-3,8.
func (l *limit) lowerSet(list, from string) {
	var n int64
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		a, err := strconv.ParseInt(first, 10, 32)
		if err != nil {
			continue
		}
		b := a
		if isRange {
			if b, err = strconv.ParseInt(last, 10, 32); err != nil {
				continue
			}
		}
		n += max(0, b-a+1)
	}
	l.lowerCores(n, from)
}

func readText(root, name string) string {
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

func readNumber(root, name string) (int64, bool) {
	n, err := strconv.ParseInt(readText(root, name), 10, 64)
	return n, err == nil
}
