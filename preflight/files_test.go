package preflight_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/preflight/facts"
)

// jar writes a jar with some classes.
func jar(t *testing.T, path string, classes ...string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	f, err := os.Create(path)
	require.NoError(t, err)
	z := zip.NewWriter(f)
	for _, class := range classes {
		_, err := z.Create(strings.ReplaceAll(class, ".", "/") + ".class")
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
}

func TestExtensions(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "")
	s.files["conf/druid/_common/common.runtime.properties"] = "druid.extensions.loadList=[\"druid-s3-extensions\"]\ndruid.zk.service.enabled=false\n"
	requireOne(t, s.run(t, "live-extensions"), "live-extensions", finding.Fail, "not installed")
	dir := s.dir + "/extensions/druid-s3-extensions/"
	require.NoError(t, os.MkdirAll(dir, 0o755))
	requireOne(t, s.run(t, "live-extensions"), "live-extensions", finding.Warn, "no jar")
	require.NoError(t, os.WriteFile(dir+"druid-s3-extensions-28.0.0.jar", []byte("PK\003\004"), 0o644))
	requireOne(t, s.run(t, "live-extensions"), "live-extensions", finding.Warn, "not a valid zip file")
	s.target = "druid-33"
	requireOne(t, s.run(t, "live-extensions"), "live-extensions", finding.Fail, "not a valid zip file")
	s.target = ""
	jar(t, dir+"druid-s3-extensions-28.0.0.jar")
	requireOne(t, s.run(t, "live-extensions"), "live-extensions", finding.Pass, "28.0.0, 1 jar")
	jar(t, s.dir+"/lib/druid-server-28.0.0.jar")
	requireOne(t, s.run(t, "live-extensions"), "live-extensions", finding.Pass, "28.0.0")
	jar(t, s.dir+"/lib/druid-server-28.0.0.jar")
	require.NoError(t, os.Rename(dir+"druid-s3-extensions-28.0.0.jar", dir+"druid-s3-extensions-27.0.0.jar"))
	r := s.run(t, "live-extensions")
	requireOne(t, r, "live-extensions", finding.Fail, "27.0.0")
	require.Equal(t, 1, r.Findings[0].Line)
	s.answers = map[string]facts.Answer{"jars of " + s.dir + "/extensions/druid-s3-extensions with ": {Problem: &facts.Problem{Kind: facts.Denied, Text: "permission denied"}}}
	requireOne(t, s.run(t, "live-extensions"), "live-extensions", finding.CannotSay, "permission denied")
}

func TestDriver(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "druid.metadata.storage.type=mysql\n")
	dir := s.dir + "/extensions/mysql-metadata-storage/"
	requireOne(t, s.run(t, "live-jdbc-driver"), "live-jdbc-driver", finding.Fail, "not in 0 jars")
	jar(t, dir+"mysql-metadata-storage-28.0.0.jar", "org.apache.druid.metadata.storage.mysql.MySQLConnector")
	requireOne(t, s.run(t, "live-jdbc-driver"), "live-jdbc-driver", finding.Fail, "not in 1 jar")
	jar(t, dir+"mariadb-java-client-2.7.3.jar", "org.mariadb.jdbc.Driver")
	r := s.run(t, "live-jdbc-driver")
	requireOne(t, r, "live-jdbc-driver", finding.Fail, "org.mariadb.jdbc.Driver in ")
	s.files["conf/druid/_common/common.runtime.properties"] += "druid.metadata.mysql.driver.driverClassName=org.mariadb.jdbc.Driver\n"
	requireOne(t, s.run(t, "live-jdbc-driver"), "live-jdbc-driver", finding.Pass, "mariadb-java-client-2.7.3.jar")
	require.NoError(t, os.Remove(dir+"mariadb-java-client-2.7.3.jar"))
	require.NoError(t, os.WriteFile(dir+"mysql-connector-java-5.1.49.jar", []byte("not a jar"), 0o644))
	requireOne(t, s.run(t, "live-jdbc-driver"), "live-jdbc-driver", finding.Fail, "mysql-connector-java-5.1.49.jar")
	require.NoError(t, os.Remove(dir+"mysql-connector-java-5.1.49.jar"))
	q := "jars of " + s.dir + "/extensions/mysql-metadata-storage, " + s.dir + "/lib with com.mysql.jdbc.Driver, com.mysql.cj.jdbc.Driver, org.mariadb.jdbc.Driver"
	s.answers = map[string]facts.Answer{q: {Problem: &facts.Problem{Kind: facts.Denied, Text: "permission denied"}}}
	requireOne(t, s.run(t, "live-jdbc-driver"), "live-jdbc-driver", finding.CannotSay, "permission denied")
}

