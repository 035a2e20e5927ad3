package preflight_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
)

// What a NameNode answered to TestLiveHDFS is judged the same without it.
func TestHDFS(t *testing.T) {
	t.Parallel()
	for _, c := range hdfsScenes {
		r := inHDFS(t, "hdfs://"+playNameNode(t, c.scene)+c.path, c.user).run(t, c.check)
		requireOne(t, r, c.check, c.verdict, c.says)
	}
	// Who only reads.
	reader := func(scene, path, user string) *finding.Report {
		s := inHDFS(t, "hdfs://"+playNameNode(t, scene)+path, user)
		s.o.Roles = []string{"historical"}
		return s.run(t, "live-hdfs-*")
	}
	requireOne(t, reader("safe", "/druid", "druid"), "live-hdfs-namenode", finding.Warn, "in safe mode")
	requireOne(t, reader("other", "/other", "druid"), "live-hdfs-folder", finding.Pass, "other:hadoop")
	requireOne(t, reader("root", "/deep/storage", "druid"), "live-hdfs-folder", finding.Pass, "tasks create it")
	requireOne(t, reader("closed", "/closed", "nobody"), "live-hdfs-folder", finding.Fail, "")
	requireOne(t, reader("names", "/names", "druid"), "live-hdfs-room", finding.Pass, "free")
	a := answered(t, "", facts.Question{HDFS: &facts.HDFS{NameNodes: []string{playNameNode(t, "stranger")}, Path: "/druid/segments", User: "nobody"}})
	require.False(t, a.HDFS.Exists, "nobody can tell")
}

// Whom Druid runs as: without --user and a setting it is not known, and nothing is said
// against whoever asks.
func TestHDFSUser(t *testing.T) {
	ask := func(jvm, user string) (says string) {
		s := inHDFS(t, "hdfs://"+playNameNode(t, "other")+"/other", user)
		s.files["conf/druid/middleManager/jvm.config"] = "-Xmx64m\n-Duser.timezone=UTC\n" + jvm
		s.o.Roles = []string{"middleManager"}
		r := s.run(t, "live-hdfs-folder")
		c := one(t, r, "live-hdfs-folder")
		return string(c.Verdict) + ": " + c.Required
	}
	require.Contains(t, ask("", ""), "unknown: ")
	require.Equal(t, "fail: may be read and written by druid", ask("", "druid"))
	require.Equal(t, "fail: may be read and written by clerk", ask("-DHADOOP_USER_NAME=clerk\n", "druid"))
	t.Setenv("HADOOP_USER_NAME", "porter")
	require.Equal(t, "fail: may be read and written by porter", ask("-DHADOOP_USER_NAME=clerk\n", "druid"))
}

// What the NameNodes are, and what is not asked.
func TestHDFSNameNodes(t *testing.T) {
	t.Parallel()
	active, down := playNameNode(t, "owner"), fmt.Sprintf("127.0.0.1:%d", freePort(t))
	with := func(a, b string) *setup {
		s := inHDFS(t, "hdfs://meadow/druid", "druid")
		s.files["conf/druid/_common/hdfs-site.xml"] = twoNameNodes(a, b)
		return s
	}
	requireOne(t, with(active, down).run(t, "live-hdfs-namenode"), "live-hdfs-namenode", finding.Warn, "refused")
	requireOne(t, with(silentServer(t), active).run(t, "live-hdfs-namenode"), "live-hdfs-namenode", finding.Warn, "in time")
	r := with(silentServer(t), down).run(t, "live-hdfs-*", "live-storage-reach")
	requireOne(t, r, "live-hdfs-namenode", finding.Fail, "in time")
	requireOne(t, r, "live-hdfs-folder", finding.CannotSay, "see live-hdfs-namenode")
	requireOne(t, r, "live-hdfs-room", finding.CannotSay, "see live-hdfs-namenode")
	require.Empty(t, rows(r, "live-storage-reach"), "once is enough")

	s := with(silentServer(t), silentServer(t)) // which we do not wait for
	s.o.Timeout, s.o.ProbeWrites = time.Second, true
	begin := time.Now()
	r = s.run(t, "live-hdfs-*")
	require.Less(t, time.Since(begin), 4*time.Second)
	for _, c := range r.Checks {
		require.Equal(t, finding.CannotSay, c.Verdict, "%+v", c)
	}
	another := nameNode(t, func([]byte) func([]byte, rpcCall, bool) []byte {
		return func([]byte, rpcCall, bool) []byte { return []byte("220 meadow ESMTP\r\n") }
	})
	requireOne(t, inHDFS(t, "hdfs://"+another+"/druid", "druid").run(t, "live-hdfs-namenode"), "live-hdfs-namenode", finding.Fail, "not a NameNode")

	// The default file system, by druid-hdfs-storage's own way to set it, and the user's folder.
	s = inHDFS(t, "/druid", "druid")
	s.files[common] += "hadoop.fs.defaultFS=hdfs://" + active + "\n"
	requireOne(t, s.run(t, "live-hdfs-folder"), "live-hdfs-folder", finding.Pass, "druid:hadoop")
	s.files[common] = strings.Replace(s.files[common], "hadoop.fs.defaultFS", "hadoop.fs.default.name", 1)
	requireOne(t, s.run(t, "live-hdfs-folder"), "live-hdfs-folder", finding.Pass, "druid:hadoop")
}

