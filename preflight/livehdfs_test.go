package preflight_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// miniDFS starts an HDFS (testdata/MiniDfs.java), with two NameNodes where there are two
// ports, and answers what has it do something.
func miniDFS(t *testing.T, flags []string, ports []int, settings ...string) (do func(line string) string) {
	t.Helper()
	jars, java := live(t, "hadoop"), program(t, "java")
	source, err := filepath.Abs("testdata/MiniDfs.java")
	require.NoError(t, err)
	args := append(flags, "-Xmx512m", "-cp", jars, source, t.TempDir(), strings.Trim(strings.ReplaceAll(fmt.Sprint(ports), " ", ","), "[]"), "dfs.permissions.superusergroup=keepers")
	cmd := exec.Command(java, append(args, settings...)...)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	cmd.Stderr, cmd.SysProcAttr = log, &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		if text, _ := os.ReadFile(log.Name()); t.Failed() {
			t.Logf("%s", text[max(0, len(text)-4000):])
		}
	})
	lines := bufio.NewScanner(out)
	answer := func() (said string) {
		t.Helper()
		for lines.Scan() {
			if said = said + lines.Text(); strings.HasSuffix(said, "done") || said == "up" {
				return said
			}
			require.NotContains(t, said, "failed:")
		}
		t.Fatal("HDFS has ended")
		return ""
	}
	require.Equal(t, "up", answer())
	return func(line string) string {
		t.Helper()
		_, err := io.WriteString(in, line+"\n")
		require.NoError(t, err)
		return answer()
	}
}

// inHDFS is a server with tasks whose segments are in a folder of HDFS.
func inHDFS(t *testing.T, folder, user string) *setup {
	t.Helper()
	s := newSetup(t, "druid.storage.type=hdfs\ndruid.storage.storageDirectory="+folder+"\n")
	s.files["conf/druid/middleManager/runtime.properties"] = "druid.service=druid/middleManager\ndruid.plaintextPort=38091\n"
	s.files[coreSite] = hadoopXML("dfs.blocksize", "1m", "dfs.replication", "1")
	s.o.User = user
	return s
}

const coreSite = "conf/druid/_common/core-site.xml"

// hadoopXML is a file of Hadoop.
func hadoopXML(properties ...string) string {
	text := "<configuration>"
	for i := 0; i < len(properties); i += 2 {
		text += "<property><name>" + properties[i] + "</name><value>" + properties[i+1] + "</value></property>"
	}
	return text + "</configuration>"
}

// twoNameNodes is hdfs-site.xml for a nameservice.
func twoNameNodes(a, b string) string {
	return hadoopXML("dfs.nameservices", "meadow", "dfs.ha.namenodes.meadow", "a,b", "dfs.namenode.rpc-address.meadow.a", a, "dfs.namenode.rpc-address.meadow.b", b,
		"dfs.client.failover.proxy.provider.meadow", "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider")
}

