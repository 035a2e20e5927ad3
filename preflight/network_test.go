package preflight_test

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
)

func TestPortsFree(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	taken := l.Addr().(*net.TCPAddr).Port
	s := newSetup(t, "")
	s.o.Roles = []string{"historical"}
	s.files["conf/druid/historical/runtime.properties"] = fmt.Sprintf("druid.plaintextPort=%d\n", taken)
	r := s.run(t, "live-ports-free")
	requireOne(t, r, "live-ports-free", finding.Fail, fmt.Sprintf("(pid %d)", os.Getpid()))
	require.Equal(t, 1, r.Findings[0].Line)
	s.files["conf/druid/historical/runtime.properties"] = fmt.Sprintf("druid.plaintextPort=%d\n", freePort(t))
	requireOne(t, s.run(t, "live-ports-free"), "live-ports-free", finding.Pass, "free")

	// A process that binds its host only is in nobody's way elsewhere.
	for host, want := range map[string]finding.Verdict{"127.0.0.2": finding.Pass, "127.0.0.1": finding.Fail} {
		s.files["conf/druid/historical/runtime.properties"] = fmt.Sprintf("druid.plaintextPort=%d\ndruid.bindOnHost=true\ndruid.host=%s\n", taken, host)
		requireOne(t, s.run(t, "live-ports-free"), "live-ports-free", want, "")
	}

	// Tasks have a range, of which one may be taken.
	s = newSetup(t, "")
	s.o.Roles = []string{"middleManager"}
	s.files["conf/druid/middleManager/runtime.properties"] = fmt.Sprintf("druid.plaintextPort=%d\ndruid.indexer.runner.startPort=%d\ndruid.indexer.runner.endPort=%d\ndruid.worker.capacity=3\n", freePort(t), taken-1, taken+3)
	r = s.run(t, "live-ports-free")
	require.Len(t, r.Checks, 2)
	require.True(t, hasFinding(r, "of the ports of tasks "))
	require.True(t, hasFinding(r, fmt.Sprintf("%d by ", taken))) // and perhaps those of other tests
	require.Equal(t, 0, r.Failing)

	// Who holds it may be a Druid, or nobody that this user may see.
	machine := *answered(t, "host", facts.Question{Host: &facts.Host{}}).Host
	name := fmt.Sprintf("bind %d", taken)
	s = newSetup(t, "")
	s.o.Roles = []string{"historical"}
	s.files["conf/druid/historical/runtime.properties"] = fmt.Sprintf("druid.plaintextPort=%d\n", taken)
	for process, want := range map[string]finding.Verdict{"druid server historical (pid 7)": finding.Warn, "": finding.Fail} {
		machine.Sockets = []facts.Socket{{Address: "0.0.0.0", Port: int64(taken), UID: 998, Process: process}}
		s.answers = map[string]facts.Answer{"host": {Host: &machine}}
		requireOne(t, s.run(t, "live-ports-free"), "live-ports-free", want, "")
	}
	s.answers = map[string]facts.Answer{name: {Bind: &facts.Bound{At: "0.0.0.0:80", Error: "bind: permission denied"}}}
	requireOne(t, s.run(t, "live-ports-free"), "live-ports-free", finding.CannotSay, "only root")
}

