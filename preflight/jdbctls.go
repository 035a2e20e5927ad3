package preflight

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/preflight/facts"
)

// jdbcDriver is one of the drivers that Druid connects with. They differ in what they
// encrypt and verify, and in whether a parameter of connectURI counts or the property
// of the same name that Druid passes besides. TestLiveJDBC holds this against the
// drivers themselves.
type jdbcDriver struct {
	name string
	// jars are how its file may begin.
	jars []string
	// schemes are those of the URIs that it takes, class the one that Druid loads.
	schemes, classes []string
	// uriWins is set where a parameter of the URI counts more than Druid's property.
	uriWins bool
	// tls reads the parameters that count.
	tls func(p *Pass, get parameter) facts.TLS
}

const (
	mysqlClass   = "com.mysql.jdbc.Driver"
	mysqlClass8  = "com.mysql.cj.jdbc.Driver"
	mariadbClass = "org.mariadb.jdbc.Driver"
)

var (
	postgreSQL9  = jdbcDriver{name: "PostgreSQL's driver 9", jars: []string{"postgresql-9"}, schemes: []string{"postgresql"}, uriWins: true, tls: tlsOfPostgreSQL9}
	postgreSQL42 = jdbcDriver{name: "PostgreSQL's driver 42", jars: []string{"postgresql-42"}, schemes: []string{"postgresql"}, uriWins: true, tls: tlsOfPostgreSQL}
	mySQL5       = jdbcDriver{name: "MySQL's driver 5", jars: []string{"mysql-connector-java-5"}, schemes: []string{"mysql"}, classes: []string{mysqlClass}, tls: tlsOfMySQL5}
	mySQL8       = jdbcDriver{name: "MySQL's driver 8", jars: []string{"mysql-connector-java-8", "mysql-connector-j-"}, schemes: []string{"mysql"}, classes: []string{mysqlClass, mysqlClass8}, tls: tlsOfMySQL8}
	mariaDB2     = jdbcDriver{name: "MariaDB's driver 2", jars: []string{"mariadb-java-client-1", "mariadb-java-client-2"}, schemes: []string{"mysql", "mariadb"}, classes: []string{mariadbClass}, uriWins: true, tls: tlsOfMariaDB2}
	mariaDB3     = jdbcDriver{name: "MariaDB's driver 3", jars: []string{"mariadb-java-client-3"}, schemes: []string{"mariadb"}, classes: []string{mariadbClass}, uriWins: true, tls: tlsOfMariaDB3}
)

// drivers are those that Druid may connect with: the one of PostgreSQL that this
// release brings, or those of MySQL and MariaDB that have the class it loads.
func (p *Pass) drivers(kind string) []jdbcDriver {
	if kind == "postgresql" {
		if p.Tree.Target.Release < 17 { // which may be an assumption
			return []jdbcDriver{postgreSQL9, postgreSQL42}
		}
		return []jdbcDriver{postgreSQL42}
	}
	class := cmp.Or(p.Tree.Shared("druid.metadata.mysql.driver.driverClassName", "coordinator", "overlord").Text, mysqlClass)
	var list []jdbcDriver
	for _, d := range []jdbcDriver{mySQL5, mySQL8, mariaDB2, mariaDB3} {
		if slices.Contains(d.classes, class) {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		other := facts.TLS{Driver: class, Unknown: "the driver " + class + " is not one that this program knows"}
		list = append(list, jdbcDriver{name: class, schemes: []string{"mysql", "mariadb"}, tls: func(*Pass, parameter) facts.TLS { return other }})
	}
	return list
}

// connection says how each driver would connect; those that do the same are one.
func (p *Pass) connection(q *facts.Database, drivers []jdbcDriver, uri jdbc) {
	passed := p.passed(q.Kind)
	for _, d := range drivers {
		values := maps.Clone(passed)
		for name, value := range uri.parameters {
			if _, twice := passed[name]; !twice || d.uriWins {
				values[name] = value
			}
		}
		w := d.tls(p, func(names ...string) (string, bool) {
			for _, name := range names {
				if value, ok := values[name]; ok {
					return value, true
				}
			}
			return "", false
		})
		w.Driver, w.Jars = d.name, d.jars
		if wanted := uri.parameters["useSSL"]; !d.uriWins && isTrue(wanted) && !isTrue(passed["useSSL"]) && passed["useSSL"] != "" {
			w.Ignored = "useSSL=true of the URI does not count, for Druid passes druid.metadata.mysql.ssl.useSSL, which is false"
		}
		if permitted := d.name == mariaDB3.name && strings.Contains(p.Tree.Shared(uriKey).Text, "permitMysqlScheme"); !slices.Contains(d.schemes, uri.scheme) && !permitted {
			w = facts.TLS{Driver: d.name, Jars: d.jars, Refused: "it takes no URI that begins with jdbc:" + uri.scheme + ":"}
		}
		q.TLS = append(q.TLS, w)
	}
	q.RunsAs = p.User
	extension := map[string]string{"postgresql": "postgresql-metadata-storage", "mysql": "mysql-metadata-storage"}[q.Kind]
	q.Folders = []string{filepath.Join(p.extensionsDir(), extension), p.libDir()}
}

// isTrue reads a flag as drivers do.
func isTrue(text string) bool { return strings.EqualFold(text, "true") || text == "1" }

// passed are the properties that Druid passes to the driver besides the URI
// (MySQLConnector.java, 0.12 to 38, and PostgreSQLConnector.java, 0.13 to 38).
func (p *Pass) passed(kind string) map[string]string {
	get := func(key string) string { return p.Tree.Shared(key, "coordinator", "overlord").Text }
	list := map[string]string{}
	pass := func(prefix string, names ...string) {
		for _, name := range names {
			if v := get(prefix + name); v != "" {
				list[name] = v
			}
		}
	}
	if kind == "mysql" {
		const prefix = "druid.metadata.mysql.ssl."
		list["useSSL"] = "false"
		if !isTrue(get(prefix + "useSSL")) {
			return list
		}
		list["useSSL"], list["verifyServerCertificate"] = "true", "false"
		pass(prefix, "clientCertificateKeyStoreUrl", "enabledTLSProtocols")
		if isTrue(get(prefix + "verifyServerCertificate")) {
			list["verifyServerCertificate"] = "true"
			pass(prefix, "trustCertificateKeyStoreUrl", "trustCertificateKeyStorePassword")
			if path := list["trustCertificateKeyStoreUrl"]; path != "" {
				list["trustCertificateKeyStoreUrl"] = filepath.Join(p.Home, path) // Druid takes it for a path, and a URL for a relative one
				if filepath.IsAbs(path) {
					list["trustCertificateKeyStoreUrl"] = path
				}
			}
		}
		return list
	}
	if p.Tree.Target.Release < 13 {
		return list
	}
	for _, prefix := range []string{"druid.metadata.postgres.ssl.", "druid.metadata.postgres."} {
		if isTrue(get(prefix + "useSSL")) {
			list["ssl"] = "true"
			for property, parameter := range map[string]string{
				"sslMode": "sslmode", "sslRootCert": "sslrootcert", "sslCert": "sslcert", "sslFactory": "sslfactory", "sslHostNameVerifier": "sslhostnameverifier",
			} {
				if v := get(prefix + property); v != "" {
					list[parameter] = v
				}
			}
		}
	}
	return list
}
