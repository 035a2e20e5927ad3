package preflight_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
)

// The kernel of the machine of the test, and what it would be on another.
func TestKernel(t *testing.T) {
	t.Parallel()
	real := answered(t, "host", facts.Question{Host: &facts.Host{}})
	require.Nil(t, real.Problem)
	require.NotEmpty(t, real.Host.Addresses)
	with := func(change func(m *facts.Machine)) *setup {
		m := *real.Host
		m.Settings = map[string]string{
			"/proc/sys/vm/max_map_count": "262144", "/proc/sys/vm/swappiness": "60", "/proc/sys/vm/overcommit_memory": "0",
			"/sys/kernel/mm/transparent_hugepage/enabled":                      "always [madvise] never",
			"/sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc",
			"/proc/sys/kernel/random/entropy_avail":                            "256",
		}
		m.Limits = map[string]facts.Limit{"nofile": {Soft: 1024, Hard: 65536, From: "/proc/self/limits"}, "nproc": {Soft: -1, Hard: -1, From: "/proc/self/limits"}}
		m.Kernel, m.Swaps, m.Units, m.Memory, m.MemoryFrom = "6.1.0-13-amd64", nil, nil, 8<<30, "/proc/meminfo"
		m.Clock, m.TimeZone = facts.Clock{Known: true, Synchronized: true, MaxErrorMS: 3}, facts.Zone{Name: "Etc/UTC", From: "/etc/localtime", UTC: true}
		if change != nil {
			change(&m)
		}
		s := newSetup(t, "")
		s.o.Roles = []string{"data"}
		s.answers = map[string]facts.Answer{"host": {Host: &m}}
		return s
	}
	set := func(path, value string) func(*facts.Machine) {
		return func(m *facts.Machine) { m.Settings[path] = value }
	}
	const mapCount, thp, clocksource = "/proc/sys/vm/max_map_count", "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/devices/system/clocksource/clocksource0/current_clocksource"
	unread := func(path string) func(*facts.Machine) {
		return func(m *facts.Machine) {
			m.Unread = map[string]string{path: "open " + path + ": permission denied"}
		}
	}
	for _, c := range []struct {
		check   string
		change  func(*facts.Machine)
		verdict finding.Verdict
		current string
	}{
		{"live-max-map-count", nil, finding.Pass, "262144"},
		{"live-max-map-count", set(mapCount, "65530"), finding.Warn, "65530"},
		{"live-max-map-count", set(mapCount, ""), finding.CannotSay, "cannot be read"},
		{"live-swap", nil, finding.Pass, "none"},
		{"live-swap", func(m *facts.Machine) { m.Swaps = []string{"/dev/sda2"} }, finding.Warn, "/dev/sda2"},
		{"live-swap", func(m *facts.Machine) { m.Swaps = []string{"/dev/sda2"}; m.Settings["/proc/sys/vm/swappiness"] = "1" }, finding.Pass, "swappiness 1"},
		{"live-transparent-huge-pages", nil, finding.Pass, "madvise"},
		{"live-transparent-huge-pages", set(thp, "[always] madvise never"), finding.Warn, "always"},
		{"live-transparent-huge-pages", set(thp, ""), finding.CannotSay, "cannot be read"},
		{"live-entropy", nil, finding.Pass, "6.1"},
		{"live-entropy", func(m *facts.Machine) {
			m.Kernel = "3.10.0"
			m.Settings["/proc/sys/kernel/random/entropy_avail"] = "90"
		}, finding.Warn, "90 bits"},
		{"live-entropy", func(m *facts.Machine) { m.Kernel = "4.18.0" }, finding.Pass, "256 bits"},
		{"live-entropy", func(m *facts.Machine) { m.Kernel = "" }, finding.CannotSay, ""},
		{"live-cpu", nil, finding.Pass, "tsc"},
		{"live-cpu", set(clocksource, "hpet"), finding.Warn, "hpet"},
		{"live-cpu", set("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave"), finding.Warn, "powersave"},
		{"live-cpu", set(clocksource, ""), finding.CannotSay, ""},
		{"live-nofile", nil, finding.Pass, "65536"},
		{"live-nofile", func(m *facts.Machine) { m.Limits["nofile"] = facts.Limit{Soft: 1024, Hard: 1024, From: "x"} }, finding.Fail, "1024"},
		{"live-nofile", func(m *facts.Machine) { m.Limits["nofile"] = facts.Limit{Soft: 1024, Hard: 20000, From: "x"} }, finding.Warn, "20000"},
		{"live-nofile", func(m *facts.Machine) { m.Limits = nil }, finding.CannotSay, ""},
		{"live-nofile", func(m *facts.Machine) {
			m.Units = []facts.Unit{{Path: "/etc/systemd/system/druid.service", Limits: map[string]string{"nofile": "1024:4096", "nproc": "4096:8192"}}}
		}, finding.Fail, "4096 (/etc/systemd/system/druid.service)"},
		{"live-nproc", nil, finding.Pass, "unlimited"},
		{"live-nproc", func(m *facts.Machine) { m.Limits["nproc"] = facts.Limit{Soft: 1024, From: "x"} }, finding.Warn, "1024"},
		{"live-nproc", func(m *facts.Machine) { m.Limits = nil }, finding.CannotSay, ""},
		{"live-clock", nil, finding.Pass, "within 3 ms"},
		{"live-clock", func(m *facts.Machine) { m.Clock.Synchronized = false }, finding.Warn, "not synchronized"},
		{"live-clock", func(m *facts.Machine) { m.Clock = facts.Clock{} }, finding.CannotSay, ""},
		{"live-time-zone", nil, finding.Pass, "UTC"},
		{"live-time-zone", func(m *facts.Machine) { m.TimeZone = facts.Zone{Name: "Europe/Berlin"} }, finding.Pass, "-Duser.timezone=UTC"},
		{"live-time-zone", func(m *facts.Machine) { m.TimeZone = facts.Zone{From: "/etc/localtime"} }, finding.Pass, "not known (/etc/localtime), every process -Duser.timezone=UTC"},
		{"live-nofile", unread("/etc/systemd/system/druid.service"), finding.CannotSay, "permission denied"},
		{"live-memory", nil, finding.Pass, "8 GiB"},
		{"live-memory", func(m *facts.Machine) { m.Memory = 256 << 20; m.MemoryFrom = "/sys/fs/cgroup/memory.max" }, finding.Fail, "/sys/fs/cgroup/memory.max"},
		{"live-memory", func(m *facts.Machine) { m.Memory = 740 << 20 }, finding.Warn, ""},
		{"live-overcommit", nil, finding.Pass, "overcommit_memory 0"},
		{"live-overcommit", func(m *facts.Machine) {
			m.Settings["/proc/sys/vm/overcommit_memory"], m.CommitLimit, m.Committed = "2", 1<<30, 900<<20
		}, finding.Fail, "left to promise"},
		{"live-overcommit", func(m *facts.Machine) {
			m.Settings["/proc/sys/vm/overcommit_memory"], m.CommitLimit, m.Committed = "2", 64<<30, 1<<30
		}, finding.Warn, "left to promise"},
		{"live-overcommit", set("/proc/sys/vm/overcommit_memory", ""), finding.CannotSay, ""},
	} {
		s := with(c.change)
		if c.current == "cannot be read" {
			for path, text := range s.answers["host"].Host.Settings {
				if text == "" {
					delete(s.answers["host"].Host.Settings, path)
				}
			}
		}
		if c.check == "live-overcommit" && c.verdict == finding.CannotSay {
			delete(s.answers["host"].Host.Settings, "/proc/sys/vm/overcommit_memory")
		}
		requireOne(t, s.run(t, c.check), c.check, c.verdict, c.current)
	}

	// On a single machine few files do: there is little to keep.
	single := with(func(m *facts.Machine) { m.Limits["nofile"] = facts.Limit{Soft: 1024, Hard: 1024, From: "x"} })
	single.deployment = "single"
	requireOne(t, single.run(t, "live-nofile"), "live-nofile", finding.Warn, "1024")

	// Java leaves the soft limit as it is where it is told so.
	soft := with(nil)
	soft.files["conf/druid/historical/jvm.config"] += "-XX:-MaxFDLimit\n"
	requireOne(t, soft.run(t, "live-nofile"), "live-nofile", finding.CannotSay, "ulimit -Sn")

	// Nobody says what runs here.
	s := with(nil)
	s.o.Roles = nil
	requireOne(t, s.run(t, "live-memory"), "live-memory", finding.CannotSay, "--role")

	s = with(func(m *facts.Machine) { m.TimeZone = facts.Zone{Name: "Europe/Berlin"} })
	s.files["conf/druid/historical/jvm.config"] = "-Xmx256m\n"
	requireOne(t, s.run(t, "live-time-zone"), "live-time-zone", finding.Warn, "Europe/Berlin")
	s.answers["host"].Host.TimeZone = facts.Zone{From: "/etc/localtime"}
	requireOne(t, s.run(t, "live-time-zone"), "live-time-zone", finding.CannotSay, "/etc/localtime is neither a link")
}