func TestHostName(t *testing.T) {
	t.Parallel()
	with := func(host string, addresses []string, deployment string) *setup {
		s := newSetup(t, "")
		s.deployment, s.o.Roles = deployment, []string{"historical"}
		line := ""
		if host != "" {
			line = "druid.host=" + host + "\n"
		}
		s.files["conf/druid/historical/runtime.properties"] += line
		s.answers = map[string]facts.Answer{
			"resolve " + host + " and back": {Resolve: &facts.Resolved{Addresses: addresses}},
			"host":                          {Host: &facts.Machine{Name: "data1", Addresses: []string{"127.0.0.1", "10.0.2.7"}}},
		}
		return s
	}
	requireOne(t, with("data1.example", []string{"10.0.2.7"}, "cluster").run(t, "live-host-name"), "live-host-name", finding.Pass, "10.0.2.7")
	requireOne(t, with("data1.example", []string{"10.0.2.8"}, "cluster").run(t, "live-host-name"), "live-host-name", finding.Fail, "10.0.2.8")
	requireOne(t, with("localhost", []string{"127.0.0.1"}, "cluster").run(t, "live-host-name"), "live-host-name", finding.Fail, "127.0.0.1")
	debian := with("", nil, "cluster")
	for canonical, want := range map[string]finding.Verdict{"data1.example": finding.Warn, "localhost.localdomain": finding.Fail} {
		debian.answers["resolve  and back"] = facts.Answer{Resolve: &facts.Resolved{Addresses: []string{"127.0.1.1"}, Canonical: canonical}}
		requireOne(t, debian.run(t, "live-host-name"), "live-host-name", want, "127.0.1.1")
	}
	requireOne(t, with("localhost", []string{"127.0.0.1"}, "single").run(t, "live-host-name"), "live-host-name", finding.Pass, "127.0.0.1")
	requireOne(t, with("", []string{"127.0.0.1"}, "auto").run(t, "live-host-name"), "live-host-name", finding.Warn, "127.0.0.1")
	s := with("data1.example", nil, "cluster")
	s.answers["resolve data1.example and back"] = facts.Answer{Problem: &facts.Problem{Kind: facts.NoName, Text: "no such host"}}
	requireOne(t, s.run(t, "live-host-name"), "live-host-name", finding.Fail, "no such host")
	s.answers["resolve data1.example and back"] = facts.Answer{Problem: &facts.Problem{Kind: facts.Timeout, Text: "no answer in time"}}
	requireOne(t, s.run(t, "live-host-name"), "live-host-name", finding.CannotSay, "in time")
	s = with("data2.example", []string{"10.0.2.8"}, "cluster")
	s.o.Roles = nil
	delete(s.files, "conf/druid/coordinator/runtime.properties")
	delete(s.files, "conf/druid/coordinator/jvm.config")
	requireOne(t, s.run(t, "live-host-name"), "live-host-name", finding.CannotSay, "--role")

	// A name of this machine, for real.
	s = with("localhost", nil, "single")
	s.answers = nil
	requireOne(t, s.run(t, "live-host-name"), "live-host-name", finding.Pass, "127.0.0.1")
}

func TestDNS(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "druid.metadata.storage.type=mysql\ndruid.metadata.storage.connector.connectURI=jdbc:mysql://localhost:3306/druid\n")
	requireOne(t, s.run(t, "live-dns"), "live-dns", finding.Pass, "127.0.0.1")
	none := facts.Answer{Problem: &facts.Problem{Kind: facts.NoName, Text: "no such host: localhost"}}
	s.answers = map[string]facts.Answer{"resolve localhost": none}
	requireOne(t, s.run(t, "live-dns"), "live-dns", finding.Fail, "no such host")
	s.answers["resolve localhost"] = facts.Answer{Milliseconds: 1200, Resolve: &facts.Resolved{Addresses: []string{"10.0.0.1"}}}
	requireOne(t, s.run(t, "live-dns"), "live-dns", finding.Warn, "1200 ms")
	s.answers["resolve localhost"] = facts.Answer{Problem: &facts.Problem{Kind: facts.Timeout, Text: "no answer in time"}}
	requireOne(t, s.run(t, "live-dns"), "live-dns", finding.CannotSay, "in time")

	// What Druid works without, and what a proxy looks up.
	s = newSetup(t, "druid.emitter=graphite\ndruid.emitter.graphite.hostname=localhost\ndruid.emitter.graphite.port=2003\n")
	s.answers = map[string]facts.Answer{"resolve localhost": none}
	requireOne(t, s.run(t, "live-dns"), "live-dns", finding.Warn, "no such host")
	s = withS3(t, "http://store.example", "meadow")
	s.answers = map[string]facts.Answer{"resolve store.example": none}
	requireOne(t, s.run(t, "live-dns"), "live-dns", finding.Fail, "no such host")
	s.files[common] += "druid.s3.proxy.host=10.0.0.9\n"
	require.Empty(t, rows(s.run(t, "live-dns"), "live-dns"))
}

