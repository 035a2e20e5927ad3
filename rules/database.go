package rules

import (
	"net/url"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// Rules about what one database of the metadata store needs.
func databaseRules() []*Rule { return []*Rule{metaMariaDB, metaPostgresSchema} }

const (
	mysqlDriverKey    = "druid.metadata.mysql.driver.driverClassName"
	postgresSchemaKey = "druid.metadata.postgres.dbTableSchema"
)

var metaMariaDB = &Rule{
	ID: "meta-mariadb-driver", Severity: finding.Error, Area: Metadata,
	Title:    "A URI of MariaDB, for the driver of MySQL.",
	Why:      "mysql-metadata-storage uses com.mysql.jdbc.Driver unless it is told another class, and that one takes jdbc:mysql only.",
	Effect:   "Coordinator and Overlord cannot connect: Cannot create JDBC driver of class 'com.mysql.jdbc.Driver' for connect URL 'jdbc:mariadb:...'.",
	Fix:      "Set druid.metadata.mysql.driver.driverClassName=org.mariadb.jdbc.Driver and install MariaDB's connector, or write jdbc:mysql.",
	Source:   "extensions-core/mysql-metadata-storage, MySQLConnector.java and MySQLConnectorDriverConfig.java, 0.22 to 38; apache/druid#11402",
	DefersTo: []string{"ext-storage-not-loaded", "meta-uri-type-mismatch"},
	Check: func(p *Pass) {
		uri, kind := p.shared(metaURIKey, "coordinator", "overlord"), p.Tree.MetadataType()
		driver := p.shared(mysqlDriverKey, "coordinator", "overlord")
		if !kind.Is("mysql") || !uri.Set || !uri.Known() || !strings.HasPrefix(uri.Text, "jdbc:mariadb:") || driver.Set && (!driver.Known() || !strings.Contains(driver.Text, "mysql")) {
			return
		}
		f := p.Report(Val(uri), "the URI is of MariaDB, and %s is not set", mysqlDriverKey)
		switch {
		case p.Release() < 22:
			f.Message = "the URI is of MariaDB, and Druid " + p.Release().String() + " has the driver of MySQL only"
			f.Help = "Write jdbc:mysql, which MySQL's connector takes for MariaDB too."
		case driver.Set:
			f.Message = "the URI is of MariaDB, and the driver is " + driver.Text
			f.Effect = strings.Replace(f.Effect, "com.mysql.jdbc.Driver", driver.Text, 1)
			relate(f, Val(driver), "the driver")
		}
	},
}

var metaPostgresSchema = &Rule{
	ID: "meta-postgres-schema", Severity: finding.Warning, Area: Metadata, Releases: schema.Range{From: 16},
	Title:    "Tables of the metadata are made in one schema and looked for in another.",
	Why:      "Druid looks for its tables in druid.metadata.postgres.dbTableSchema, which is public unless it is set, and makes them in the first schema of currentSchema in the URI.",
	Effect:   "Druid never finds its tables: it makes them again at each start, and the database refuses: relation ... already exists.",
	Fix:      "Write one schema in both places.",
	Source:   "extensions-core/postgresql-metadata-storage, PostgreSQLConnector.java (tableExists), 0.16 to 38; SQLMetadataConnector.java (validateSegmentsTable), 28 to 38; manual of the PostgreSQL JDBC driver: currentSchema; apache/druid#17870",
	DefersTo: []string{"ext-storage-not-loaded", "meta-uri-type-mismatch"},
	Check: func(p *Pass) {
		uri, kind := p.shared(metaURIKey, "coordinator", "overlord"), p.Tree.MetadataType()
		looked := p.shared(postgresSchemaKey, "coordinator", "overlord")
		if !kind.Is("postgresql") || !uri.Set || !uri.Known() || looked.Set && !looked.Known() {
			return
		}
		made, want := currentSchema(uri.Text), "public"
		if looked.Set && looked.Text != "" {
			want = looked.Text
		}
		if len(made) == 0 || slices.ContainsFunc(made, func(name string) bool { return strings.EqualFold(name, want) }) {
			return
		}
		f := p.Report(Val(uri), "tables are made in the schema %s, and looked for in %s", made[0], want)
		f.Help = "Set " + postgresSchemaKey + "=" + made[0] + ", or correct currentSchema."
		if p.Release() >= 28 {
			f.Effect = "Coordinator and Overlord do not find the table of segments, and stop at start: Cannot start Druid as table[druid_segments] has an incompatible schema."
		}
		if looked.Set {
			relate(f, Val(looked), "the schema in which Druid looks")
		}
	},
}

// currentSchema are the schemas that a URI of PostgreSQL names, the first of which
// gets new tables; none where it names none, or that of the user.
func currentSchema(uri string) []string {
	_, query, _ := strings.Cut(uri, "?")
	values, err := url.ParseQuery(query)
	list := values.Get("currentSchema")
	if err != nil || list == "" || strings.Contains(list, "$") {
		return nil
	}
	names := strings.Split(list, ",")
	for i := range names {
		names[i] = strings.Trim(strings.TrimSpace(names[i]), `"`)
	}
	return names
}
