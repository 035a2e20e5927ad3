package preflight_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// fault is something that is wrong with a Druid that would start, what preflight says
// of it, and what the process then does.
type fault struct {
	name, service string
	plant         func(t *testing.T, d *realDruid)
	// check is what finds it, and how badly; without one nothing is found.
	check   string
	verdict finding.Verdict
	// does is started, refused or waits: neither, for a minute.
	does string
}

// realDruid is a Druid 25.0.0 that a fault is planted in.
type realDruid struct {
	*setup
	release string
	java    string
	sql     func(database, text string)
}

// edit replaces a text of a file, or adds a line.
func (d *realDruid) edit(t *testing.T, file, old, new string) {
	t.Helper()
	if old != "" {
		require.Contains(t, d.files[file], old)
	}
	if old == "" {
		d.files[file] += new + "\n"
		return
	}
	d.files[file] = strings.Replace(d.files[file], old, new, 1)
}

// database names another one in the URI.
func (d *realDruid) database(name string) {
	d.files[common] = regexp.MustCompile(`(127\.0\.0\.1:\d+)/druid`).ReplaceAllString(d.files[common], "$1/"+name)
}

// mariaDB puts the metadata into a MariaDB, with MySQL's driver 8 beside the jar of the
// extension.
func (d *realDruid) mariaDB(t *testing.T, charset string) {
	t.Helper()
	at, sql := mariaDB(t)
	sql("", "create database druid character set "+charset+"; create user druid@'%' identified by 'rosebud7'; grant all on druid.* to druid@'%'")
	d.edit(t, common, `"postgresql-metadata-storage"`, `"mysql-metadata-storage"`)
	d.edit(t, common, "type=postgresql", "type=mysql")
	d.files[common] = regexp.MustCompile(`jdbc:postgresql://127\.0\.0\.1:\d+`).ReplaceAllString(d.files[common], "jdbc:mysql://"+at)
	driver, err := filepath.Glob(strings.TrimSuffix(live(t, "jdbc-mysql-connector-j-8"), "*") + "mysql-*.jar")
	require.NoError(t, err)
	require.NoError(t, os.Remove(d.dir+"/extensions"))
	require.NoError(t, os.CopyFS(d.dir+"/extensions/mysql-metadata-storage", os.DirFS(d.release+"/extensions/mysql-metadata-storage")))
	require.NoError(t, os.Symlink(d.release+"/extensions/druid-datasketches", d.dir+"/extensions/druid-datasketches"))
	require.NoError(t, os.Symlink(driver[0], d.dir+"/extensions/mysql-metadata-storage/"+filepath.Base(driver[0])))
}

func inCommon(old, new string) func(*testing.T, *realDruid) {
	return func(t *testing.T, d *realDruid) { t.Helper(); d.edit(t, common, old, new) }
}

func inService(service, file, old, new string) func(*testing.T, *realDruid) {
	return func(t *testing.T, d *realDruid) {
		t.Helper()
		d.edit(t, "conf/druid/"+service+"/"+file, old, new)
	}
}

