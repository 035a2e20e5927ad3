package preflight_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/preflight/facts"
)

// The kernel's files of this test are what it has put over them.
func TestKernelFiles(t *testing.T) {
	if !inside(t, `mkdir $PREFLIGHT_DIR/k
put() { echo "$2" > $PREFLIGHT_DIR/k/$1; mount --bind $PREFLIGHT_DIR/k/$1 $3; }
put maps 262144 /proc/sys/vm/max_map_count
put swaps "Filename Type Size Used Priority" /proc/swaps
put swappiness 60 /proc/sys/vm/swappiness
put overcommit 0 /proc/sys/vm/overcommit_memory
put clock tsc /sys/devices/system/clocksource/clocksource0/current_clocksource
put huge "always [madvise] never" /sys/kernel/mm/transparent_hugepage/enabled
put meminfo "MemTotal: 8388608 kB
MemAvailable: 8000000 kB
CommitLimit: 1048576 kB
Committed_AS: 900000 kB" /proc/meminfo`) {
		return
	}
	s := newSetup(t, "")
	s.o.Roles = []string{"data"}
	for _, c := range []struct {
		file, text string // written before, if there is one
		check      string
		verdict    finding.Verdict
		current    string
	}{
		{"", "", "live-max-map-count", finding.Pass, "262144"},
		{"maps", "65530\n", "live-max-map-count", finding.Warn, "65530"},
		{"maps", "", "live-max-map-count", finding.CannotSay, "cannot be read"},
		{"", "", "live-swap", finding.Pass, "none"},
		{"swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 100 0 -2\n", "live-swap", finding.Warn, "/dev/sda2"},
		{"", "", "live-transparent-huge-pages", finding.Pass, "madvise"},
		{"huge", "[always] madvise never\n", "live-transparent-huge-pages", finding.Warn, "always"},
		{"huge", "", "live-transparent-huge-pages", finding.CannotSay, "cannot be read"},
		{"clock", "hpet\n", "live-cpu", finding.Warn, "hpet"},
		{"", "", "live-overcommit", finding.Pass, "0"},
		{"overcommit", "2\n", "live-overcommit", finding.Fail, "left to promise"},
		{"meminfo", "MemTotal: 8388608 kB\nMemAvailable: 8000000 kB\nCommitLimit: 64000000 kB\nCommitted_AS: 900000 kB\n", "live-overcommit", finding.Warn, "left to promise"},
	} {
		if c.file != "" {
			require.NoError(t, os.WriteFile(os.Getenv("PREFLIGHT_DIR")+"/k/"+c.file, []byte(c.text), 0o644))
		}
		requireOne(t, s.run(t, c.check), c.check, c.verdict, c.current)
	}
}

// A machine that tells nothing.
func TestNoKernel(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "")
	s.o.Roles = []string{"data"}
	s.answers = map[string]facts.Answer{"host": {Problem: &facts.Problem{Kind: facts.Timeout, Text: "no answer in time"}}}
	r := s.run(t, "live-swap", "live-time-zone", "live-memory", "live-nofile", "live-host-name")
	require.Len(t, r.Checks, 5)
	for _, c := range r.Checks {
		require.Equal(t, finding.CannotSay, c.Verdict, "%+v", c)
	}
}

// names answers questions of the DNS, of those names that it knows (RFC 1035).
func names(t *testing.T, known map[string]time.Duration) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:53")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		for buffer := make([]byte, 512); ; {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			q := append([]byte{}, buffer[:n]...)
			go answerName(conn, from, q, known)
		}
	}()
}

