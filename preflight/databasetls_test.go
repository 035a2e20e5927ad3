package preflight_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// kindsOfCertificate are those that a server may have: issued for it by an authority
// that is trusted, past its end, issued for another host, signed by itself, without
// alternative names, and of an authority that is past its end.
var kindsOfCertificate = []string{"good", "expired", "other", "self", "named", "lapsed"}

// tlsCase is what a driver does with parameters of the URI and lines of Druid's: for
// each kind of certificate T, connected with TLS; c, connected in the clear; F, not
// connected; ?, nobody can tell from here. TestLiveJDBC holds it against the driver.
type tlsCase struct {
	driver, uri, lines, want string
}

const (
	druidMySQL    = "druid.metadata.mysql.ssl.useSSL=true\n"
	druidVerifies = druidMySQL + "druid.metadata.mysql.ssl.verifyServerCertificate=true\ndruid.metadata.mysql.ssl.trustCertificateKeyStoreUrl=TRUST\n" +
		"druid.metadata.mysql.ssl.trustCertificateKeyStoreType=PKCS12\ndruid.metadata.mysql.ssl.trustCertificateKeyStorePassword=changeit1\n"
	uriTrust = "&trustCertificateKeyStoreUrl=file:TRUST&trustCertificateKeyStoreType=PKCS12&trustCertificateKeyStorePassword=changeit1"
)

var postgreSQLCases = []tlsCase{
	{"postgresql-42", "", "", "TTTTTT"},
	{"postgresql-42", "sslmode=disable", "", "cccccc"},
	{"postgresql-42", "sslmode=allow", "", "cccccc"},
	{"postgresql-42", "sslmode=require", "", "TTTTTT"},
	{"postgresql-42", "sslmode=REQUIRE", "", "TTTTTT"},
	{"postgresql-42", "ssl=true&sslmode=require", "", "TTTTTT"},
	{"postgresql-42", "sslmode=verify-ca&sslrootcert=ROOT", "", "TFTFTT"},
	{"postgresql-42", "sslmode=verify-full&sslrootcert=ROOT", "", "TFFFTT"},
	{"postgresql-42", "ssl=true&sslrootcert=ROOT", "", "TFFFTT"},
	{"postgresql-42", "ssl&sslrootcert=ROOT", "", "TFFFTT"},
	{"postgresql-42", "ssl=1&sslrootcert=ROOT", "", "TTTTTT"},
	{"postgresql-42", "ssl=true&sslrootcert=ROOT.none", "", "FFFFFF"},
	{"postgresql-42", "ssl=true", "", "??????"}, // another user's ~/.postgresql/root.crt
	{"postgresql-42", "ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory", "", "TTFTTT"},
	{"postgresql-42", "sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", "", "FFFFFF"},
	{"postgresql-42", "ssl=true&sslfactory=com.example.Factory", "", "??????"},
	{"postgresql-42", "sslmode=nonsense", "", "FFFFFF"},
	{"postgresql-42", "", "druid.metadata.postgres.ssl.useSSL=true\ndruid.metadata.postgres.ssl.sslRootCert=ROOT\n", "TFFFTT"},
	{"postgresql-42", "", "druid.metadata.postgres.ssl.useSSL=true\ndruid.metadata.postgres.ssl.sslMode=require\n", "TTTTTT"},
	{"postgresql-42", "sslmode=require", "druid.metadata.postgres.ssl.useSSL=true\ndruid.metadata.postgres.ssl.sslMode=verify-full\ndruid.metadata.postgres.ssl.sslRootCert=ROOT\n", "TTTTTT"},
	{"postgresql-9", "", "", "cccccc"},
	{"postgresql-9", "ssl=true", "", "FFFFFF"},
	{"postgresql-9", "sslmode=prefer", "", "FFFFFF"},
	{"postgresql-9", "sslmode=verify-ca&sslrootcert=ROOT", "", "TFTFTT"},
}

