package preflight_test

import (
	"fmt"
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
	// only is the release that the fault is planted in, every one where it is empty.
	only string
}

// druidRelease is a release that tools/druid.sh brings. Maven serves no extension for
// the metadata store but in some: the others keep it in Derby.
type druidRelease struct {
	name, target string
	postgreSQL   bool
}

var druidReleases = []druidRelease{
	{"25.0.0", "druid-25", true},
	{"33.0.0", "druid-33", false},
}

// realDruid is a Druid that a fault is planted in.
type realDruid struct {
	*setup
	release string // its folder
	java    string
	sql     func(database, text string)
	zk      *zk.Conn
	// user is who runs it, root where it is nil.
	user *syscall.Credential
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

// tls lets a process listen with a key that keytool makes.
func (d *realDruid) tls(t *testing.T, valid ...string) {
	t.Helper()
	run(t, nil, d.dir, program(t, "keytool"), append([]string{
		"-genkeypair", "-alias", "druid", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost",
		"-keystore", d.dir + "/keys", "-storetype", "PKCS12", "-storepass", "changeit1",
	}, valid...)...)
	d.edit(t, common, "", "druid.enableTlsPort=true\ndruid.server.https.keyStorePath="+d.dir+"/keys\ndruid.server.https.keyStoreType=pkcs12\ndruid.server.https.certAlias=druid\ndruid.server.https.keyStorePassword=changeit1")
}

// nobody runs the process: whose the folder then is, and who may enter it.
func (d *realDruid) nobody(t *testing.T) {
	t.Helper()
	d.user, d.o.User = account(t, "nobody"), "nobody"
	require.NoError(t, os.Chmod(filepath.Dir(d.dir), 0o755))
	require.NoError(t, filepath.Walk(d.dir, func(path string, _ os.FileInfo, _ error) error {
		return os.Lchown(path, int(d.user.Uid), int(d.user.Gid))
	}))
}

// extensions are a folder that may be changed.
func (d *realDruid) extensions(t *testing.T) {
	t.Helper()
	require.NoError(t, os.Remove(d.dir+"/extensions"))
	require.NoError(t, os.Mkdir(d.dir+"/extensions", 0o755))
	all, err := filepath.Glob(d.release + "/extensions/*")
	require.NoError(t, err)
	for _, path := range all {
		require.NoError(t, os.Symlink(path, d.dir+"/extensions/"+filepath.Base(path)))
	}
}

// newDruid is a cluster on this machine that starts.
func newDruid(t *testing.T, release druidRelease, uri string) *realDruid {
	t.Helper()
	folder := filepath.Join(os.Getenv("IMPLYCHECK_DRUID"), release.name)
	d := &realDruid{release: folder, setup: &setup{dir: t.TempDir(), deployment: "single", target: release.target, files: map[string]string{}}}
	base := os.DirFS("../rules/testdata/druid/base")
	require.NoError(t, os.CopyFS(d.dir, base))
	require.NoError(t, filepath.Walk(d.dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			text, e := os.ReadFile(path)
			d.files[strings.TrimPrefix(path, d.dir+"/")], err = string(text), e
		}
		return err
	}))
	if release.postgreSQL {
		d.postgreSQL(t, uri)
	}
	require.NoError(t, os.MkdirAll(d.dir+"/var/tmp", 0o755))
	for _, name := range []string{"extensions", "lib"} {
		require.NoError(t, os.Symlink(filepath.Join(folder, name), filepath.Join(d.dir, name)))
	}
	return d
}

// postgreSQL keeps the metadata there and not in Derby.
func (d *realDruid) postgreSQL(t *testing.T, uri string) {
	t.Helper()
	derby := regexp.MustCompile(`(?m)^druid\.metadata\..*\n`)
	d.files[common] = derby.ReplaceAllString(d.files[common], "") + "druid.metadata.storage.type=postgresql\ndruid.metadata.storage.connector.connectURI=" + uri + "\n" +
		"druid.metadata.storage.connector.user=druid\ndruid.metadata.storage.connector.password=rosebud7\n"
	d.edit(t, common, `["druid-datasketches"]`, `["druid-datasketches","postgresql-metadata-storage"]`)
}