var faults = []fault{
	{"nothing", "coordinator", nil, "", "", "started"},
	{"nothing", "historical", nil, "", "", "started"},
	{"nothing", "broker", nil, "", "", "started"},
	{"the port is taken", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		l, err := net.Listen("tcp", "127.0.0.1:8083")
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
	}, "live-ports-free", finding.Fail, "refused"},
	{"it runs already", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.run(t, "live-swap") // writes the files
		does, why := d.start(t, "historical")
		require.Equal(t, "started", does, why)
	}, "live-ports-free", finding.Warn, "refused"},
	{"another password", "coordinator", inCommon("rosebud7", "rosebud8"), "live-db-connect", finding.Fail, "waits"},
	{"no such database", "coordinator", func(_ *testing.T, d *realDruid) { d.database("prairie") }, "live-db-connect", finding.Fail, "waits"},
	{"the database is down", "coordinator", func(_ *testing.T, d *realDruid) {
		d.files[common] = regexp.MustCompile(`127\.0\.0\.1:\d+/druid`).ReplaceAllString(d.files[common], "127.0.0.1:1/druid")
	}, "live-db-connect", finding.Fail, "waits"},
	{"tables may not be made", "coordinator", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.sql("postgres", "create database closed")
		d.sql("closed", "revoke create on schema public from public")
		d.database("closed")
	}, "live-db-tables", finding.Fail, "waits"},
	{"createTables is false, and there are none", "coordinator", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.sql("postgres", "create database empty owner druid")
		d.database("empty")
		d.edit(t, common, "", "druid.metadata.storage.connector.createTables=false")
	}, "live-db-tables", finding.Fail, "refused"},
	{"the database is read-only", "coordinator", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.sql("postgres", "create database frozen owner druid")
		d.sql("postgres", "alter database frozen set default_transaction_read_only = on")
		d.database("frozen")
	}, "live-db-read-only", finding.Fail, "waits"},
	{"no driver of MySQL", "coordinator", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.edit(t, common, `"postgresql-metadata-storage"`, `"mysql-metadata-storage"`)
		d.edit(t, common, "type=postgresql", "type=mysql")
		d.edit(t, common, "jdbc:postgresql", "jdbc:mysql")
	}, "live-jdbc-driver", finding.Fail, "refused"},
	{"MySQL's driver 8 and a MariaDB", "coordinator", func(t *testing.T, d *realDruid) { t.Helper(); d.mariaDB(t, "utf8mb4") }, "", "", "started"},
	{"a database in latin1", "coordinator", func(t *testing.T, d *realDruid) { t.Helper(); d.mariaDB(t, "latin1") }, "live-db-charset", finding.Fail, "refused"},
	{"an extension is not there", "broker", inCommon(`"druid-datasketches"`, `"druid-datasketches","druid-orc-extensions"`), "live-extensions", finding.Fail, "refused"},
	{"ZooKeeper is not there", "historical", inCommon(":2181", ":2182"), "live-zk-connect", finding.Fail, "waits"},
	{"the path in ZooKeeper is not there", "historical", inCommon(":2181", ":2181/nowhere"), "live-zk-path", finding.Fail, "refused"},
	{"the cache is on a read-only disk", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		dir := t.TempDir()
		require.NoError(t, syscall.Mount("none", dir, "tmpfs", 0, "size=64m"))
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
		require.NoError(t, os.Mkdir(dir+"/cache", 0o755))
		require.NoError(t, syscall.Mount("none", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
		d.edit(t, "conf/druid/historical/runtime.properties", "var/druid/segment-cache", dir+"/cache")
	}, "live-mount", finding.Fail, "refused"},
	{"a file is where the cache has to be", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.files["plain"] = "no folder"
		d.edit(t, "conf/druid/historical/runtime.properties", "var/druid/segment-cache", "plain/cache")
	}, "live-folders", finding.Fail, "refused"},
	{"java.io.tmpdir is not there", "broker", inService("broker", "jvm.config", "java.io.tmpdir=var/tmp", "java.io.tmpdir=var/none"), "live-tmp", finding.Warn, "started"},
	{"a heap larger than the machine", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.edit(t, "conf/druid/broker/jvm.config", "-Xms384m", "-Xms900g")
		d.edit(t, "conf/druid/broker/jvm.config", "-Xmx384m", "-Xmx900g")
	}, "live-memory", finding.Fail, "refused"},
	{"a Java that Druid does not know", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		found, _ := filepath.Glob("/usr/lib/jvm/*25*")
		if len(found) == 0 {
			t.Skip("no Java 25 here")
		}
		d.java = found[0]
	}, "live-java", finding.Warn, "started"},
	{"the key store has another password", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		keytool := program(t, "keytool")
		run(t, nil, d.dir, keytool, "-genkeypair", "-alias", "druid", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost", "-validity", "365", "-keystore", d.dir+"/keys", "-storetype", "PKCS12", "-storepass", "changeit1")
		d.edit(t, common, `"druid-datasketches"`, `"druid-datasketches","simple-client-sslcontext"`)
		d.edit(t, common, "", "druid.enableTlsPort=true\ndruid.server.https.keyStorePath="+d.dir+"/keys\ndruid.server.https.keyStoreType=pkcs12\ndruid.server.https.certAlias=druid\ndruid.server.https.keyStorePassword=changeit2")
		d.edit(t, common, `,"simple-client-sslcontext"`, "")
	}, "live-key-store", finding.Fail, "refused"},
	{"the name is another machine's", "broker", inService("broker", "runtime.properties", "", "druid.host=192.0.2.55"), "live-host-name", finding.Fail, "started"},
}

// newDruid is a cluster on this machine that starts.
func newDruid(t *testing.T, release, uri string) *realDruid {
	t.Helper()
	d := &realDruid{release: release, setup: &setup{dir: t.TempDir(), deployment: "single", target: "druid-25", files: map[string]string{}}}
	base := os.DirFS("../rules/testdata/druid/base")
	require.NoError(t, os.CopyFS(d.dir, base))
	require.NoError(t, filepath.Walk(d.dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			text, e := os.ReadFile(path)
			d.files[strings.TrimPrefix(path, d.dir+"/")], err = string(text), e
		}
		return err
	}))
	derby := regexp.MustCompile(`(?m)^druid\.metadata\..*\n`)
	d.files[common] = derby.ReplaceAllString(d.files[common], "") + "druid.metadata.storage.type=postgresql\ndruid.metadata.storage.connector.connectURI=" + uri + "\n" +
		"druid.metadata.storage.connector.user=druid\ndruid.metadata.storage.connector.password=rosebud7\n"
	d.edit(t, common, `["druid-datasketches"]`, `["druid-datasketches","postgresql-metadata-storage"]`)
	require.NoError(t, os.MkdirAll(d.dir+"/var/tmp", 0o755))
	for _, name := range []string{"extensions", "lib"} {
		require.NoError(t, os.Symlink(filepath.Join(release, name), filepath.Join(d.dir, name)))
	}
	return d
}