// The network of this test is a namespace without a way out, in which packets to
// some addresses are dropped.
func TestPeers(t *testing.T) {
	program(t, "nft")
	program(t, "ip")
	if !inside(t, `ip link set lo up; nft add table ip t; nft add chain ip t in '{ type filter hook input priority 0; }'
nft add rule ip t in ip daddr 127.99.0.0/16 drop`) {
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:38081")
	require.NoError(t, err)
	defer l.Close()
	to := func(master string) *setup {
		s := newSetup(t, "")
		s.o.Roles, s.o.Peers = []string{"data"}, map[string][]string{"master": {master}}
		return s
	}
	requireOne(t, to("127.0.0.1").run(t, "live-peer-reach"), "live-peer-reach", finding.Pass, "ms")
	requireOne(t, to("127.0.0.2").run(t, "live-peer-reach"), "live-peer-reach", finding.Warn, "refused")
	requireOne(t, to("127.99.0.7").run(t, "live-peer-reach"), "live-peer-reach", finding.Fail, "no answer in time")
	requireOne(t, to("10.98.0.7").run(t, "live-peer-reach"), "live-peer-reach", finding.Fail, "no route")
	r := to("master.example").run(t, "live-peer-reach")
	require.NotEqual(t, finding.Pass, one(t, r, "live-peer-reach").Verdict)

	// Without a network, and without a name server, nothing passes and all comes back.
	s := newSetup(t, "druid.zk.service.enabled=true\ndruid.zk.service.host=zk1.example:2181,127.99.0.7:2181\ndruid.storage.type=s3\ndruid.storage.bucket=meadow\n"+
		"druid.s3.accessKey=AK\ndruid.s3.secretKey=verysecret77\ndruid.metadata.storage.type=mysql\ndruid.metadata.storage.connector.connectURI=jdbc:mysql://127.99.0.8/druid\n")
	r = s.run(t, "live-zk-*", "live-db-*", "live-s3-*")
	require.Greater(t, len(r.Checks), 15)
	for _, c := range r.Checks {
		require.NotEqual(t, finding.Pass, c.Verdict, "%+v", c)
	}
	require.Greater(t, r.Failing, 0)

	// The druid.host of a process that does not run here is a peer, too.
	s = newSetup(t, "")
	s.o.Roles = []string{"data"}
	s.files["conf/druid/coordinator/runtime.properties"] += "druid.host=127.0.0.1\n"
	requireOne(t, s.run(t, "live-peer-reach"), "live-peer-reach", finding.Pass, "ms")
}

func TestEmitter(t *testing.T) {
	t.Parallel()
	with := func(address string) *setup {
		host, port, _ := net.SplitHostPort(address)
		return newSetup(t, "druid.emitter=graphite\ndruid.emitter.graphite.hostname="+host+"\ndruid.emitter.graphite.port="+port+"\n")
	}
	requireOne(t, with(silentServer(t)).run(t, "live-emitter"), "live-emitter", finding.Pass, "ms")
	requireOne(t, with(fmt.Sprintf("127.0.0.1:%d", freePort(t))).run(t, "live-emitter"), "live-emitter", finding.Warn, "refused")
	udp := newSetup(t, "druid.emitter=statsd\ndruid.emitter.statsd.hostname=127.0.0.1\ndruid.emitter.statsd.port=8125\n")
	requireOne(t, udp.run(t, "live-emitter"), "live-emitter", finding.CannotSay, "UDP")
}

func TestStorageReach(t *testing.T) {
	t.Parallel()
	with := func(address string) *setup { // which takes a login that nobody has here
		return newSetup(t, "druid.storage.type=hdfs\ndruid.storage.storageDirectory=hdfs://"+address+"/druid\nhadoop.hadoop.security.authentication=kerberos\n")
	}
	requireOne(t, with(silentServer(t)).run(t, "live-storage-reach"), "live-storage-reach", finding.Pass, "ms")
	s := with(fmt.Sprintf("127.0.0.1:%d", freePort(t)))
	requireOne(t, s.run(t, "live-storage-reach"), "live-storage-reach", finding.Fail, "refused")
	s.answers = map[string]facts.Answer{}
	for _, c := range s.run(t, "live-storage-reach").Checks {
		s.answers["dial tcp "+c.Target] = facts.Answer{Problem: &facts.Problem{Kind: facts.Denied, Text: "not allowed"}}
	}
	requireOne(t, s.run(t, "live-storage-reach"), "live-storage-reach", finding.CannotSay, "not allowed")
}

// A time server, as far as SNTP goes: RFC 5905, figure 8.
func TestTimeServer(t *testing.T) {
	t.Parallel()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	go answerTime(conn, func() time.Duration { return 30 * time.Second })
	s := newSetup(t, "")
	s.o.TimeServers = []string{conn.LocalAddr().String()}
	c := one(t, s.run(t, "live-clock-offset"), "live-clock-offset")
	require.Equal(t, finding.Warn, c.Verdict, "%+v", c)
	require.True(t, strings.Contains(c.Current, "behind"), c.Current)
	s.o.TimeServers = []string{fmt.Sprintf("127.0.0.1:%d", freePort(t))}
	requireOne(t, s.run(t, "live-clock-offset"), "live-clock-offset", finding.CannotSay, "")
}
