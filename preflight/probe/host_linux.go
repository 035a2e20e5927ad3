package probe

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/sizing/hardware"
)

// settings are the files of the kernel that checks look at.
var settings = []string{
	"/proc/sys/vm/max_map_count", "/proc/sys/vm/swappiness", "/proc/sys/vm/overcommit_memory", "/proc/sys/fs/file-max",
	"/proc/sys/kernel/random/entropy_avail", "/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max",
	"/proc/sys/net/ipv4/ip_local_port_range", "/proc/sys/net/ipv4/ip_unprivileged_port_start", "/proc/sys/net/core/somaxconn",
	"/sys/kernel/mm/transparent_hugepage/enabled", "/sys/devices/system/clocksource/clocksource0/current_clocksource",
	"/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
}

// machine is what the kernel tells of the machine whose /proc and /sys lie below a
// root folder.
func machine(root string) *facts.Machine {
	h, _ := hardware.Detect(root) // what it cannot tell is 0
	files := below{root, map[string]string{}}
	m := &facts.Machine{
		UID: os.Getuid(), User: strconv.Itoa(os.Getuid()), PageSize: int64(os.Getpagesize()), Cores: h.Machine.Cores,
		Memory: h.Machine.Memory, MemoryFrom: "/proc/meminfo", Settings: map[string]string{}, Clock: clock(), TimeZone: files.timeZone(),
		Unix: time.Now().UnixMilli(), TimeServers: files.timeServers(), Unread: files.unread, Container: files.container(),
	}
	for _, f := range h.Facts {
		if f.Name == "memory limit" {
			m.MemoryFrom = f.From
		}
	}
	for _, path := range settings {
		if text := files.text(path); text != "" {
			m.Settings[path] = text
		}
	}
	name(m)
	files.tables(m)
	return m
}

// below are the files below a root folder, and why some of them could not be read.
type below struct {
	root   string
	unread map[string]string
}

// text is what a file says; nothing where it is not there.
func (b below) text(path string) string {
	text, err := os.ReadFile(filepath.Join(b.root, path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.unread[path] = err.Error()
	}
	return strings.TrimSpace(string(text))
}

// table is what a file says that is never empty. One that is not there says that the kernel
// has no such thing.
func (b below) table(path string) string {
	text := b.text(path)
	if _, err := os.Stat(filepath.Join(b.root, path)); text == "" && err == nil && b.unread[path] == "" {
		b.unread[path] = path + " is empty"
	}
	return text
}

// container reports whether this is one: by a file of Docker or Podman, or a variable of
// Kubernetes or systemd.
func (b below) container() bool {
	return len(b.glob("/.dockerenv")) > 0 || len(b.glob("/run/.containerenv")) > 0 || os.Getenv("KUBERNETES_SERVICE_HOST") != "" || os.Getenv("container") != ""
}

// glob are the files that fit a pattern, without the root.
func (b below) glob(pattern string) []string {
	list, _ := filepath.Glob(filepath.Join(b.root, pattern))
	for i, path := range list {
		list[i] = strings.TrimPrefix(path, strings.TrimSuffix(b.root, "/"))
	}
	return list
}

// tables reads the lists and tables.
func (b below) tables(m *facts.Machine) {
	memory := memoryInfo(b.table("/proc/meminfo"))
	m.Available, m.CommitLimit, m.Committed = memory["MemAvailable"], memory["CommitLimit"], memory["Committed_AS"]
	for i, line := range strings.Split(b.table("/proc/swaps"), "\n") {
		if fields := strings.Fields(line); i > 0 && len(fields) > 0 {
			m.Swaps = append(m.Swaps, fields[0])
		}
	}
	m.NUMANodes = len(b.glob("/sys/devices/system/node/node[0-9]*"))
	m.Limits = b.limits("self")
	m.Sockets, m.Units = b.sockets(), b.units()
}

// memoryInfo reads /proc/meminfo into bytes.
func memoryInfo(text string) map[string]int64 {
	values := map[string]int64{}
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(line, ":")
		if fields := strings.Fields(rest); len(fields) > 0 {
			n, _ := strconv.ParseInt(fields[0], 10, 64)
			values[name] = n << 10
		}
	}
	return values
}