func answerName(conn net.PacketConn, to net.Addr, q []byte, known map[string]time.Duration) {
	name, i := "", 12
	for ; q[i] != 0; i += int(q[i]) + 1 {
		name += string(q[i+1:i+1+int(q[i])]) + "."
	}
	end := i + 5 // the type and the class
	wait, ok := known[strings.TrimSuffix(name, ".")]
	if wait < 0 {
		return
	}
	time.Sleep(wait)
	answer := append([]byte{}, q[:end]...)
	copy(answer[2:12], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
	switch {
	case !ok:
		answer[3] = 0x83 // no such name
	case q[end-3] == 1:
		answer[7] = 1
		answer = append(answer, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 2, 8)
	}
	_, _ = conn.WriteTo(answer, to)
}

// This test has a name server of its own, and a machine's name of its own.
func TestNames(t *testing.T) {
	if !inside(t, `ip link set lo up
echo "nameserver 127.0.0.1" > $PREFLIGHT_DIR/resolv; mount --bind $PREFLIGHT_DIR/resolv /etc/resolv.conf
printf '127.0.0.1 localhost\n127.0.1.1 data1.example\n' > $PREFLIGHT_DIR/hosts; mount --bind $PREFLIGHT_DIR/hosts /etc/hosts`) {
		return
	}
	names(t, map[string]time.Duration{"db.example": 0, "slow.example": 1200 * time.Millisecond, "silent.example": -1})
	dns := func(host string) *finding.Report {
		s := newSetup(t, "druid.metadata.storage.connector.connectURI=jdbc:postgresql://"+host+"/druid\n")
		return s.run(t, "live-dns")
	}
	requireOne(t, dns("db.example"), "live-dns", finding.Pass, "10.0.2.8")
	requireOne(t, dns("none.example"), "live-dns", finding.Fail, "no such host")
	requireOne(t, dns("slow.example"), "live-dns", finding.Warn, "10.0.2.8 after")
	requireOne(t, dns("silent.example"), "live-dns", finding.CannotSay, "the name server gives no answer about silent.example")

	host := func(name string) *finding.Report {
		s := newSetup(t, "")
		s.o.Roles = []string{"historical"}
		s.files["conf/druid/historical/runtime.properties"] += "druid.host=" + name + "\n"
		return s.run(t, "live-host-name")
	}
	requireOne(t, host("data1.example"), "live-host-name", finding.Warn, "127.0.1.1")
	requireOne(t, host("localhost"), "live-host-name", finding.Fail, "127.0.0.1")
	requireOne(t, host("none.example"), "live-host-name", finding.Fail, "no such host")
	requireOne(t, host("db.example"), "live-host-name", finding.Fail, "10.0.2.8")
	requireOne(t, host("silent.example"), "live-host-name", finding.CannotSay, "the name server gives no answer")

	// A name that nobody answers about says nothing of the ZooKeeper that has it.
	r := withZooKeeper(t, "silent.example:2181", "").run(t, "live-zk-connect", "live-zk-session")
	requireOne(t, r, "live-zk-connect", finding.CannotSay, "the name server gives no answer")
	require.Equal(t, finding.CannotSay, one(t, r, "live-zk-session").Verdict)
}

// slowly is a way to a server on which everything takes its time.
func slowly(t *testing.T, to string, wait time.Duration) string {
	t.Helper()
	pass := func(from, to net.Conn) {
		defer to.Close()
		for buffer := make([]byte, 1<<16); ; {
			n, err := from.Read(buffer)
			time.Sleep(wait)
			if _, bad := to.Write(buffer[:n]); err != nil || bad != nil {
				return
			}
		}
	}
	return serve(t, func(conn net.Conn) {
		server, err := net.Dial("tcp", to)
		if err != nil {
			_ = conn.Close()
			return
		}
		go pass(conn, server)
		pass(server, conn)
	})
}

// A database that is old, far away, and late; and one that says nothing about some
// of it.
func TestDatabaseStates(t *testing.T) {
	at, sql := mariaDB(t, "--version=5.5.62-old")
	sql("", "create database druid character set utf8mb4; create user druid@'%' identified by 'rosebud7'; grant all on druid.* to druid@'%'")
	check := func(at, id string) *finding.Report {
		return withDatabase(t, "mysql", "jdbc:mysql://"+at+"/druid", "druid", "rosebud7", "").run(t, id)
	}
	requireOne(t, check(at, "live-db-version"), "live-db-version", finding.Warn, "5.5.62")
	requireOne(t, check(at, "live-db-packet-size"), "live-db-packet-size", finding.Pass, "16 MiB")
	requireOne(t, check(slowly(t, at, 25*time.Millisecond), "live-db-latency"), "live-db-latency", finding.Warn, "ms")
	for seconds, verdict := range map[int]finding.Verdict{20: finding.Warn, 90: finding.Fail} {
		sql("", fmt.Sprintf("set global init_connect = 'set timestamp = unix_timestamp() - %d'", seconds))
		requireOne(t, check(at, "live-db-clock"), "live-db-clock", verdict, "ahead")
	}
	// Whose rights come from a role.
	sql("", "set global init_connect = ''; create role keeper; grant select on druid.* to keeper; create user clerk@'%' identified by 'rosebud7'; grant keeper to clerk@'%'; set default role keeper for clerk@'%'; create table druid.druid_rules (id int)")
	r := withDatabase(t, "mysql", "jdbc:mysql://"+at+"/druid", "clerk", "rosebud7", "").run(t, "live-db-rights")
	requireOne(t, r, "live-db-rights", finding.CannotSay, "roles")
}

func TestMoreCases(t *testing.T) {
	t.Parallel()
	down := fmt.Sprintf("127.0.0.1:%d", freePort(t))

	// One of two NameNodes, which take a login that nobody has here.
	s := newSetup(t, "druid.storage.type=hdfs\ndruid.storage.storageDirectory=hdfs://meadow/druid\nhadoop.hadoop.security.authentication=kerberos\n")
	s.files["conf/druid/_common/hdfs-site.xml"] = twoNameNodes(silentServer(t), down)
	r := s.run(t, "live-storage-reach")
	require.Contains(t, strings.Join(rows(r, "live-storage-reach"), "\n"), "warn "+down)

	// A bucket that says that it is elsewhere, where no region is configured.
	s = withS3(t, s3Says(t, 301, "X-Amz-Bucket-Region", "us-west-2", "PermanentRedirect"), "meadow")
	s.files["conf/druid/_common/common.runtime.properties"] = strings.Replace(s.files["conf/druid/_common/common.runtime.properties"], "druid.s3.endpoint.signingRegion=eu-central-1\n", "", 1)
	requireOne(t, s.run(t, "live-s3-region"), "live-s3-region", finding.Warn, "us-west-2")

	// Folders that hang, and one that this user may not write to.
	s = newSetup(t, "druid.storage.type=local\ndruid.storage.storageDirectory=/data/deep\n")
	s.o.Roles = []string{"historical"}
	hangs := facts.Answer{Problem: &facts.Problem{Kind: facts.Timeout, Text: "no answer in time"}}
	s.answers = map[string]facts.Answer{"folder /data/deep": hangs}
	requireOne(t, s.run(t, "live-shared-storage"), "live-shared-storage", finding.CannotSay, "in time")
	s = newSetup(t, "")
	s.o.Roles, s.o.User = []string{"historical"}, "nobody"
	dir := filepath.Join(t.TempDir(), "tmp")
	require.NoError(t, os.Mkdir(dir, 0o755))
	openAbove(dir)
	s.files["conf/druid/historical/jvm.config"] += "-Djava.io.tmpdir=" + dir + "\n"
	requireOne(t, s.run(t, "live-tmp"), "live-tmp", finding.Fail, "drwxr-xr-x")
	s.o.User = "no-such-user"
	requireOne(t, s.run(t, "live-tmp"), "live-tmp", finding.CannotSay, "no user no-such-user")

	// Hadoop's folder is no folder.
	s = newSetup(t, "")
	s.o.Roles = []string{"middleManager"}
	s.files["conf/druid/middleManager/runtime.properties"] = "druid.indexer.task.defaultHadoopCoordinates=[\"org.apache.hadoop:hadoop-client:2.8.5\"]\n"
	s.files["hadoop-dependencies/hadoop-client"] = "no folder"
	requireOne(t, s.run(t, "live-hadoop-dependencies"), "live-hadoop-dependencies", finding.CannotSay, "not a directory")

	// What answers at the port is no Kafka, and no ZooKeeper.
	s = newSetup(t, "druid.emitter=kafka\ndruid.emitter.kafka.bootstrap.servers="+babbling(t)+"\n")
	requireOne(t, s.run(t, "live-kafka"), "live-kafka", finding.CannotSay, "")
	s = withZooKeeper(t, silentServer(t), "")
	s.o.ProbeWrites = true
	requireOne(t, s.run(t, "live-zk-write"), "live-zk-write", finding.CannotSay, "")

	// Files that were not gathered.
	s = newSetup(t, "")
	s.run(t, "live-swap")
	one, other := s.gather(t, "data1", "data"), s.gather(t, "data2", "data")
	for i, a := range other.Answers {
		if a.Digest != nil {
			other.Answers[i].Digest = nil
		}
	}
	s.o.Hosts = []preflight.Host{one, other}
	require.Contains(t, rows(s.run(t, "live-same-files"), "live-same-files"), "unknown data2: its files were not gathered")
}

// babbling says something that no protocol has.
func babbling(t *testing.T) string {
	t.Helper()
	return serve(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, strings.Repeat("220 meadow ESMTP\r\n", 20))
		_ = conn.Close()
	})
}