// What only a client of Hadoop can ask is unknown, with what to try; that something
// listens is asked all the same.
func TestHDFSElsewhere(t *testing.T) {
	t.Parallel()
	at := silentServer(t)
	for says, s := range map[string]*setup{
		"viewfs://":               hdfsWith(t, "/druid", "fs.defaultFS", "viewfs://meadow"),
		"webhdfs://":              hdfsWith(t, "webhdfs://nn1.example:9870/druid"),
		"fs.defaultFS says":       hdfsWith(t, "/druid"),
		"names no NameNode":       hdfsWith(t, "hdfs:///druid"),
		"is one that only Hadoop": hdfsWith(t, "hdfs://nn1.example/dr%20uid"),
		"that only Hadoop can":    hdfsWith(t, "/druid", "fs.defaultFS", "hdfs://${meadow.host}"),
		"hdfs-site.xml does not":  hdfsWith(t, "hdfs://meadow/druid", "dfs.nameservices", "meadow"),
		"the ticket of the user":  hdfsWith(t, "hdfs://"+at+"/druid", "hadoop.security.authentication", "kerberos"),
		"authentication is token": hdfsWith(t, "hdfs://"+at+"/druid", "hadoop.security.authentication", "token"),
	} {
		s.o.ProbeWrites = true
		r := s.run(t, "live-hdfs-*")
		requireOne(t, r, "live-hdfs-namenode", finding.CannotSay, says)
		requireOne(t, r, "live-hdfs-namenode", finding.CannotSay, ": try hdfs dfs -ls ")
		for _, id := range []string{"live-hdfs-folder", "live-hdfs-room", "live-hdfs-write"} {
			requireOne(t, r, id, finding.CannotSay, "see live-hdfs-namenode")
		}
	}
	login := "druid.hadoop.security.kerberos.principal=druid@MEADOW.EXAMPLE\ndruid.hadoop.security.kerberos.keytab=" + t.TempDir() + "/keytab\n"
	for says, properties := range map[string][]string{
		"and a client has to know it": nil,
		"is not encrypted":            {"dfs.namenode.kerberos.principal", "nn/_HOST@MEADOW.EXAMPLE", "hadoop.rpc.protection", "privacy"},
	} {
		s := hdfsWith(t, "hdfs://"+at+"/druid", append(properties, "hadoop.security.authentication", "kerberos")...)
		s.files[common] += login
		r := s.run(t, "live-hdfs-namenode", "live-storage-reach")
		requireOne(t, r, "live-hdfs-namenode", finding.CannotSay, says)
		requireOne(t, r, "live-storage-reach", finding.Pass, "ms")
	}
	// A keytab that is not there stops Druid, too; nothing is asked of a KDC then.
	s := hdfsWith(t, "hdfs://"+at+"/druid", "hadoop.security.authentication", "kerberos", "dfs.namenode.kerberos.principal", "nn/_HOST@MEADOW.EXAMPLE")
	s.files[common] += login
	r := s.run(t, "live-hdfs-*")
	requireOne(t, r, "live-hdfs-namenode", finding.Fail, "keytab: no such file")
	requireOne(t, r, "live-hdfs-folder", finding.CannotSay, "see live-hdfs-namenode")
	// Segments in S3 are not asked of HDFS.
	require.Empty(t, hdfsWith(t, "s3a://meadow/druid").run(t, "live-hdfs-*").Checks)
}

func hdfsWith(t *testing.T, folder string, properties ...string) *setup {
	t.Helper()
	s := inHDFS(t, folder, "druid")
	s.files[coreSite] = hadoopXML(properties...)
	return s
}