// start starts a process as bin/run-druid does, and answers what it did and, if it did
// not start, why.
func (d *realDruid) start(t *testing.T, service string) (does, why string) {
	t.Helper()
	druid := filepath.Join(d.dir, "conf", "druid")
	flags := strings.Fields(d.files["conf/druid/"+service+"/jvm.config"])
	lib, err := filepath.Glob(d.dir + "/lib/*.jar")
	require.NoError(t, err)
	args := append(flags, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
	if archive := filepath.Join(d.release, service+".jsa"); d.java == "" {
		args = append(args, "-XX:SharedArchiveFile="+archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
	}
	for _, open := range []string{"java.nio", "sun.nio.ch", "jdk.internal.ref", "java.io", "java.lang"} {
		args = append(args, "--add-opens=java.base/"+open+"=ALL-UNNAMED")
	}
	args = append(args, "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED", "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
		"-cp", strings.Join(lib, ":")+":"+druid+"/_common:"+druid+"/"+service, "org.apache.druid.cli.Main", "server", service)
	java := "java"
	if d.java != "" {
		java = d.java + "/bin/java"
	}
	log, err := os.CreateTemp(t.TempDir(), "log")
	require.NoError(t, err)
	defer log.Close()
	cmd := exec.Command(java, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = d.dir, log, log
	require.NoError(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	text := func() string { all, _ := os.ReadFile(log.Name()); return string(all) }
	for late := time.After(time.Minute); ; {
		select {
		case <-ended:
			return "refused", lastCause(text())
		case <-late:
			return "waits", lastCause(text())
		case <-time.After(200 * time.Millisecond):
			if strings.Contains(text(), "Successfully started lifecycle [module]") {
				return "started", lastCause(text())
			}
		}
	}
}

// lastCause is the exception at the bottom of a log.
func lastCause(log string) string {
	all := regexp.MustCompile(`(?m)^(Caused by: |Error|Exception in thread|.*(?:ERROR|Exception:)).*`).FindAllString(log, -1)
	if len(all) == 0 {
		return ""
	}
	last := all[len(all)-1]
	return last[:min(len(last), 240)]
}

// What preflight says before a start is what a real Druid then does. The test is in
// namespaces of its own, without a network.
func TestLiveDruid(t *testing.T) {
	home := os.Getenv("IMPLYCHECK_DRUID")
	if home == "" || testing.Short() {
		t.Skip("make test-live runs a Druid")
	}
	if !insideWith(t, "-mn --pid --fork --kill-child --mount-proc", "ip link set lo up") {
		return
	}
	release := filepath.Join(home, "25.0.0")
	jars, err := filepath.Glob(release + "/lib/*.jar")
	require.NoError(t, err)
	require.NotEmpty(t, jars, "tools/druid.sh brings it")
	at, sql := postgres(t)
	sql("postgres", "create user druid password 'rosebud7'")
	sql("postgres", "create database druid owner druid")
	dir := t.TempDir()
	start(t, nil, dir, program(t, "java"), "-Xmx64m", "-Dzookeeper.admin.enableServer=false", "-cp", strings.Join(jars, ":"), "org.apache.zookeeper.server.ZooKeeperServerMain", "2181", dir)
	zooKeeper := serving(t, "127.0.0.1:2181")

	for _, f := range faults {
		t.Run(f.service+": "+f.name, func(t *testing.T) {
			if only := os.Getenv("PREFLIGHT_FAULT"); only != "" && !regexp.MustCompile(only).MatchString(f.name) {
				t.Skip()
			}
			d := newDruid(t, release, "jdbc:postgresql://"+at+"/druid")
			d.sql, d.o.Roles = sql, []string{f.service}
			if f.plant != nil {
				f.plant(t, d)
			}
			if d.java != "" {
				t.Setenv("JAVA_HOME", d.java)
			}
			r := d.run(t)
			said := map[string]finding.Verdict{}
			var failing []string
			for _, c := range r.Checks {
				if c.Verdict == finding.Fail && c.Rule != "live-nofile" { // which is this machine's
					failing = append(failing, c.Rule+" "+c.Target+": "+c.Current)
				}
				if said[c.Rule] != finding.Fail && (said[c.Rule] != finding.Warn || c.Verdict == finding.Fail) {
					said[c.Rule] = c.Verdict
				}
			}
			forget(zooKeeper, "/druid")
			does, why := d.start(t, f.service)
			t.Logf("%s: %s %s; %s. %s", f.name, f.check, said[f.check], does, why)
			assert.Equal(t, f.does, does, why)
			if f.check != "" {
				assert.Equal(t, f.verdict, said[f.check], "%s", rows(r, f.check))
			}
			assert.Equal(t, f.verdict == finding.Fail, len(failing) > 0, "%s", failing)
		})
	}
}

// forget takes away what processes that were killed have announced.
func forget(conn *zk.Conn, path string) {
	children, _, _ := conn.Children(path)
	for _, name := range children {
		forget(conn, path+"/"+name)
	}
	_ = conn.Delete(path, -1) // of one that runs it comes back
}
