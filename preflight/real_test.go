package preflight_test

import (
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight"
)

// File systems that hang, that nobody serves any more, and that are of the network.
func TestFileSystems(t *testing.T) {
	if !inside(t, ":") {
		return
	}
	dir := os.Getenv("PREFLIGHT_DIR")
	mountFUSE(t, dir+"/hangs", "fuse.sshfs", hangs)
	mountFUSE(t, dir+"/far", "fuse.sshfs", empty)
	mountFUSE(t, dir+"/near", "fuse", empty)

	s := cache(t, dir+"/hangs/cache", 1<<30)
	s.o.Timeout = time.Second
	s.files["conf/druid/historical/jvm.config"] += "-Djava.io.tmpdir=" + dir + "/hangs/tmp\n"
	begin := time.Now()
	for _, check := range []string{"live-mount", "live-disk", "live-inodes", "live-folders", "live-tmp"} {
		requireOne(t, s.run(t, check), check, finding.CannotSay, "in time")
	}
	require.Less(t, time.Since(begin), 30*time.Second)

	r := cache(t, dir+"/far", 1<<30).run(t, "live-mount", "live-inodes", "live-disk")
	requireOne(t, r, "live-mount", finding.Warn, "fuse.sshfs")
	requireOne(t, r, "live-inodes", finding.Pass, "when they are needed")
	requireOne(t, r, "live-disk", finding.Pass, "64 GiB free")
	requireOne(t, cache(t, dir+"/near", 1<<30).run(t, "live-mount"), "live-mount", finding.Pass, "fuse")

	deep := func(path string) *finding.Report {
		s := newSetup(t, "druid.storage.type=local\ndruid.storage.storageDirectory="+path+"\n")
		s.o.Roles, s.o.Timeout = []string{"historical"}, time.Second
		return s.run(t, "live-shared-storage")
	}
	requireOne(t, deep(dir+"/far"), "live-shared-storage", finding.Pass, "filer:/druid")
	requireOne(t, deep(dir), "live-shared-storage", finding.Fail, "")
	requireOne(t, deep(dir+"/hangs/deep"), "live-shared-storage", finding.CannotSay, "in time")

	s = newSetup(t, "druid.metadata.storage.type=mysql\n")
	s.files[common] = strings.Replace(s.files[common], "[]", `["mysql-metadata-storage"]`, 1)
	mountFUSE(t, s.dir+"/extensions/mysql-metadata-storage", "fuse.sshfs", dead)
	r = s.run(t, "live-extensions", "live-jdbc-driver")
	requireOne(t, r, "live-extensions", finding.CannotSay, "not connected")
	requireOne(t, r, "live-jdbc-driver", finding.CannotSay, "not connected")
}

// A user that may not bind all ports, in a network where few are free.
func TestLowPort(t *testing.T) {
	if !inside(t, `ip link set lo up
exec setpriv --bounding-set=-net_bind_service "$0" -test.run '^TestLowPort$' -test.v`) {
		return
	}
	s := newSetup(t, "")
	s.o.Roles = []string{"historical"}
	s.files["conf/druid/historical/runtime.properties"] = "druid.plaintextPort=83\n"
	requireOne(t, s.run(t, "live-ports-free"), "live-ports-free", finding.CannotSay, "only root")
}

// A kernel that calls itself old.
func TestOldKernel(t *testing.T) {
	if !inside(t, `echo 100 > $PREFLIGHT_DIR/entropy; mount --bind $PREFLIGHT_DIR/entropy /proc/sys/kernel/random/entropy_avail
exec setarch --uname-2.6 "$0" -test.run '^TestOldKernel$' -test.v`) {
		return
	}
	s := newSetup(t, "")
	requireOne(t, s.run(t, "live-entropy"), "live-entropy", finding.Warn, "100 bits, Linux 2.6")
	require.NoError(t, os.WriteFile(os.Getenv("PREFLIGHT_DIR")+"/entropy", []byte("3000\n"), 0o644))
	requireOne(t, s.run(t, "live-entropy"), "live-entropy", finding.Pass, "3000 bits")
	require.NoError(t, os.WriteFile(os.Getenv("PREFLIGHT_DIR")+"/entropy", nil, 0o644))
	requireOne(t, s.run(t, "live-entropy"), "live-entropy", finding.CannotSay, "cannot be read")
}

