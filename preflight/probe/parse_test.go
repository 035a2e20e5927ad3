package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/preflight/facts"
)

func TestParseSrvr(t *testing.T) {
	// As ZooKeeper 3.8.0 of Debian answers, and 3.9.3.
	s, ok := parseSrvr("Zookeeper version: 3.8.0-${mvngit.commit.id}, built on 2024-01-01\nLatency min/avg/max: 0/1.25/12\nReceived: 3\nSent: 2\n" +
		"Connections: 4\nOutstanding: 1\nZxid: 0x200000007\nMode: follower\nNode count: 5\n")
	require.True(t, ok)
	assert.Equal(t, &facts.Stat{Version: "3.8.0", Mode: "follower", Zxid: "0x200000007", Average: 1.25, Outstanding: 1, Connections: 4}, s)
	s, ok = parseSrvr("srvr is not executed because it is not in the whitelist.\n")
	require.True(t, ok)
	assert.True(t, s.Denied)
	s, ok = parseSrvr("This ZooKeeper instance is not currently serving requests\n")
	require.True(t, ok)
	assert.True(t, s.NotServing)
	for _, text := range []string{"", "HTTP/1.1 400 Bad Request\r\n", "-ERR unknown command\r\n"} {
		_, ok = parseSrvr(text)
		assert.False(t, ok, text)
	}
	addConf(s, "clientPort=2181\nminSessionTimeout=4000\nmaxSessionTimeout=40000\nmaxClientCnxns=60\nserver.1=zk1:2888:3888:participant;0.0.0.0:2181\n")
	assert.Equal(t, int64(40000), s.MaxSession)
	assert.Len(t, s.Members, 1)
}

func TestGranted(t *testing.T) {
	grants := func(lines ...string) (rows [][]string) {
		for _, line := range lines {
			rows = append(rows, []string{line})
		}
		return rows
	}
	own := grants("GRANT USAGE ON *.* TO `druid`@`%` IDENTIFIED BY PASSWORD '*X'", "GRANT SELECT, INSERT ON `druid`.* TO `druid`@`%`")
	assert.True(t, granted(own, "druid", "druid_segments", "INSERT"))
	assert.False(t, granted(own, "druid", "druid_segments", "DELETE"))
	assert.False(t, granted(own, "druid2", "druid_segments", "INSERT"))
	assert.True(t, granted(grants("GRANT ALL PRIVILEGES ON `dru%`.* TO `d`@`%`"), "druid", "", "CREATE"))
	assert.False(t, granted(grants(`GRANT ALL PRIVILEGES ON `+"`my\\_db`"+`.* TO x`), "myxdb", "", "CREATE"))
	assert.True(t, granted(grants(`GRANT ALL PRIVILEGES ON `+"`my\\_db`"+`.* TO x`), "my_db", "", "CREATE"))
	assert.True(t, granted(grants("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"), "druid", "t", "DELETE"))
	assert.True(t, granted(grants("GRANT DELETE ON `druid`.`druid_rules` TO x"), "druid", "druid_rules", "DELETE"))
	assert.False(t, granted(grants("GRANT DELETE ON `druid`.`druid_rules` TO x"), "druid", "", "DELETE"))
	assert.False(t, granted(nil, "druid", "", "DELETE"))
}

func TestMajor(t *testing.T) {
	for version, want := range map[string]int{"17.0.15": 17, "1.8.0_392": 8, "25": 25, "9-ea": 9, "": 0, "x": 0} {
		assert.Equal(t, want, major(version), version)
	}
}

func TestHexAddress(t *testing.T) {
	for text, want := range map[string]string{
		"0100007F:1F90": "127.0.0.1 8080", "00000000:0050": "0.0.0.0 80", "00000000000000000000000001000000:1F90": "::1 8080",
		"0000000000000000FFFF00000100007F:1F90": "127.0.0.1 8080",
	} {
		address, port, ok := hexAddress(text)
		require.True(t, ok, text)
		assert.Equal(t, want, fmt.Sprint(address, " ", port))
	}
	for _, text := range []string{"", "01:1", "0100007F", "zz00007F:1F90", ":"} {
		_, _, ok := hexAddress(text)
		assert.False(t, ok, text)
	}
}

func TestIni(t *testing.T) {
	text := "[default]\naws_access_key_id = AK1\n[other]\naws_access_key_id=AK2\n# [default]\n"
	assert.Equal(t, "AK1", ini(text, "default")["aws_access_key_id"])
	assert.Equal(t, "AK2", ini(text, "other")["aws_access_key_id"])
	assert.Empty(t, ini(text, "none"))
}