var mySQLCases = []tlsCase{
	{"mysql-connector-java-5", "", "", "cccccc"},
	{"mysql-connector-java-5", "useSSL=true&requireSSL=true", "", "cccccc"},
	{"mysql-connector-java-5", "sslMode=REQUIRED", "", "cccccc"},
	{"mysql-connector-java-5", "", druidMySQL, "?F????"},
	{"mysql-connector-java-5", "enabledTLSProtocols=TLSv1.2", druidMySQL, "TFTTTT"},
	{"mysql-connector-java-5", "enabledTLSProtocols=TLSv1.2", druidVerifies, "TFTFTF"},
	{"mysql-connector-j-8", "", "", "cccccc"},
	{"mysql-connector-j-8", "useSSL=true&requireSSL=true", "", "cccccc"},
	{"mysql-connector-j-8", "sslMode=DISABLED", druidMySQL, "cccccc"},
	{"mysql-connector-j-8", "sslMode=PREFERRED", "", "TFTTTT"},
	{"mysql-connector-j-8", "sslMode=REQUIRED", "", "TFTTTT"},
	{"mysql-connector-j-8", "sslMode=VERIFY_CA", "", "FFFFFF"},
	{"mysql-connector-j-8", "sslMode=VERIFY_CA" + uriTrust, "", "TFTFTF"},
	{"mysql-connector-j-8", "sslMode=VERIFY_IDENTITY" + uriTrust, "", "TFFFTF"},
	{"mysql-connector-j-8", "sslMode=trust", "", "FFFFFF"},
	{"mysql-connector-j-8", "", druidMySQL, "TFTTTT"},
	{"mysql-connector-j-8", "useSSL=false", druidVerifies, "TFTFTF"},
	{"mariadb-java-client-2", "", "", "cccccc"},
	{"mariadb-java-client-2", "sslMode=REQUIRED", "", "cccccc"},
	{"mariadb-java-client-2", "useSSL=true", "", "FFFFFF"},
	{"mariadb-java-client-2", "useSSL=nonsense", "", "FFFFFF"},
	{"mariadb-java-client-2", "useSSL=true&serverSslCert=ROOT", "", "TFFFTT"},
	{"mariadb-java-client-2", "useSSL=true&disableSslHostnameVerification=true&serverSslCert=ROOT", "", "TFTFTT"},
	{"mariadb-java-client-2", "useSsl=true&trustServerCertificate=true", "", "TTTTTT"},
	{"mariadb-java-client-2", "useSSL=true" + uriTrust, "", "TFFFTT"},
	{"mariadb-java-client-2", "", druidMySQL, "FFFFFF"},
	{"mariadb-java-client-2", "", druidVerifies, "TFFFTT"},
	{"mariadb-java-client-2", "useSSL=false", druidVerifies, "cccccc"},
	{"mariadb-java-client-3", "", "", "cccccc"},
	{"mariadb-java-client-3", "sslMode=DISABLED", "", "cccccc"},
	{"mariadb-java-client-3", "sslMode=REQUIRED", "", "TTTTTT"},
	{"mariadb-java-client-3", "sslMode=REQUIRED", druidMySQL, "FFFFFF"},
	{"mariadb-java-client-3", "sslMode=PREFERRED", "", "FFFFFF"},
	{"mariadb-java-client-3", "sslMode=verify-ca", "", "FFFFFF"},
	{"mariadb-java-client-3", "sslMode=verify-ca&serverSslCert=ROOT", "", "TFTFTT"},
	{"mariadb-java-client-3", "sslMode=verify-full&serverSslCert=ROOT", "", "TFFFTT"},
	{"mariadb-java-client-3", "sslMode=verify-ca&trustStore=TRUST&trustStoreType=PKCS12&trustStorePassword=changeit1", "", "TFTFTT"},
	{"mariadb-java-client-3", "useSSL=true&trustServerCertificate=true", "", "TTTTTT"},
	{"mariadb-java-client-3", "useSSL=true" + uriTrust, "", "??????"},
}

// tlsServer is a database with TLS whose certificate changes.
type tlsServer struct {
	address string
	ca      *authority
	// use makes it use a certificate of a kind.
	use func(kind string)
	sql func(database, text string)
}

// certificates are those of a server that runs as somebody.
func certificates(t *testing.T, who string) (ca *authority, folder string, issue func(kind string)) {
	t.Helper()
	credential := account(t, who)
	folder = folderFor(t, credential)
	ca = newAuthority(t, folder)
	require.NoError(t, os.Chmod(folder, 0o755))
	return ca, folder, func(kind string) {
		until, name, names, by := time.Now().Add(90*day), "127.0.0.1", []string{"127.0.0.1", "localhost"}, ca
		switch kind {
		case "expired":
			until = time.Now().Add(-day)
		case "other":
			name, names = "db.example", []string{"db.example"}
		case "self":
			by = nil
		case "named":
			names = nil
		case "lapsed":
			by = ca.old
		}
		crt, key := by.issue(t, folder, until, name, names...)
		if credential != nil {
			for _, file := range []string{crt, key} {
				require.NoError(t, os.Chown(file, int(credential.Uid), int(credential.Gid)))
			}
		}
	}
}