// start starts a process as bin/run-druid does, and answers what it did and, if it did
// not start, why.
func (d *realDruid) start(t *testing.T, service string, patience time.Duration) (does, why string) {
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
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: d.user}
	require.NoError(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	text := func() string { all, _ := os.ReadFile(log.Name()); return string(all) }
	for late := time.After(patience); ; {
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
	if !insideWith(t, "-mn --pid --fork --kill-child --mount-proc", `ip link set lo up
echo "nameserver 127.0.0.1" > $PREFLIGHT_DIR/resolv; mount --bind $PREFLIGHT_DIR/resolv /etc/resolv.conf`) {
		return
	}
	names(t, nil) // knows nobody
	jars, err := filepath.Glob(home + "/33.0.0/lib/*.jar")
	require.NoError(t, err)
	require.NotEmpty(t, jars, "tools/druid.sh brings it")
	at, sql := postgres(t)
	sql("postgres", "create user druid password 'rosebud7'")
	sql("postgres", "create database druid owner druid")
	dir := t.TempDir()
	start(t, nil, dir, program(t, "java"), "-Xmx64m", "-Dzookeeper.admin.enableServer=false", "-cp", strings.Join(jars, ":"), "org.apache.zookeeper.server.ZooKeeperServerMain", "2181", dir)
	zooKeeper := serving(t, "127.0.0.1:2181")

	wanted := regexp.MustCompile(os.Getenv("PREFLIGHT_FAULT")) // all of them without one
	for _, release := range druidReleases {
		for i, f := range faults {
			name := release.name + " " + f.service + ": " + f.name
			if f.only != "" && f.only != release.name || !wanted.MatchString(name) {
				continue
			}
			t.Run(name, func(t *testing.T) {
				d := newDruid(t, release, "jdbc:postgresql://"+at+"/druid")
				d.sql, d.zk, d.o.Roles = sql, zooKeeper, []string{f.service}
				patience := slow
				if f.does == "waits" { // which takes a minute, and hardly a processor
					d.move(t, f.service, 18000+i)
					t.Parallel()
					patience = time.Minute
				}
				f.try(t, d, patience)
			})
		}
	}
}

// slow is how long a machine with other work may take for a start, or for an end.
const slow = 5 * time.Minute

// move lets a process listen elsewhere.
func (d *realDruid) move(t *testing.T, service string, port int) {
	t.Helper()
	file := "conf/druid/" + service + "/runtime.properties"
	d.files[file] = regexp.MustCompile(`(?m)^(druid\.plaintextPort)=.*`).ReplaceAllString(d.files[file], fmt.Sprintf("$1=%d", port))
}

// try looks at the cluster before and after the fault is planted, and starts it.
func (f *fault) try(t *testing.T, d *realDruid, patience time.Duration) {
	var before []string
	if f.check != "" {
		before = rows(d.run(t, f.check), f.check)
	}
	if f.plant != nil {
		f.plant(t, d)
	}
	if d.java != "" {
		t.Setenv("JAVA_HOME", d.java)
	}
	r := d.run(t)
	failing, said := worst(r)
	if f.check != "" {
		assert.NotEqual(t, before, rows(r, f.check), "it is said of a cluster without the fault")
	}
	forget(d.zk, "/druid")
	does, why := d.start(t, f.service, patience)
	t.Logf("%s: %s %s; %s. %s %s", f.name, f.check, said[f.check], does, failing, why)
	assert.Equal(t, f.does, does, why)
	if f.check != "" {
		assert.Equal(t, f.verdict, said[f.check])
	}
	assert.Equal(t, f.verdict == finding.Fail, len(failing) > 0, "%s", failing)
}

// worst is what preflight says: what fails, and the worst verdict of each check.
func worst(r *finding.Report) (failing []string, worst map[string]finding.Verdict) {
	worst = map[string]finding.Verdict{}
	for _, c := range r.Checks {
		if c.Verdict == finding.Fail && c.Rule != "live-nofile" { // which is this machine's
			failing = append(failing, c.Rule+" "+c.Target+": "+c.Current)
		}
		if worst[c.Rule] != finding.Fail && (worst[c.Rule] != finding.Warn || c.Verdict == finding.Fail) {
			worst[c.Rule] = c.Verdict
		}
	}
	return failing, worst
}

// forget takes away what processes that were killed have announced.
func forget(conn *zk.Conn, path string) {
	children, _, _ := conn.Children(path)
	for _, name := range children {
		forget(conn, path+"/"+name)
	}
	_ = conn.Delete(path, -1) // of one that runs it comes back
}