// A copy of another machine's files.
func TestMachineBelowARoot(t *testing.T) {
	root := t.TempDir()
	write := func(path, text string) {
		full := filepath.Join(root, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	}
	write("etc/systemd/system/druid-historical.service", "[Service]\nUser=druid\nLimitNOFILE=4096\nExecStart=/opt/druid/bin/run-druid historical\n")
	write("etc/systemd/system/druid-historical.service.d/more.conf", "[Service]\nLimitNOFILE=65536\n")
	write("etc/systemd/system/sshd.service", "[Service]\nExecStart=/usr/sbin/sshd\n")
	files := below{root, map[string]string{}}
	list := files.units()
	require.Len(t, list, 1)
	assert.Equal(t, facts.Unit{Path: "/etc/systemd/system/druid-historical.service", User: "druid", Limits: map[string]string{"nofile": "65536"}}, list[0])

	write("etc/chrony/chrony.conf", "pool 2.debian.pool.example iburst\n# server no\n")
	write("etc/systemd/timesyncd.conf", "[Time]\nNTP=a.example b.example\n")
	assert.Equal(t, []string{"2.debian.pool.example", "a.example", "b.example"}, files.timeServers())

	t.Setenv("TZ", "")
	require.NoError(t, os.Symlink("/usr/share/zoneinfo/Europe/Berlin", filepath.Join(root, "etc/localtime")))
	assert.Equal(t, facts.Zone{Name: "Europe/Berlin", From: "/etc/localtime"}, files.timeZone())
	t.Setenv("TZ", "UTC")
	assert.True(t, files.timeZone().UTC)

	write("proc/7/limits", "Limit                     Soft Limit           Hard Limit           Units     \nMax processes             unlimited            100                  processes \nMax open files            1024                 20000                files     \n")
	l := files.limits("7")
	assert.Equal(t, int64(1024), l["nofile"].Soft)
	assert.Equal(t, int64(-1), l["nproc"].Soft)

	write("proc/net/tcp", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"+
		"   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   998        0 12345 1 0 100 0 0 10 0\n"+
		"   1: 0100007F:0CEB 00000000:0000 01 00000000:00000000 00:00000000 00000000   998        0 12346 1 0 100 0 0 10 0\n")
	write("proc/9/cmdline", "java\x00-cp\x00x\x00org.apache.druid.cli.Main\x00server\x00historical\x00")
	require.NoError(t, os.MkdirAll(filepath.Join(root, "proc/9/fd"), 0o755))
	require.NoError(t, os.Symlink("socket:[12345]", filepath.Join(root, "proc/9/fd/3")))
	assert.Equal(t, []facts.Socket{{Address: "127.0.0.1", Port: 3306, UID: 998, Process: "druid server historical (pid 9)"}}, files.sockets())
	assert.Empty(t, files.unread)
}

// A file that cannot be read, or that says nothing, is named with the reason, and leaves
// what others say alone.
func TestUnread(t *testing.T) {
	root := t.TempDir()
	for _, path := range []string{"proc/swaps", "etc/systemd/system/druid.service"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, path), 0o755)) // a folder is not a file
	}
	require.NoError(t, os.WriteFile(filepath.Join(root, "proc/meminfo"), nil, 0o644))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "proc/sys/vm"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "proc/sys/vm/swappiness"), []byte("60\n"), 0o644))
	m := machine(root)
	assert.Equal(t, "60", m.Settings["/proc/sys/vm/swappiness"])
	assert.Zero(t, m.Memory)
	assert.Equal(t, "/proc/meminfo is empty", m.Unread["/proc/meminfo"])
	assert.ElementsMatch(t, []string{"/proc/meminfo", "/proc/swaps", "/etc/systemd/system/druid.service"}, slices.Collect(maps.Keys(m.Unread)))
}

// Without a link the time zone is what a copy of its file says, if it says one.
func TestCopiedZone(t *testing.T) {
	t.Setenv("TZ", "")
	files := below{t.TempDir(), map[string]string{}}
	assert.Equal(t, facts.Zone{Name: "UTC", From: "no /etc/localtime", UTC: true}, files.timeZone())
	require.NoError(t, os.MkdirAll(filepath.Join(files.root, "etc"), 0o755))
	// RFC 8536: one type of time, its seconds east of UTC and its name, and no change.
	zone := func(east, name string) string {
		return "TZif" + strings.Repeat("\x00", 31) + "\x00\x00\x00\x00\x01\x00\x00\x00\x04" + east + "\x00\x00" + name + "\x00"
	}
	for data, want := range map[string]facts.Zone{
		zone("\x00\x00\x00\x00", "UTC"): {Name: "UTC", From: "/etc/localtime", UTC: true},
		zone("\xff\xff\x73\x60", "HST"): {Name: "HST", From: "/etc/localtime"},
		"no file of a zone\n":           {From: "/etc/localtime"},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(files.root, "etc/localtime"), []byte(data), 0o644))
		assert.Equal(t, want, files.timeZone(), "%q", data)
	}
}

func TestProblem(t *testing.T) {
	for kind, err := range map[facts.Kind]error{
		facts.Rejected: fmt.Errorf("x: %w", rejected{"no"}), facts.Unsupported: errUnsupported{"x"}, facts.Denied: fs.ErrPermission,
		facts.Missing: &fs.PathError{Err: fs.ErrNotExist}, facts.Timeout: os.ErrDeadlineExceeded, facts.Other: errors.New("x"),
	} {
		assert.Equal(t, kind, problem(err).Kind, err.Error())
	}
	a := Do(t.Context(), &facts.Question{Name: "of a later version"})
	assert.Equal(t, facts.Unsupported, a.Problem.Kind)
}

// bin/verify-java is the tree's, and may be anything: what is larger than such a file is
// not read, and neither is a device.
func TestVerifyJava(t *testing.T) {
	t.Setenv("DRUID_JAVA_HOME", t.TempDir())
	path := filepath.Join(t.TempDir(), "verify-java")
	require.NoError(t, os.WriteFile(path, []byte("Druid requires Java 8"), 0o644))
	r, err := java(facts.Java{Verify: path})
	require.NoError(t, err)
	assert.Equal(t, "Druid requires Java 8", r.Verify)
	require.NoError(t, os.Truncate(path, 2*largestFile))
	r, err = java(facts.Java{Verify: path})
	require.NoError(t, err)
	assert.Empty(t, r.Verify)
	assert.Empty(t, digest(facts.Digest{Paths: map[string]string{"null": "/dev/null"}}).Files, "which is no file")
}