// A list that a stranger has made long costs its length, and no more.
func TestManyHosts(t *testing.T) {
	t.Parallel()
	var hosts []string
	const many = 20_000
	for i := range many {
		hosts = append(hosts, fmt.Sprintf("127.%d.%d.7:2181", i/256, i%256))
	}
	s := withZooKeeper(t, strings.Join(hosts, ","), "")
	s.o.Timeout = time.Second
	s.o.Ask = func(context.Context, facts.Request, func(facts.Answer)) error { return nil }
	begin := time.Now()
	r := s.run(t, "live-*")
	require.Greater(t, len(r.Checks), many)
	for _, c := range r.Checks {
		require.Equal(t, finding.CannotSay, c.Verdict, c.Rule)
	}
	require.Zero(t, r.Failing)

	// Those of this machine, where the configuration might start one.
	s.o.Ask = func(_ context.Context, r facts.Request, answer func(facts.Answer)) error {
		for _, q := range r.Questions {
			answer(facts.Answer{Name: q.Name, Problem: &facts.Problem{Kind: facts.Refused, Text: "connection refused"}})
		}
		return nil
	}
	r = s.run(t, "live-zk-*")
	require.Equal(t, many+1, r.Failing)
	for _, c := range r.Checks {
		require.Less(t, len(c.Target)+len(c.Current), 1000, c.Rule)
	}
	require.Less(t, time.Since(begin), time.Minute, "a list is not searched for each of its members")
}