// hdfsScenes are what one NameNode is asked about, for users and states; TestHDFS plays
// the same back.
var hdfsScenes = []struct {
	scene, do, user, path string
	check                 string
	verdict               finding.Verdict
	says                  string
}{
	{"owner", "folder /druid druid hadoop 750", "druid", "/druid", "live-hdfs-folder", finding.Pass, "drwxr-x--- druid:hadoop"},
	{"owner", "", "druid", "/druid", "live-hdfs-room", finding.Pass, "free"},
	{"owner", "", "druid", "/druid", "live-hdfs-namenode", finding.Pass, "active"},
	{"missing", "", "druid", "/druid/segments/deep", "live-hdfs-folder", finding.Pass, "does not exist; /druid is"},
	{"stranger", "", "nobody", "/druid/segments", "live-hdfs-folder", finding.Fail, "user=nobody, access=EXECUTE"},
	{"stranger", "", "nobody", "/druid/segments", "live-hdfs-room", finding.CannotSay, "see live-hdfs-folder"},
	{"root", "", "druid", "/deep/storage", "live-hdfs-folder", finding.Fail, "does not exist; / is drwxr-xr-x"},
	{"other", "folder /other other hadoop 755", "druid", "/other", "live-hdfs-folder", finding.Fail, "drwxr-xr-x other:hadoop"},
	{"listed", "acl /other user:druid:rwx", "druid", "/other", "live-hdfs-folder", finding.Pass, "other:hadoop"},
	{"closed", "folder /closed other hadoop 700", "nobody", "/closed", "live-hdfs-folder", finding.Fail, "drwx------ other:hadoop"},
	{"file", "file /file", "druid", "/file/segments", "live-hdfs-folder", finding.Fail, "file"},
	{"names", "folder /names druid hadoop 755\nquota /names 2 -1", "druid", "/names", "live-hdfs-room", finding.Fail, "/names may have 2 names, and has 1"},
	{"fewnames", "folder /names druid hadoop 755\nquota /names 5 -1\nfolder /names/a druid hadoop 755\nfolder /names/b druid hadoop 755", "druid", "/names/a", "live-hdfs-room", finding.Pass, "/names may have 5 names, and has 3"},
	{"space", "folder /space druid hadoop 755\nquota /space -1 1000000", "druid", "/space/segments", "live-hdfs-room", finding.Fail, "/space may hold 976.5 KiB, and holds 0 bytes"},
	{"zone", "folder /zone druid hadoop 750\nzone /zone", "druid", "/zone", "live-hdfs-folder", finding.CannotSay, "encryption zone"},
	{"safe", "safe ENTER", "druid", "/druid", "live-hdfs-namenode", finding.Fail, "in safe mode"},
	{"superuser", "safe LEAVE", "", "/closed", "live-hdfs-folder", finding.Pass, ""},
}

func TestLiveHDFS(t *testing.T) {
	port := freePort(t)
	do := miniDFS(t, nil, []int{port}, "hadoop.security.key.provider.path=jceks://file"+t.TempDir()+"/keys.jceks")
	address := fmt.Sprintf("127.0.0.1:%d", port)
	record := &recording{lines: map[string]bool{}}
	for _, c := range hdfsScenes {
		for line := range strings.Lines(c.do) {
			do(strings.TrimSpace(line))
		}
		at := record.of(t, c.scene, address)
		requireOne(t, inHDFS(t, "hdfs://"+at+c.path, c.user).run(t, c.check), c.check, c.verdict, c.says)
	}
	if *updateCases {
		record.write(t)
	}

	// Writing, to DataNodes too, and what stops it.
	write := func(path, user string) *finding.Report {
		s := inHDFS(t, "hdfs://"+address+path, user)
		s.o.ProbeWrites = true
		return s.run(t, "live-hdfs-write")
	}
	requireOne(t, write("/druid", "druid"), "live-hdfs-write", finding.Pass, "wrote /druid/.implycheck-")
	require.Equal(t, "hasdone", do("list /druid"), "what was written is gone")
	requireOne(t, write("/druid/segments", "druid"), "live-hdfs-write", finding.Pass, "wrote /druid/.implycheck-")
	requireOne(t, write("/other", "druid"), "live-hdfs-write", finding.Pass, "")
	requireOne(t, write("/", "druid"), "live-hdfs-write", finding.Fail, "permission denied")
	requireOne(t, write("/space", "druid"), "live-hdfs-write", finding.Fail, "quota")
	do("safe ENTER")
	r := write("/druid", "druid")
	requireOne(t, r, "live-hdfs-write", finding.Fail, "safe mode")
	require.False(t, hasFinding(r, "delete it by hand"), "nothing was written")
	do("safe LEAVE")
	// One that hangs in the middle: what was begun is taken away over another connection.
	slow := nameNode(t, forward(t, address, func(c rpcCall, answer []byte) {
		if c.method == "addBlock" {
			time.Sleep(8 * time.Second)
		}
	}))
	s := inHDFS(t, "hdfs://"+slow+"/druid", "druid")
	s.o.ProbeWrites = true
	requireOne(t, s.run(t, "live-hdfs-write"), "live-hdfs-write", finding.CannotSay, "in time")
	require.Equal(t, "hasdone", do("list /druid"), "what was begun is gone")
	requireOne(t, write("/zone/segments", "druid"), "live-hdfs-write", finding.CannotSay, "nothing was written")
	do("datanode")
	requireOne(t, write("/druid", "druid"), "live-hdfs-write", finding.Fail, "")
	require.Equal(t, "hasdone", do("list /druid"), "what was begun is gone")
}