// letIn writes a line of pg_hba.conf: host or hostssl.
func (s *tlsServer) letIn(t *testing.T, kind string) {
	t.Helper()
	text := "local all all trust\n" + kind + " all all 127.0.0.1/32 md5\n" // which driver 9 knows
	require.NoError(t, os.WriteFile(s.ca.file+".hba", []byte(text), 0o644))
}

func postgresWithTLS(t *testing.T) *tlsServer {
	t.Helper()
	program(t, "/usr/lib/postgresql/*/bin/initdb", "initdb")
	ca, folder, issue := certificates(t, "postgres")
	issue("good")
	s := &tlsServer{ca: ca}
	s.letIn(t, "host")
	at, sql := postgres(t, "ssl=on", "ssl_cert_file='"+folder+"/server.crt'", "ssl_key_file='"+folder+"/server.key'", "password_encryption=md5", "hba_file='"+ca.file+".hba'")
	sql("postgres", "create user druid password 'rosebud7'")
	sql("postgres", "create database druid owner druid")
	s.address, s.sql = at, sql
	s.use = func(kind string) {
		issue(kind)
		sql("postgres", "select pg_reload_conf()")
		time.Sleep(200 * time.Millisecond) // the server reads it when it gets round to it
	}
	return s
}

func mariaDBWithTLS(t *testing.T) *tlsServer {
	t.Helper()
	program(t, "mariadb-install-db")
	ca, folder, issue := certificates(t, "mysql")
	issue("good")
	at, sql := mariaDB(t, "--ssl-cert="+folder+"/server.crt", "--ssl-key="+folder+"/server.key")
	sql("", "create database druid character set utf8mb4; create user druid@'%' identified by 'rosebud7'; grant all on druid.* to druid@'%'")
	return &tlsServer{at, ca, func(kind string) {
		issue(kind)
		sql("", "flush ssl")
	}, sql}
}

// place fills in the files of a case.
func (s *tlsServer) place(text string) string {
	return strings.NewReplacer("ROOT", s.ca.file, "TRUST", s.ca.trust).Replace(text)
}

// schemeOf is how a URI begins that a driver takes.
func schemeOf(driver string) string {
	switch {
	case strings.HasPrefix(driver, "postgresql"):
		return "postgresql"
	case strings.HasPrefix(driver, "mariadb"):
		return "mariadb"
	}
	return "mysql"
}

// outcome is the letter of what preflight says of a case.
func (s *tlsServer) outcome(t *testing.T, c tlsCase) string {
	t.Helper()
	kind := "mysql"
	more := s.place(c.lines)
	switch schemeOf(c.driver) {
	case "postgresql":
		kind = "postgresql"
	case "mariadb":
		more += "druid.metadata.mysql.driver.driverClassName=org.mariadb.jdbc.Driver\n"
	}
	set := withDatabase(t, kind, s.uri(c), "druid", "rosebud7", more)
	jar(t, filepath.Join(set.dir, "extensions", kind+"-metadata-storage", c.driver+".1.jar"))
	set.target = "druid-0.16"
	r := set.run(t, "live-db-connect", "live-db-tls")
	switch row := one(t, r, "live-db-connect"); {
	case row.Verdict == finding.Fail:
		return "F"
	case row.Verdict == finding.CannotSay:
		return "?"
	}
	if strings.Contains(one(t, r, "live-db-tls").Current, "not encrypted") {
		return "c"
	}
	return "T"
}

func (s *tlsServer) uri(c tlsCase) string {
	uri := fmt.Sprintf("jdbc:%s://%s/druid", schemeOf(c.driver), s.address)
	if c.uri != "" {
		uri += "?" + s.place(c.uri)
	}
	return uri
}

// requireCases holds preflight against what drivers do.
func (s *tlsServer) requireCases(t *testing.T, cases []tlsCase) {
	t.Helper()
	got := make([]string, len(cases))
	for _, kind := range kindsOfCertificate {
		s.use(kind)
		t.Run(kind, func(t *testing.T) {
			for i, c := range cases {
				t.Run(c.driver, func(t *testing.T) {
					t.Parallel()
					got[i] += s.outcome(t, c)
				})
			}
		})
	}
	for i, c := range cases {
		assert.Equal(t, c.want, got[i], "%+v", c)
	}
}

