package preflight_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
)

// withZooKeeper is a cluster that uses some servers.
func withZooKeeper(t *testing.T, host, more string) *setup {
	t.Helper()
	s := newSetup(t, "")
	s.files["conf/druid/_common/common.runtime.properties"] = "druid.extensions.loadList=[]\ndruid.zk.service.host=" + host + "\n" + more
	return s
}

// calm leaves out how long the servers take: this machine may be busy.
func (s *setup) calm() *setup {
	s.o.Skip = append(s.o.Skip, "live-zk-load")
	return s
}

func TestZooKeeperStandalone(t *testing.T) {
	t.Parallel()
	at := ensemble(t, 1, false, "4lw.commands.whitelist=*")[0]
	serving(t, at)

	r := withZooKeeper(t, at, "").calm().run(t, "live-zk-*")
	requireOne(t, r, "live-zk-connect", finding.Pass, "standalone")
	requireOne(t, r, "live-zk-mode", finding.Pass, "standalone")
	requireOne(t, r, "live-zk-version", finding.Pass, "3.")
	requireOne(t, r, "live-zk-session", finding.Pass, "30000 ms")
	requireOne(t, r, "live-zk-path", finding.Pass, "does not exist yet")
	requireOne(t, r, "live-zk-acl", finding.Pass, "does not exist yet")
	require.Empty(t, rows(r, "live-zk-write"), "nothing is written unless that is asked")
	require.Zero(t, r.Failing)

	// The server grants 20 ticks at most.
	r = withZooKeeper(t, at, "druid.zk.service.sessionTimeoutMs=60000\n").run(t, "live-zk-session")
	requireOne(t, r, "live-zk-session", finding.Warn, "40000 ms")

	// The chroot is not made by anybody.
	r = withZooKeeper(t, at+"/nowhere", "").run(t, "live-zk-path")
	require.Equal(t, []string{"fail /nowhere: does not exist", "pass /nowhere/druid: does not exist yet"}, rows(r, "live-zk-path"))
	require.Equal(t, 1, r.Summary.Errors)

	// A server that is not there, beside one that is.
	free := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	r = withZooKeeper(t, at+","+free, "").run(t, "live-zk-connect", "live-zk-mode")
	require.Contains(t, rows(r, "live-zk-connect"), "warn "+free+": nothing listens there: connection refused")
	requireOne(t, r, "live-zk-mode", finding.CannotSay, "1 of 2")
	r = withZooKeeper(t, free, "").run(t, "live-zk-connect", "live-zk-session")
	requireOne(t, r, "live-zk-connect", finding.Fail, "refused")
	require.False(t, hasFinding(r, "no other answers"), "there is only one")
}

func TestZooKeeperRights(t *testing.T) {
	at := ensemble(t, 1, false)[0] // srvr is what is allowed by default
	conn := serving(t, at)
	require.NoError(t, conn.AddAuth("digest", []byte("owner:secret1")))
	_, err := conn.Create("/druid", nil, 0, zk.DigestACL(zk.PermAll, "owner", "secret1"))
	require.NoError(t, err)

	r := withZooKeeper(t, at, "").run(t, "live-zk-acl")
	requireOne(t, r, "live-zk-acl", finding.Fail, "not authenticated")
	login := "druid.zk.service.user=owner\ndruid.zk.service.pwd="
	r = withZooKeeper(t, at, login+"secret1\n").run(t, "live-zk-acl")
	requireOne(t, r, "live-zk-acl", finding.Pass, "digest:owner:cdrwa")
	r = withZooKeeper(t, at, login+"wrong\n").run(t, "live-zk-acl")
	requireOne(t, r, "live-zk-acl", finding.Fail, "not authenticated")
	r = withZooKeeper(t, at, login+`{"type":"vault","key":"x"}`+"\n").run(t, "live-zk-acl")
	requireOne(t, r, "live-zk-acl", finding.CannotSay, "provided by something else")
	t.Setenv("PREFLIGHT_ZK", "secret1")
	r = withZooKeeper(t, at, login+`{"type":"environment","variable":"PREFLIGHT_ZK"}`+"\n").run(t, "live-zk-acl")
	requireOne(t, r, "live-zk-acl", finding.Pass, "digest:owner:cdrwa")

	// What is written is named, and gone.
	s := withZooKeeper(t, at, login+"secret1\n")
	s.o.ProbeWrites = true
	var announced []string
	s.o.Announce = func(what []string) { announced = what }
	r = s.run(t, "live-zk-write")
	requireOne(t, r, "live-zk-write", finding.Pass, "wrote /druid/.implycheck-")
	require.Equal(t, []string{"an ephemeral node .implycheck-* of ZooKeeper below /druid"}, announced)
	children, _, err := conn.Children("/druid")
	require.NoError(t, err)
	require.Empty(t, children)
	s = withZooKeeper(t, at, "")
	s.o.ProbeWrites = true
	requireOne(t, s.run(t, "live-zk-write"), "live-zk-write", finding.Fail, "not authenticated")

	// druid.zk.service.acl over a node that is everybody's.
	_, err = conn.Create("/open", nil, 0, zk.WorldACL(zk.PermAll))
	require.NoError(t, err)
	r = withZooKeeper(t, at, login+"secret1\ndruid.zk.service.acl=true\ndruid.zk.paths.base=/open\n").run(t, "live-zk-acl")
	requireOne(t, r, "live-zk-acl", finding.Warn, "world:anyone")
}