func TestHadoop(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "")
	s.o.Roles = []string{"middleManager"}
	s.files["conf/druid/middleManager/runtime.properties"] = "druid.indexer.task.defaultHadoopCoordinates=[\"org.apache.hadoop:hadoop-client:2.8.5\"]\n"
	requireOne(t, s.run(t, "live-hadoop-dependencies"), "live-hadoop-dependencies", finding.Warn, "not installed")
	jar(t, s.dir+"/hadoop-dependencies/hadoop-client/2.8.5/hadoop-common-2.8.5.jar")
	requireOne(t, s.run(t, "live-hadoop-dependencies"), "live-hadoop-dependencies", finding.Pass, "1 jar")
}

// Key stores as Java's own keytool makes them.
func TestKeyStores(t *testing.T) {
	t.Parallel()
	keytool := program(t, "keytool", "/usr/lib/jvm/*/bin/keytool")
	dir := t.TempDir()
	make := func(file, kind string, more ...string) string {
		path := filepath.Join(dir, file)
		args := append([]string{"-genkeypair", "-alias", "druid", "-keyalg", "EC", "-dname", "CN=data1", "-keystore", path, "-storetype", kind, "-storepass", "changeit1", "-keypass", "changeit1"}, more...)
		run(t, nil, dir, keytool, args...)
		return path
	}
	with := func(store, password, more string) *setup {
		s := newSetup(t, "druid.enableTlsPort=true\ndruid.tlsPort=38283\ndruid.server.https.keyStorePath="+store+"\ndruid.server.https.keyStorePassword="+password+"\n"+more)
		s.o.Roles = []string{"historical"}
		s.files["conf/druid/historical/runtime.properties"] += "druid.host=data1.example\n"
		return s
	}
	named := []string{"-ext", "SAN=dns:data1.example", "-validity", "365"}
	for _, kind := range []string{"JKS", "PKCS12"} {
		store := make("good."+kind, kind, named...)
		requireOne(t, with(store, "changeit1", "").run(t, "live-key-store"), "live-key-store", finding.Pass, "data1.example")
		r := with(store, "wrong5678", "").run(t, "live-key-store")
		requireOne(t, r, "live-key-store", finding.Fail, "password")
		require.NotContains(t, hiddenIn(r), "wrong5678")
		trust := filepath.Join(dir, "trust."+kind)
		pem := filepath.Join(dir, "cert."+kind+".pem")
		run(t, nil, dir, keytool, "-exportcert", "-rfc", "-alias", "druid", "-keystore", store, "-storepass", "changeit1", "-file", pem)
		run(t, nil, dir, keytool, "-importcert", "-noprompt", "-alias", "ca", "-keystore", trust, "-storetype", kind, "-storepass", "changeit1", "-file", pem)
		s := newSetup(t, "druid.client.https.trustStorePath="+trust+"\ndruid.client.https.trustStorePassword=changeit1\n")
		requireOne(t, s.run(t, "live-key-store"), "live-key-store", finding.Pass, kind+", 1 trusted")
	}
	requireOne(t, with(make("old.JKS", "JKS", "-startdate", "-40d", "-validity", "10", "-ext", "SAN=dns:data1.example"), "changeit1", "").run(t, "live-key-store"), "live-key-store", finding.Fail, "until")
	requireOne(t, with(make("soon.JKS", "JKS", "-validity", "10", "-ext", "SAN=dns:data1.example"), "changeit1", "").run(t, "live-key-store"), "live-key-store", finding.Warn, "until")
	requireOne(t, with(make("other.JKS", "JKS", "-validity", "365", "-ext", "SAN=dns:other.example"), "changeit1", "").run(t, "live-key-store"), "live-key-store", finding.Warn, "other.example")
	requireOne(t, with(make("wild.JKS", "JKS", "-validity", "365", "-ext", "SAN=dns:*.example"), "changeit1", "").run(t, "live-key-store"), "live-key-store", finding.Pass, "*.example")
	requireOne(t, with(filepath.Join(dir, "good.PKCS12"), "changeit1", "druid.server.https.certAlias=imply\n").run(t, "live-key-store"), "live-key-store", finding.Fail, "aliases druid")
	requireOne(t, with(filepath.Join(dir, "good.PKCS12"), "changeit1", "druid.server.https.certAlias=Druid\n").run(t, "live-key-store"), "live-key-store", finding.Pass, "data1.example")
	requireOne(t, with(filepath.Join(dir, "good.JKS"), "changeit1", "druid.server.https.certAlias=imply\n").run(t, "live-key-store"), "live-key-store", finding.Fail, "aliases druid")
	requireOne(t, with(dir+"/none.jks", "changeit1", "").run(t, "live-key-store"), "live-key-store", finding.Fail, "does not exist")
	requireOne(t, with(dir+"/cert.JKS.pem", "changeit1", "").run(t, "live-key-store"), "live-key-store", finding.Fail, "PEM")
	requireOne(t, with(make("x.jceks", "JCEKS", named...), "changeit1", "").run(t, "live-key-store"), "live-key-store", finding.CannotSay, "JCEKS")
	requireOne(t, with(filepath.Join(dir, "good.JKS"), `{"type":"vault"}`, "").run(t, "live-key-store"), "live-key-store", finding.CannotSay, "provided by something else")
	s := with(filepath.Join(dir, "good.JKS"), "changeit1", "")
	s.files["conf/druid/_common/common.runtime.properties"] = strings.Replace(s.files["conf/druid/_common/common.runtime.properties"], "druid.enableTlsPort=true", "druid.enableTlsPort=false", 1)
	require.Empty(t, rows(s.run(t, "live-key-store"), "live-key-store"), "a store of a port that is off")
}