func TestJava(t *testing.T) {
	home := t.TempDir()
	install := func(version string) string {
		dir := filepath.Join(home, version)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "bin"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "bin/java"), []byte("#!/bin/false\n"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "release"), []byte("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\""+version+"\"\n"), 0o644))
		return dir
	}
	t.Setenv("DRUID_JAVA_HOME", "")
	for version, want := range map[string]finding.Verdict{"17.0.15": finding.Pass, "1.8.0_392": finding.Pass, "25": finding.Warn, "1.7.0_80": finding.Fail, "": finding.CannotSay} {
		t.Setenv("JAVA_HOME", install(version))
		s := newSetup(t, "")
		requireOne(t, s.run(t, "live-java"), "live-java", want, version)
	}
	// DRUID_JAVA_HOME counts before JAVA_HOME, and the tree's own check before the table.
	t.Setenv("DRUID_JAVA_HOME", install("21.0.2"))
	s := newSetup(t, "")
	requireOne(t, s.run(t, "live-java"), "live-java", finding.Warn, "DRUID_JAVA_HOME")
	s.files["bin/verify-java"] = "print STDERR <<\"EOT\";\nDruid requires Java 8, 11 or 17. $current_version_text\n"
	requireOne(t, s.run(t, "live-java"), "live-java", finding.Fail, "21.0.2")
	t.Setenv("DRUID_SKIP_JAVA_CHECK", "1")
	requireOne(t, s.run(t, "live-java"), "live-java", finding.Warn, "21.0.2")
	s.files["bin/verify-java"] = "Druid requires Java 21 or 25. x"
	requireOne(t, s.run(t, "live-java"), "live-java", finding.Pass, "21.0.2")
	t.Setenv("DRUID_JAVA_HOME", t.TempDir())
	requireOne(t, newSetup(t, "").run(t, "live-java"), "live-java", finding.Fail, "/bin/java")
	// None at all.
	t.Setenv("DRUID_JAVA_HOME", "")
	t.Setenv("JAVA_HOME", "")
	t.Setenv("PATH", t.TempDir())
	requireOne(t, newSetup(t, "").run(t, "live-java"), "live-java", finding.Fail, "none")
}