// ZooKeeper 3.5 and later always allow srvr, for zkServer.sh asks it; 3.4 does not.
func TestZooKeeperForbidsWords(t *testing.T) {
	t.Parallel()
	s := withZooKeeper(t, "zk1.example:2181", "")
	s.answers = map[string]facts.Answer{"zookeeper zk1.example:2181": {Server: &facts.Stat{Denied: true}}}
	words := []string{"live-zk-connect", "live-zk-mode", "live-zk-version", "live-zk-load"}
	r := s.run(t, words...)
	requireOne(t, r, "live-zk-connect", finding.Pass, "srvr is not allowed")
	requireOne(t, r, "live-zk-mode", finding.CannotSay, "no server reports")
	requireOne(t, r, "live-zk-version", finding.CannotSay, "version")
	requireOne(t, r, "live-zk-load", finding.CannotSay, "srvr")
	require.Zero(t, r.Failing)
	s.o.RequireKnown = true
	require.Equal(t, 3, s.run(t, words...).Failing, "--require-known makes an error of what is not known")
}

func TestZooKeeperEnsemble(t *testing.T) {
	t.Parallel()
	at := ensemble(t, 3, true, "4lw.commands.whitelist=*")
	for _, server := range at {
		serving(t, server)
	}
	r := withZooKeeper(t, strings.Join(at, ","), "").calm().run(t, "live-zk-*")
	c := one(t, r, "live-zk-mode")
	require.Equal(t, finding.Pass, c.Verdict)
	require.Equal(t, 1, strings.Count(c.Current, "leader"))
	require.Equal(t, 2, strings.Count(c.Current, "follower"))
	requireOne(t, r, "live-zk-same", finding.Pass, "epoch 1")
	require.Zero(t, r.Failing)

	r = withZooKeeper(t, strings.Join(at[:2], ","), "").run(t, "live-zk-same")
	requireOne(t, r, "live-zk-same", finding.Warn, "3 members, 2 named")

	// Two that follow one that is not named.
	var followers []string
	for _, server := range strings.Split(c.Current, ", ") {
		for _, part := range strings.Split(server, " and ") {
			if address, ok := strings.CutSuffix(part, " follower"); ok {
				followers = append(followers, address)
			}
		}
	}
	requireOne(t, withZooKeeper(t, strings.Join(followers, ","), "").run(t, "live-zk-mode"), "live-zk-mode", finding.Warn, "follower")
}

// A server with room for ten connections of this machine, and most of them taken.
func TestZooKeeperFull(t *testing.T) {
	t.Parallel()
	at := ensemble(t, 1, false, "4lw.commands.whitelist=*", "maxClientCnxns=10")[0]
	serving(t, at).Close()
	s := withZooKeeper(t, at, "")
	conn, err := net.Dial("tcp", at) // a start on a busy machine is no load
	require.NoError(t, err)
	_, err = conn.Write([]byte("srst"))
	require.NoError(t, err)
	_, _ = io.ReadAll(conn)
	requireOne(t, s.run(t, "live-zk-load"), "live-zk-load", finding.Pass, "connections")
	for range 8 {
		conn, err := net.Dial("tcp", at)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
	}
	requireOne(t, s.run(t, "live-zk-load"), "live-zk-load", finding.Warn, "connections")
}