// requireHDFS runs the checks of HDFS.
func requireHDFS(t *testing.T, s *setup, namenode, folder finding.Verdict, says string) *finding.Report {
	t.Helper()
	r := s.run(t, "live-hdfs-*")
	requireOne(t, r, "live-hdfs-namenode", namenode, says)
	requireOne(t, r, "live-hdfs-folder", folder, "")
	for _, f := range r.Findings {
		require.NotContains(t, f.Message, "bug of implycheck")
	}
	return r
}

func TestLiveHDFSTwoNameNodes(t *testing.T) {
	ports := []int{freePort(t), freePort(t)}
	do := miniDFS(t, nil, ports)
	do("folder /druid druid hadoop 750")
	a, b := fmt.Sprintf("127.0.0.1:%d", ports[0]), fmt.Sprintf("127.0.0.1:%d", ports[1])
	with := func(a, b string) *setup {
		s := inHDFS(t, "/druid/segments", "druid")
		s.files[coreSite] = hadoopXML("fs.defaultFS", "hdfs://meadow", "dfs.replication", "1")
		s.files["conf/druid/_common/hdfs-site.xml"] = twoNameNodes(a, b)
		s.o.ProbeWrites = true
		return s
	}
	requireBoth := func(s *setup, namenode, folder finding.Verdict, says string) {
		t.Helper()
		requireOne(t, requireHDFS(t, s, namenode, folder, says), "live-hdfs-write", folder, "")
	}
	requireBoth(with(a, b), finding.Pass, finding.Pass, a+" active, "+b+" standby")
	requireBoth(with(b, a), finding.Pass, finding.Pass, b+" standby, "+a+" active")
	down := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	requireBoth(with(a, down), finding.Warn, finding.Pass, "refused")
	requireBoth(with(silentServer(t), a), finding.Warn, finding.Pass, "in time")
	requireBoth(with(b, down), finding.Fail, finding.CannotSay, b+" standby")
	requireOne(t, inHDFS(t, "hdfs://"+b+"/druid", "druid").run(t, "live-hdfs-namenode"), "live-hdfs-namenode", finding.Fail, "standby")
	do("standby 0")
	requireBoth(with(a, b), finding.Fail, finding.CannotSay, a+" standby, "+b+" standby")
	do("active 1")
	requireBoth(with(a, b), finding.Pass, finding.Pass, b+" active")
}