// limits reads /proc/PID/limits, where a name may have blanks and columns are two
// blanks apart. Of this process they are those of a service that was started in its place,
// but for the soft limit of open files, which a program in Go raises.
func (b below) limits(pid string) map[string]facts.Limit {
	from := "/proc/" + pid + "/limits"
	list := map[string]facts.Limit{}
	for line := range strings.Lines(b.table(from)) {
		for name, key := range map[string]string{"Max open files": "nofile", "Max processes": "nproc", "Max locked memory": "memlock", "Max address space": "as", "Max file size": "fsize"} {
			if rest, ok := strings.CutPrefix(line, name); ok {
				if fields := strings.Fields(rest); len(fields) >= 2 {
					list[key] = facts.Limit{Soft: limit(fields[0]), Hard: limit(fields[1]), From: from}
				}
			}
		}
	}
	return list
}

func limit(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// clock asks the kernel whether something keeps its clock right, which anybody may.
func clock() facts.Clock {
	const unsynchronized = 0x40 // STA_UNSYNC
	var t syscall.Timex
	if _, err := syscall.Adjtimex(&t); err != nil {
		return facts.Clock{}
	}
	return facts.Clock{Known: true, Synchronized: t.Status&unsynchronized == 0, MaxErrorMS: int64(t.Maxerror) / 1000}
}

// timeZone is TZ, else what /etc/localtime is a link to, else /etc/timezone, else what
// /etc/localtime says, where it is a copy.
func (b below) timeZone() facts.Zone {
	zone := facts.Zone{Name: os.Getenv("TZ"), From: "TZ"}
	if zone.Name == "" {
		link, _ := os.Readlink(filepath.Join(b.root, "etc/localtime"))
		_, zone.Name, _ = strings.Cut(link, "zoneinfo/")
		zone.From = "/etc/localtime"
	}
	if zone.Name == "" {
		zone.Name, zone.From = b.text("/etc/timezone"), "/etc/timezone"
	}
	if zone.Name == "" {
		return b.copiedZone()
	}
	switch strings.TrimPrefix(strings.TrimPrefix(zone.Name, ":"), "Etc/") {
	case "UTC", "UCT", "Universal", "Zulu", "GMT", "UTC0", "GMT0":
		zone.UTC = true
	}
	return zone
}

// copiedZone is what /etc/localtime calls the time of now.
func (b below) copiedZone() facts.Zone {
	zone := facts.Zone{From: "/etc/localtime"}
	data, err := os.ReadFile(filepath.Join(b.root, zone.From))
	if errors.Is(err, fs.ErrNotExist) {
		return facts.Zone{Name: "UTC", From: "no /etc/localtime", UTC: true}
	}
	if here, bad := time.LoadLocationFromTZData(zone.From, data); err == nil && bad == nil {
		zone.Name, _ = time.Now().In(here).Zone()
		zone.UTC = zone.Name == "UTC"
	}
	return zone
}

// timeServers are those that chrony or timesyncd are told to ask.
func (b below) timeServers() []string {
	var list []string
	files := []string{"/etc/chrony.conf", "/etc/chrony/chrony.conf", "/etc/systemd/timesyncd.conf", "/etc/ntp.conf"}
	for _, pattern := range []string{"/etc/chrony/sources.d/*", "/etc/chrony.d/*", "/etc/systemd/timesyncd.conf.d/*"} {
		files = append(files, b.glob(pattern)...)
	}
	for _, path := range files {
		for line := range strings.Lines(b.text(path)) {
			if names, ok := strings.CutPrefix(strings.TrimSpace(line), "NTP="); ok {
				list = append(list, strings.Fields(names)...)
			}
			if fields := strings.Fields(line); len(fields) > 1 && (fields[0] == "server" || fields[0] == "pool" || fields[0] == "peer") {
				list = append(list, fields[1])
			}
		}
	}
	return list
}

// name fills in what the machine and its user are called.
func name(m *facts.Machine) {
	m.Name, _ = os.Hostname()
	if u, err := user.Current(); err == nil {
		m.User = u.Username
	}
	var uts syscall.Utsname
	if syscall.Uname(&uts) == nil {
		m.Kernel, m.Arch = text(uts.Release[:]), text(uts.Machine[:])
	}
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok {
			m.Addresses = append(m.Addresses, ip.IP.String())
		}
	}
}

// text reads a text of C, of signed or of unsigned bytes.
func text[C int8 | uint8](chars []C) string {
	var b strings.Builder
	for _, c := range chars {
		if c == 0 {
			break
		}
		b.WriteByte(byte(c))
	}
	return b.String()
}
