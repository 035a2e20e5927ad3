package preflight_test

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// listensAt takes a port.
func listensAt(address string) func(*testing.T, *realDruid) {
	return func(t *testing.T, _ *realDruid) {
		t.Helper()
		l, err := net.Listen("tcp", address)
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
	}
}

// mounted is a file system of its own.
func mounted(t *testing.T, flags uintptr, options string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, syscall.Mount("none", dir, "tmpfs", flags, options))
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// cutOff is an extension whose jar is.
func cutOff(t *testing.T, d *realDruid) {
	t.Helper()
	d.extensions(t)
	require.NoError(t, os.Mkdir(d.dir+"/extensions/druid-cut", 0o755))
	require.NoError(t, os.WriteFile(d.dir+"/extensions/druid-cut/druid-cut-"+filepath.Base(d.release)+".jar", []byte("PK\003\004"), 0o644))
	d.edit(t, common, `"druid-datasketches"`, `"druid-datasketches","druid-cut"`)
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

// inKeys changes what names a key store that is right.
func inKeys(old, new string) func(*testing.T, *realDruid) {
	return func(t *testing.T, d *realDruid) {
		t.Helper()
		d.tls(t, "-validity", "365")
		d.edit(t, common, old, new)
	}
}

// aFileIn puts a file where a folder would be made.
func aFileIn(service, old, new string) func(*testing.T, *realDruid) {
	return func(t *testing.T, d *realDruid) {
		t.Helper()
		d.files["plain"] = "no folder"
		d.edit(t, "conf/druid/"+service+"/runtime.properties", old, new)
	}
}

var faults = []fault{
	{"nothing", "coordinator", nil, "", "", "started", ""},
	{"nothing", "historical", nil, "", "", "started", ""},
	{"nothing", "broker", nil, "", "", "started", ""},
	{"nothing", "middleManager", nil, "", "", "started", ""},
	{"nothing", "router", nil, "", "", "started", ""},
	{"the port is taken", "historical", listensAt("127.0.0.1:8083"), "live-ports-free", finding.Fail, "refused", ""},
	{"it runs already", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.run(t, "live-swap") // writes the files
		does, why := d.start(t, "historical", slow)
		require.Equal(t, "started", does, why)
	}, "live-ports-free", finding.Warn, "refused", ""},
	{"another password", "coordinator", inCommon("rosebud7", "rosebud8"), "live-db-connect", finding.Fail, "waits", "25.0.0"},
	{"no such database", "coordinator", func(_ *testing.T, d *realDruid) { d.database("prairie") }, "live-db-connect", finding.Fail, "waits", "25.0.0"},
	{"the database is down", "coordinator", func(_ *testing.T, d *realDruid) {
		d.files[common] = regexp.MustCompile(`127\.0\.0\.1:\d+/druid`).ReplaceAllString(d.files[common], "127.0.0.1:1/druid")
	}, "live-db-connect", finding.Fail, "waits", "25.0.0"},
	{"tables may not be made", "coordinator", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.sql("postgres", "create database closed")
		d.sql("closed", "revoke create on schema public from public")
		d.database("closed")
	}, "live-db-tables", finding.Fail, "waits", "25.0.0"},
	{"createTables is false, and there are none", "coordinator", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.sql("postgres", "create database empty owner druid")
		d.database("empty")
		d.edit(t, common, "", "druid.metadata.storage.connector.createTables=false")
	}, "live-db-tables", finding.Fail, "refused", "25.0.0"},
	{"the database is read-only", "coordinator", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.sql("postgres", "create database frozen owner druid")
		d.sql("postgres", "alter database frozen set default_transaction_read_only = on")
		d.database("frozen")
	}, "live-db-read-only", finding.Fail, "waits", "25.0.0"},
	{"no driver of MySQL", "coordinator", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.edit(t, common, `"postgresql-metadata-storage"`, `"mysql-metadata-storage"`)
		d.edit(t, common, "type=postgresql", "type=mysql")
		d.edit(t, common, "jdbc:postgresql", "jdbc:mysql")
	}, "live-jdbc-driver", finding.Fail, "refused", "25.0.0"},
	{"MySQL's driver 8 and a MariaDB", "coordinator", func(t *testing.T, d *realDruid) { t.Helper(); d.mariaDB(t, "utf8mb4") }, "", "", "started", "25.0.0"},
	{"a database in latin1", "coordinator", func(t *testing.T, d *realDruid) { t.Helper(); d.mariaDB(t, "latin1") }, "live-db-charset", finding.Fail, "refused", "25.0.0"},
	{"an extension is not there", "broker", inCommon(`"druid-datasketches"`, `"druid-datasketches","druid-orc-extensions"`), "live-extensions", finding.Fail, "refused", ""},
	{"ZooKeeper is not there", "historical", inCommon(":2181", ":2182"), "live-zk-connect", finding.Fail, "waits", ""},
	{"the path in ZooKeeper is not there", "historical", inCommon(":2181", ":2181/nowhere"), "live-zk-path", finding.Fail, "refused", ""},
	{"the cache is on a read-only disk", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		dir := mounted(t, 0, "size=64m")
		require.NoError(t, os.Mkdir(dir+"/cache", 0o755))
		require.NoError(t, syscall.Mount("none", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
		d.edit(t, "conf/druid/historical/runtime.properties", "var/druid/segment-cache", dir+"/cache")
	}, "live-mount", finding.Fail, "refused", ""},
	{"a file is where the cache has to be", "historical", aFileIn("historical", "var/druid/segment-cache", "plain/cache"), "live-folders", finding.Fail, "refused", ""},
	{"java.io.tmpdir is not there", "broker", inService("broker", "jvm.config", "java.io.tmpdir=var/tmp", "java.io.tmpdir=var/none"), "live-tmp", finding.Warn, "started", ""},
	{"a heap larger than the machine", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.edit(t, "conf/druid/broker/jvm.config", "-Xms384m", "-Xms900g")
		d.edit(t, "conf/druid/broker/jvm.config", "-Xmx384m", "-Xmx900g")
	}, "live-memory", finding.Fail, "refused", ""},
	{"a Java that Druid does not know", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.java = filepath.Dir(filepath.Dir(program(t, "/usr/lib/jvm/*25*/bin/java")))
	}, "live-java", finding.Warn, "started", ""},
	{"the key store has another password", "broker", inKeys("changeit1", "changeit2"), "live-key-store", finding.Fail, "refused", ""},
	{"the name is another machine's", "broker", inService("broker", "runtime.properties", "", "druid.host=192.0.2.55"), "live-host-name", finding.Fail, "started", ""},
	{"the port is another address's", "historical", listensAt("127.0.0.2:8083"), "live-ports-free", finding.Fail, "refused", ""},
	{"the port is taken over IPv6", "historical", listensAt("[::1]:8083"), "live-ports-free", finding.Fail, "refused", ""},
	{"the port is another address's, and it binds its host only", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		listensAt("127.0.0.2:8083")(t, d)
		d.edit(t, common, "", "druid.bindOnHost=true\ndruid.host=127.0.0.1")
		d.edit(t, common, "druid.host=localhost\n", "")
	}, "", "", "started", ""},
	{"the port is another's, and it binds its host only", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		listensAt("127.0.0.1:8083")(t, d)
		d.edit(t, common, "", "druid.bindOnHost=true")
	}, "live-ports-free", finding.Fail, "refused", ""},
	{"the port of TLS is taken", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		listensAt("0.0.0.0:8282")(t, d)
		d.tls(t, "-validity", "365")
	}, "live-ports-free", finding.Fail, "refused", ""},
	{"the port is below 1024, and it is not root's", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.nobody(t)
		d.edit(t, "conf/druid/broker/runtime.properties", "=8082", "=82")
	}, "live-ports-free", finding.CannotSay, "refused", ""},
	{"the key has expired", "broker", func(t *testing.T, d *realDruid) { t.Helper(); d.tls(t, "-startdate", "-40d", "-validity", "10") }, "live-key-store", finding.Fail, "started", ""},
	{"there is no such key", "broker", inKeys("certAlias=druid", "certAlias=imply"), "live-key-store", finding.Fail, "started", ""},
	{"there is no key store", "broker", inKeys("/keys\n", "/none\n"), "live-key-store", finding.Fail, "refused", ""},
	{"java.io.tmpdir is noexec", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.edit(t, "conf/druid/historical/jvm.config", "java.io.tmpdir=var/tmp", "java.io.tmpdir="+mounted(t, syscall.MS_NOEXEC, "size=64m"))
	}, "live-tmp", finding.Warn, "started", ""},
	{"the cache is another user's", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.nobody(t)
		dir := t.TempDir()
		require.NoError(t, os.Mkdir(dir+"/cache", 0o755))
		d.edit(t, "conf/druid/historical/runtime.properties", "var/druid/segment-cache", dir+"/cache")
	}, "live-folders", finding.Fail, "refused", ""},
	{"it is nobody's", "historical", func(t *testing.T, d *realDruid) { t.Helper(); d.nobody(t) }, "", "", "started", ""},
	{"the disk of the cache is too small", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.edit(t, "conf/druid/historical/runtime.properties", "var/druid/segment-cache", mounted(t, 0, "size=64m")+"/cache")
	}, "live-disk", finding.Fail, "started", ""},
	{"spills have no folder", "broker", aFileIn("broker", "var/druid/processing", "plain/processing"), "live-folders", finding.Warn, "started", ""},
	{"tasks have no folder", "middleManager", aFileIn("middleManager", "var/druid/task", "plain/task"), "live-folders", finding.Fail, "refused", ""},
	{"deep storage has no folder", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.files["plain"] = "no folder"
		d.edit(t, common, "var/druid/segments", "plain/segments")
	}, "live-folders", finding.Fail, "started", ""},
	{"logs have no folder", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.files["plain"] = "no folder"
		d.edit(t, "conf/druid/_common/log4j2.xml", "</Appenders>", `<File name="F" fileName="plain/broker.log"><PatternLayout pattern="%m%n"/></File></Appenders>`)
		d.edit(t, "conf/druid/_common/log4j2.xml", "</Root>", `<AppenderRef ref="F"/></Root>`)
	}, "live-log4j", finding.Warn, "started", ""},
	{"the folder of an extension is empty", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.extensions(t)
		require.NoError(t, os.Mkdir(d.dir+"/extensions/druid-empty", 0o755))
		d.edit(t, common, `"druid-datasketches"`, `"druid-datasketches","druid-empty"`)
	}, "live-extensions", finding.Warn, "started", ""},
	{"a jar of an extension is cut off", "broker", cutOff, "live-extensions", finding.Warn, "started", "25.0.0"},
	{"a jar of an extension is cut off", "broker", cutOff, "live-extensions", finding.Fail, "refused", "33.0.0"},
	{"an extension is of another release", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		require.NoError(t, os.Remove(d.dir+"/extensions"))
		require.NoError(t, os.Symlink(filepath.Dir(d.release)+"/25.0.0/extensions", d.dir+"/extensions"))
	}, "live-extensions", finding.Fail, "started", "33.0.0"},
	{"the port of Derby is taken", "coordinator", listensAt("127.0.0.1:1527"), "live-ports-free", finding.Fail, "waits", "33.0.0"},
	{"ZooKeeper has no quorum", "broker", func(t *testing.T, d *realDruid) {
		t.Helper()
		d.edit(t, common, "localhost:2181", alone(t, d.release+"/lib/*"))
	}, "live-zk-connect", finding.Fail, "waits", ""},
	{"ZooKeeper's nodes are another's", "historical", func(t *testing.T, d *realDruid) {
		t.Helper()
		_, err := d.zk.Create("/closed", nil, 0, zk.DigestACL(zk.PermAll, "another", "rosebud9"))
		if err != zk.ErrNodeExists {
			require.NoError(t, err)
		}
		d.edit(t, common, "druid.zk.paths.base=/druid", "druid.zk.paths.base=/closed")
	}, "live-zk-acl", finding.Fail, "refused", ""},
	{"the name of ZooKeeper resolves to nothing", "historical", inCommon("localhost:2181", "none.example:2181"), "live-dns", finding.Fail, "waits", ""},
	{"its own name resolves to nothing", "broker", inCommon("druid.host=localhost", "druid.host=none.example"), "live-host-name", finding.Fail, "started", ""},
}