func TestLiveHDFSKerberos(t *testing.T) {
	jars, java := live(t, "kdc"), program(t, "java")
	dir, kdcPort, port := t.TempDir(), freePort(t), freePort(t)
	require.NoError(t, os.WriteFile(dir+"/kdc.properties", []byte(fmt.Sprintf("org.name=MEADOW\norg.domain=EXAMPLE\nkdc.bind.address=localhost\nkdc.port=%d\n"+
		"instance=DefaultKrbServer\nmax.ticket.lifetime=86400000\nmax.renewable.lifetime=604800000\ntransport=TCP\ndebug=false\n", kdcPort)), 0o644))
	start(t, nil, dir, java, "-Xmx128m", "-cp", jars, "org.apache.hadoop.minikdc.MiniKdc", dir, dir+"/kdc.properties", dir+"/keytab", "hdfs/localhost", "HTTP/localhost", "druid", "guest")
	require.Eventually(t, func() bool {
		info, err := os.Stat(dir + "/keytab")
		return err == nil && info.Size() > 0
	}, 60*time.Second, 100*time.Millisecond)
	listening(t, kdcPort)
	const realm = "@MEADOW.EXAMPLE"
	settings := []string{
		"hadoop.security.authentication=kerberos", "hadoop.security.authorization=true", "dfs.block.access.token.enable=true", "ignore.secure.ports.for.testing=true",
		"dfs.data.transfer.protection=authentication", "test.principal=hdfs/localhost" + realm,
		"dfs.web.authentication.kerberos.principal=HTTP/localhost" + realm, "dfs.web.authentication.kerberos.keytab=" + dir + "/keytab",
	}
	for _, server := range []string{"namenode", "datanode"} {
		settings = append(settings, "dfs."+server+".kerberos.principal=hdfs/localhost"+realm, "dfs."+server+".keytab.file="+dir+"/keytab")
	}
	do := miniDFS(t, []string{"-Djava.security.krb5.conf=" + dir + "/krb5.conf"}, []int{port}, settings...)
	do("folder /druid druid hadoop 750")
	with := func(principal, keytab, namenode string) *setup {
		s := inHDFS(t, fmt.Sprintf("hdfs://localhost:%d/druid", port), "")
		s.files[common] += "druid.hadoop.security.kerberos.principal=" + principal + realm + "\ndruid.hadoop.security.kerberos.keytab=" + keytab + "\n"
		s.files["conf/druid/historical/jvm.config"] += "-Djava.security.krb5.conf=" + dir + "/krb5.conf\n"
		s.files[coreSite] = hadoopXML("hadoop.security.authentication", "kerberos", "dfs.namenode.kerberos.principal", namenode+realm, "dfs.data.transfer.protection", "authentication", "dfs.replication", "1")
		s.o.ProbeWrites = true
		return s
	}
	r := with("druid", dir+"/keytab", "hdfs/_HOST").run(t, "live-hdfs-*")
	requireOne(t, r, "live-hdfs-folder", finding.Pass, "druid:hadoop")
	requireOne(t, r, "live-hdfs-write", finding.Pass, "wrote /druid/.implycheck-")
	// Hadoop's principal has the name of the address, whatever the server is called.
	s := with("druid", dir+"/keytab", "hdfs/_HOST")
	s.files[common] = strings.Replace(s.files[common], "hdfs://localhost:", "hdfs://127.0.0.1:", 1)
	requireOne(t, s.run(t, "live-hdfs-write"), "live-hdfs-write", finding.Pass, "wrote /druid/.implycheck-")
	requireHDFS(t, with("guest", dir+"/keytab", "hdfs/_HOST"), finding.Pass, finding.Fail, "active")
	requireHDFS(t, with("stranger", dir+"/keytab", "hdfs/_HOST"), finding.Fail, finding.CannotSay, "Client not found in Kerberos database")
	requireHDFS(t, with("druid", dir+"/none", "hdfs/_HOST"), finding.Fail, finding.CannotSay, "no such file")
	requireHDFS(t, with("druid", dir+"/keytab", "nn/_HOST"), finding.Fail, finding.CannotSay, "Server not found in Kerberos database")
	// Without a login, where the server wants one.
	requireOne(t, inHDFS(t, fmt.Sprintf("hdfs://localhost:%d/druid", port), "druid").run(t, "live-hdfs-namenode"), "live-hdfs-namenode", finding.Fail, "SIMPLE authentication is not enabled")
	s = inHDFS(t, fmt.Sprintf("hdfs://localhost:%d/druid", port), "druid")
	delete(s.files, coreSite)
	requireOne(t, s.run(t, "live-hdfs-namenode"), "live-hdfs-namenode", finding.CannotSay, "not in this tree")
}