// Limits and memory are what files of the kernel say, which the test has put over them.
func TestLimits(t *testing.T) {
	if !inside(t, `put() { echo "$2" > $PREFLIGHT_DIR/$1; mount --bind $PREFLIGHT_DIR/$1 $3; }
put limits "" /proc/$$/limits
put meminfo "MemTotal: 8388608 kB
MemAvailable: 8000000 kB" /proc/meminfo
put swaps "Filename Type Size Used Priority" /proc/swaps
put overcommit "" /proc/sys/vm/overcommit_memory
put clock "" /sys/devices/system/clocksource/clocksource0/current_clocksource`) {
		return
	}
	put := func(file, text string) {
		require.NoError(t, os.WriteFile(os.Getenv("PREFLIGHT_DIR")+"/"+file, []byte(text), 0o644))
	}
	s := newSetup(t, "")
	s.o.Roles = []string{"historical"}
	both := func(files, processes string) {
		put("limits", "Limit                     Soft Limit           Hard Limit           Units\n"+
			"Max processes             "+processes+"                 "+processes+"                 processes\n"+
			"Max open files            "+files+"                 "+files+"                 files\n")
	}
	for _, c := range []struct {
		files, processes string
		nofile, nproc    finding.Verdict
	}{
		{"1000000", "unlimited", finding.Pass, finding.Pass},
		{"20000", "1024", finding.Warn, finding.Warn},
		{"1024", "4096", finding.Fail, finding.Pass},
	} {
		both(c.files, c.processes)
		r := s.run(t, "live-nofile", "live-nproc")
		requireOne(t, r, "live-nofile", c.nofile, c.files)
		requireOne(t, r, "live-nproc", c.nproc, c.processes)
	}
	put("limits", "")
	r := s.run(t, "live-nofile", "live-nproc")
	requireOne(t, r, "live-nofile", finding.CannotSay, "limits is empty")
	requireOne(t, r, "live-nproc", finding.CannotSay, "limits is empty")

	for megabytes, want := range map[int]finding.Verdict{8192: finding.Pass, 760: finding.Warn, 600: finding.Fail} {
		put("meminfo", fmt.Sprintf("MemTotal: %d kB\nMemAvailable: %d kB\n", megabytes<<10, megabytes<<10))
		requireOne(t, s.run(t, "live-memory"), "live-memory", want, "/proc/meminfo")
	}
	nobody := newSetup(t, "")
	requireOne(t, nobody.run(t, "live-memory"), "live-memory", finding.CannotSay, "--role")
	requireOne(t, s.run(t, "live-overcommit"), "live-overcommit", finding.CannotSay, "cannot be read")
	requireOne(t, s.run(t, "live-cpu"), "live-cpu", finding.CannotSay, "current_clocksource cannot be read")
	put("clock", "tsc\n")
	requireOne(t, s.run(t, "live-cpu"), "live-cpu", finding.Pass, "tsc")

	// What one file does not tell the checks of other files do not need.
	put("meminfo", "")
	put("swaps", "")
	put("overcommit", "2\n")
	for check, want := range map[string]string{"live-memory": "/proc/meminfo is empty", "live-overcommit": "/proc/meminfo is empty", "live-swap": "/proc/swaps is empty"} {
		requireOne(t, s.run(t, check), check, finding.CannotSay, want)
	}
	both("1000000", "unlimited")
	for _, check := range []string{"live-nofile", "live-nproc", "live-cpu", "live-time-zone"} {
		requireOne(t, s.run(t, check), check, finding.Pass, "")
	}
}

func TestTimeZone(t *testing.T) {
	s := newSetup(t, "")
	s.o.Roles = []string{"historical"}
	s.files["conf/druid/historical/jvm.config"] = "-Xmx256m\n"
	for zone, want := range map[string]finding.Verdict{"Etc/UTC": finding.Pass, "Europe/Berlin": finding.Warn} {
		t.Setenv("TZ", zone)
		requireOne(t, s.run(t, "live-time-zone"), "live-time-zone", want, zone)
	}
}

// Hosts that were gathered, with a time server whose clock moves in between: as far as
// they see, it is theirs that differ.
func TestGathered(t *testing.T) {
	t.Parallel()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	var ahead atomic.Int64
	go answerTime(conn, func() time.Duration { return time.Duration(ahead.Load()) })
	s := newSetup(t, "")
	s.o.TimeServers = []string{conn.LocalAddr().String()}
	requireOne(t, s.run(t, "live-clock-offset"), "live-clock-offset", finding.Pass, "")
	one := s.gather(t, "data1", "data")

	desk := func(second *setup) *setup {
		s := newSetup(t, "")
		s.o.Hosts, s.gathered = []preflight.Host{one, second.gather(t, "data2", "data")}, true
		return s
	}
	for off, want := range map[time.Duration]finding.Verdict{0: finding.Pass, 5 * time.Second: finding.Warn, 2 * time.Minute: finding.Fail} {
		ahead.Store(int64(off))
		requireOne(t, desk(s).run(t, "live-same-clock"), "live-same-clock", want, "apart")
	}
	r := desk(s).run(t, "live-same-files")
	requireOne(t, r, "live-same-files", finding.Pass, "the same")
	other := newSetup(t, "druid.startup.logging.logProperties=true\n")
	requireOne(t, desk(other).run(t, "live-same-files"), "live-same-files", finding.Warn, "")
	requireOne(t, desk(other).run(t, "live-same-clock"), "live-same-clock", finding.CannotSay, "--time-server")

	// One that was gathered with a choice of checks has no files in it.
	only := newSetup(t, "")
	only.o.Only = []string{"live-swap"}
	require.Contains(t, rows(desk(only).run(t, "live-same-files"), "live-same-files"), "unknown data2: its files were not gathered")
}

// A port that root may bind says nothing of another user.
func TestPortOfRoot(t *testing.T) {
	if !inside(t, "ip link set lo up") {
		return
	}
	s := newSetup(t, "")
	s.o.Roles, s.o.User = []string{"historical"}, "nobody"
	s.files["conf/druid/historical/runtime.properties"] = "druid.plaintextPort=83\n"
	requireOne(t, s.run(t, "live-ports-free"), "live-ports-free", finding.CannotSay, "below 1024")
	require.NoError(t, os.WriteFile("/proc/sys/net/ipv4/ip_unprivileged_port_start", []byte("80"), 0))
	requireOne(t, s.run(t, "live-ports-free"), "live-ports-free", finding.Pass, "free")
}