func TestLogs(t *testing.T) {
	t.Parallel()
	with := func(xml string) *setup {
		s := newSetup(t, "")
		s.files["conf/druid/_common/log4j2.xml"] = xml
		return s
	}
	appender := func(name string) string {
		return `<Configuration><Appenders><File name="F" fileName="` + name + `"/></Appenders></Configuration>`
	}
	requireOne(t, with(appender("${sys:druid.log.path}/x.log")).run(t, "live-log4j"), "live-log4j", finding.Pass, "drwx")
	requireOne(t, with(appender("/dev/null/logs/x.log")).run(t, "live-log4j"), "live-log4j", finding.Warn, "/dev/null")
	requireOne(t, with(appender("${env:LOGS}/x.log")).run(t, "live-log4j"), "live-log4j", finding.CannotSay, "only the process knows")
	requireOne(t, with("<Configuration><Appenders>").run(t, "live-log4j"), "live-log4j", finding.CannotSay, "see implycheck lint")
	require.Empty(t, rows(with("<Configuration/>").run(t, "live-log4j"), "live-log4j"))
}

// Where nobody says where Druid is started, a relative path that does not fit proves
// nothing.
func TestGuessedHome(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "druid.segmentCache.locations=[{\"path\":\"bin/cache\",\"maxSize\":1000}]\n"+
		"druid.enableTlsPort=true\ndruid.tlsPort=38283\ndruid.server.https.keyStorePath=bin/keys\ndruid.server.https.keyStorePassword=changeit1\n")
	s.files["bin"] = "no folder"
	s.files["conf/druid/historical/jvm.config"] += "-Djava.io.tmpdir=tmp\n"
	s.o.Roles, s.o.User = []string{"historical"}, "nobody"
	for _, check := range []string{"live-folders", "live-tmp", "live-key-store"} {
		s.o.Home = ""
		requireOne(t, s.run(t, check), check, finding.Fail, "")
		s.o.Home = "guess"
		r := s.run(t, check)
		requireOne(t, r, check, finding.CannotSay, "--home says where")
		require.Zero(t, r.Failing)
	}
	s.o.Home = ""
	require.True(t, s.gather(t, "data1", "historical").Guessed)

	// The folders of a quickstart lie deeper.
	require.NoError(t, os.Rename(filepath.Join(s.dir, "conf"), filepath.Join(s.dir, "conf-quickstart")))
	target := targetOf(t, "druid-28")
	trees, err := conf.Open(t.Context(), filepath.Join(s.dir, "conf-quickstart", "druid"), conf.Options{Target: &target})
	require.NoError(t, err)
	g, err := preflight.Gather(t.Context(), preflight.Options{Tree: trees[0], Only: []string{"live-swap"}, Ask: s.ask, Timeout: time.Second})
	require.NoError(t, err)
	require.Equal(t, s.dir, g.Home)
}