// without asserts what preflight says of a server where the driver's jar is not there.
func (s *tlsServer) without(t *testing.T, kind, uri, lines string, connect finding.Verdict, says string, secure finding.Verdict) {
	t.Helper()
	set := withDatabase(t, kind, uri, "druid", "rosebud7", lines)
	r := set.run(t, "live-db-connect", "live-db-tls")
	requireOne(t, r, "live-db-connect", connect, says)
	require.Equal(t, secure, one(t, r, "live-db-tls").Verdict)
	require.NotContains(t, hiddenIn(r), "rosebud7")
}

func TestPostgreSQLTLS(t *testing.T) {
	s := postgresWithTLS(t)
	s.requireCases(t, postgreSQLCases)

	// A server that takes nothing but TLS.
	s.letIn(t, "hostssl")
	s.use("good")
	uri := "jdbc:postgresql://" + s.address + "/druid"
	s.without(t, "postgresql", uri, "", finding.Pass, "connected", finding.Pass)
	s.without(t, "postgresql", uri+"?sslmode=allow", "", finding.Pass, "connected", finding.Pass)
	s.without(t, "postgresql", uri+"?sslmode=disable", "", finding.Fail, "no encryption", finding.CannotSay)
	s.without(t, "postgresql", uri+"?sslmode=verify-full&sslrootcert="+s.ca.file, "", finding.Pass, "connected", finding.Pass)
	s.without(t, "postgresql", uri+"?sslmode=verify-full&sslrootcert="+s.ca.file+"&sslcert=/x", "", finding.CannotSay, "certificate of its own", finding.CannotSay)
	require.NoError(t, os.WriteFile(s.ca.file, []byte("no certificate"), 0o644))
	s.without(t, "postgresql", uri+"?sslmode=verify-ca&sslrootcert="+s.ca.file, "", finding.Fail, "holds no certificate", finding.CannotSay)
}

func TestMariaDBTLS(t *testing.T) {
	s := mariaDBWithTLS(t)
	s.requireCases(t, mySQLCases)

	s.use("good")
	uri := "jdbc:mysql://" + s.address + "/druid"
	s.without(t, "mysql", uri, "", finding.Pass, "connected", finding.Pass)
	s.without(t, "mysql", uri+"?useSSL=true", "", finding.Pass, "connected", finding.Warn) // which Druid switches off
	s.without(t, "mysql", uri+"?sslMode=REQUIRED", "", finding.Pass, "connected", finding.Pass)
	s.without(t, "mysql", uri+"?sslMode=VERIFY_CA", "", finding.CannotSay, "MySQL's driver 8 does not: the certificate of the server is not accepted", finding.Pass)
	s.without(t, "mysql", strings.Replace(uri, "mysql", "mariadb", 1), "", finding.Fail, "takes no URI that begins with jdbc:mariadb:", finding.CannotSay)
	const mariaDB = "druid.metadata.mysql.driver.driverClassName=org.mariadb.jdbc.Driver\n"
	s.without(t, "mysql", uri, mariaDB, finding.CannotSay, "MariaDB's driver 3 does not", finding.Pass)
	s.without(t, "mysql", strings.Replace(uri, "mysql", "mariadb", 1), mariaDB, finding.Pass, "connected", finding.Pass)
	s.without(t, "mysql", uri, "druid.metadata.mysql.driver.driverClassName=com.example.Driver\n", finding.CannotSay, "com.example.Driver", finding.CannotSay)
	s.without(t, "mysql", uri, druidMySQL+"druid.metadata.mysql.ssl.clientCertificateKeyStoreUrl=/x\n", finding.CannotSay, "certificate of its own", finding.CannotSay)
	wrong := strings.Replace(s.place(druidVerifies), "changeit1", "changeit2", 1)
	s.without(t, "mysql", uri, wrong, finding.Fail, "its password is not the one in the configuration", finding.CannotSay)
	s.without(t, "mysql", uri, strings.Replace(s.place(druidVerifies), "Url=", "Url=file:", 1), finding.Fail, "no such file", finding.CannotSay) // Druid takes a path

	// A server that takes nothing but TLS.
	s.sql("", "set global require_secure_transport = on")
	s.without(t, "mysql", uri, "", finding.Fail, "or the server takes this user only over TLS", finding.CannotSay)
	s.without(t, "mysql", uri+"?enabledTLSProtocols=TLSv1.2", druidMySQL, finding.Pass, "connected", finding.Pass)
}