func TestZooKeeperStrangers(t *testing.T) {
	t.Parallel()
	at := ensemble(t, 2, false)
	for _, server := range at {
		serving(t, server)
	}
	r := withZooKeeper(t, strings.Join(at, ","), "").run(t, "live-zk-mode")
	requireOne(t, r, "live-zk-mode", finding.Fail, "standalone")
	require.True(t, hasFinding(r, "2 of 2 servers are standalone"))
}

// What no server here can be made to say.
func TestZooKeeperAnswers(t *testing.T) {
	t.Parallel()
	stat := func(s facts.Stat) facts.Answer { return facts.Answer{Server: &s} }
	both := func(a, b facts.Stat) *setup {
		s := withZooKeeper(t, "zk1.example:2181,zk2.example:2181", "")
		s.answers = map[string]facts.Answer{"zookeeper zk1.example:2181": stat(a), "zookeeper zk2.example:2181": stat(b)}
		return s
	}
	leader := facts.Stat{Version: "3.8.0", Mode: "leader", Zxid: "0x200000001"}
	follower := facts.Stat{Version: "3.8.0", Mode: "follower", Zxid: "0x200000001"}
	requireOne(t, both(leader, leader).run(t, "live-zk-mode"), "live-zk-mode", finding.Fail, "leader")
	requireOne(t, both(follower, follower).run(t, "live-zk-mode"), "live-zk-mode", finding.Warn, "follower")
	later := follower
	later.Zxid = "0x300000001"
	requireOne(t, both(leader, later).run(t, "live-zk-same"), "live-zk-same", finding.Warn, "epochs 2, 3")
	old, slow, full := follower, follower, follower
	old.Version, slow.Average, full.Connections, full.MaxConnections = "3.4.14", 80, 59, 60
	require.Contains(t, rows(both(leader, old).run(t, "live-zk-version"), "live-zk-version"), "warn zk2.example:2181: 3.4.14")
	r := both(slow, full).run(t, "live-zk-load")
	require.Len(t, r.Findings, 2)
	require.Empty(t, both(leader, follower).run(t, "live-zk-load").Findings)
	waiting := facts.Stat{NotServing: true}
	r = both(waiting, waiting).run(t, "live-zk-connect")
	require.Equal(t, 2, r.Summary.Errors)
	silent := facts.Answer{Problem: &facts.Problem{Kind: facts.Timeout, Text: "no answer in time"}}
	s := both(leader, follower)
	s.answers["zookeeper session"] = silent
	requireOne(t, s.run(t, "live-zk-session"), "live-zk-session", finding.CannotSay, "in time")
	requireOne(t, s.run(t, "live-zk-path"), "live-zk-path", finding.CannotSay, "in time")
}

// serving waits until a server takes sessions, and is a client of it.
func serving(t *testing.T, at string) *zk.Conn {
	t.Helper()
	// A session that is asked for while the server starts is never answered.
	require.Eventually(t, func() bool {
		a := answered(t, "", facts.Question{Server: &facts.Server{Address: at}})
		return a.Problem == nil && a.Server.Mode != ""
	}, 60*time.Second, 100*time.Millisecond, at)
	conn, _, err := zk.Connect([]string{at}, 10*time.Second, zk.WithLogInfo(false), zk.WithLogger(silence{}))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	require.Eventually(t, func() bool {
		_, _, err := conn.Exists("/zookeeper")
		return err == nil
	}, 60*time.Second, 100*time.Millisecond, at)
	return conn
}

type silence struct{}

func (silence) Printf(string, ...any) {}

// A quickstart starts its ZooKeeper with Druid: that it does not run yet is no mistake.
func TestZooKeeperOfTheTree(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	s := withZooKeeper(t, fmt.Sprintf("127.0.0.1:%d", port), "")
	s.deployment = "single"
	requireOne(t, s.run(t, "live-zk-connect"), "live-zk-connect", finding.Fail, "refused")
	s.files["conf/zk/zoo.cfg"] = fmt.Sprintf("tickTime=2000\ndataDir=var/zk\nclientPort=%d\n", port)
	r := s.run(t, "live-zk-*")
	requireOne(t, r, "live-zk-connect", finding.CannotSay, "not started yet")
	requireOne(t, r, "live-zk-session", finding.CannotSay, "not started yet")
	require.Zero(t, r.Failing)
}