// Answers that take much to make: of full disks, DataNodes and encryption.
func TestHDFSAnswers(t *testing.T) {
	t.Parallel()
	good := facts.Namespace{
		NameNodes: []facts.NameNode{{Address: "nn1:8020", State: facts.Active}}, User: "druid", Path: "/druid", Nearest: "/druid",
		Exists: true, IsDir: true, Owner: "druid", Group: "hadoop", Mode: "drwxr-x---", Enterable: true, Writable: true, Size: 100 << 30, Free: 50 << 30,
	}
	for name, c := range map[string]struct {
		check   string
		change  func(t *facts.Namespace)
		verdict finding.Verdict
		says    string
	}{
		"well":        {"live-hdfs-room", func(*facts.Namespace) {}, finding.Pass, "50 GiB of 100 GiB free"},
		"nearly full": {"live-hdfs-room", func(t *facts.Namespace) { t.Free = 4 << 30 }, finding.Warn, "4 GiB"},
		"full":        {"live-hdfs-room", func(t *facts.Namespace) { t.Free = 1 << 10 }, finding.Fail, "1 KiB"},
		"no DataNode": {"live-hdfs-room", func(t *facts.Namespace) { t.Size, t.Free = 0, 0 }, finding.Fail, "no DataNode"},
		"quota nearly": {"live-hdfs-room", func(t *facts.Namespace) {
			t.Quotas = []facts.Quota{{Path: "/druid", Names: -1, Space: 100 << 20, SpaceUsed: 95 << 20}}
		}, finding.Warn, "95 MiB"},
		"names nearly": {"live-hdfs-room", func(t *facts.Namespace) {
			t.Quotas = []facts.Quota{{Path: "/druid", Names: 100, NamesUsed: 95, Space: -1}}
		}, finding.Warn, "100 names"},
		"quota above": {"live-hdfs-room", func(t *facts.Namespace) {
			t.Quotas = []facts.Quota{{Path: "/druid", Names: -1, Space: -1}, {Path: "/", Names: 7, NamesUsed: 6, Space: -1}}
		}, finding.Fail, "/ may have 7"},
		"quota unknown":  {"live-hdfs-room", func(t *facts.Namespace) { t.Unknown = map[string]string{"quota": "RpcNoSuchMethodException"} }, finding.CannotSay, "RpcNoSuch"},
		"rights unknown": {"live-hdfs-folder", func(t *facts.Namespace) { t.Unknown = map[string]string{"rights": "RpcNoSuchMethodException"} }, finding.CannotSay, "does not say"},
		"erasure coding": {"live-hdfs-room", func(t *facts.Namespace) {
			t.Erasure, t.Quotas = true, []facts.Quota{{Path: "/druid", Names: -1, Space: 10 << 20, SpaceUsed: 8 << 20}}
		}, finding.Pass, "10 MiB"},
		"replicas": {"live-hdfs-room", func(t *facts.Namespace) {
			t.Quotas = []facts.Quota{{Path: "/druid", Names: -1, Space: 10 << 20, SpaceUsed: 8 << 20}}
		}, finding.Fail, "10 MiB"},
		"encrypted":      {"live-hdfs-folder", func(t *facts.Namespace) { t.Encrypted = true }, finding.CannotSay, "encryption zone"},
		"written":        {"live-hdfs-write", func(t *facts.Namespace) { t.Wrote = "/druid/.implycheck-1" }, finding.Pass, "wrote /druid/.implycheck-1"},
		"not written":    {"live-hdfs-write", func(t *facts.Namespace) { t.WriteError = "could only be written to 0" }, finding.Fail, "0"},
		"left":           {"live-hdfs-write", func(t *facts.Namespace) { t.Left, t.WriteError = "/druid/.implycheck-1", "no answer" }, finding.Fail, "no answer"},
		"too slow":       {"live-hdfs-write", func(t *facts.Namespace) { t.Unknown = map[string]string{"write": "not in time"} }, finding.CannotSay, "in time"},
		"not encrypting": {"live-hdfs-write", func(t *facts.Namespace) { t.Encrypted = true }, finding.CannotSay, "nothing was written"},
		"initializing":   {"live-hdfs-namenode", func(t *facts.Namespace) { t.NameNodes[0].State = "initializing" }, finding.Fail, "initializing"},
		"another problem": {"live-hdfs-namenode", func(t *facts.Namespace) {
			t.NameNodes[0] = facts.NameNode{Address: "nn1:8020", Problem: &facts.Problem{Kind: facts.Other, Text: "RetriableException"}}
		}, finding.CannotSay, "Retriable"},
	} {
		s := hdfsWith(t, "hdfs://nn1/druid", "dfs.blocksize", "1m")
		s.o.ProbeWrites = true
		answer := good
		answer.NameNodes = []facts.NameNode{good.NameNodes[0]}
		c.change(&answer)
		s.answers = map[string]facts.Answer{}
		for _, writing := range []string{"", " writing"} {
			s.answers["hdfs nn1/druid"+writing] = facts.Answer{HDFS: &answer}
		}
		r := s.run(t, c.check)
		require.Equal(t, c.verdict, one(t, r, c.check).Verdict, "%s: %v", name, rows(r, c.check))
		require.Contains(t, one(t, r, c.check).Current, c.says, name)
	}
}

// A server that wants a login says something of Hadoop's files where these are here.
func TestHDFSLogin(t *testing.T) {
	t.Parallel()
	const says = "AccessControlException: SIMPLE authentication is not enabled"
	for properties, verdict := range map[string]finding.Verdict{
		"dfs.replication=1": finding.Fail, "": finding.CannotSay, "ipc.client.fallback-to-simple-auth-allowed=true": finding.CannotSay,
	} {
		s := inHDFS(t, "hdfs://nn1/druid", "druid")
		delete(s.files, coreSite)
		if name, value, ok := strings.Cut(properties, "="); ok {
			s.files[coreSite] = hadoopXML(name, value)
		}
		no := facts.NameNode{Address: "nn1:8020", Problem: &facts.Problem{Kind: facts.Rejected, Text: says}}
		s.answers = map[string]facts.Answer{"hdfs nn1/druid": {HDFS: &facts.Namespace{NameNodes: []facts.NameNode{no}}}}
		requireOne(t, s.run(t, "live-hdfs-namenode"), "live-hdfs-namenode", verdict, says)
	}
}
