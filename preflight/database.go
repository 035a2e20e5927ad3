package preflight

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func databaseChecks() []*Check {
	return []*Check{liveDBConnect, liveDBTLS, liveDBVersion, liveDBCharset, liveDBTables, liveDBRights}
}

var liveDBConnect = &Check{
	Rule: rules.Rule{
		ID: "live-db-connect", Severity: finding.Error,
		Title:  "The metadata store cannot be reached, or does not accept the user and password.",
		Why:    "Coordinator and Overlord keep segments, tasks and rules there, and open their connections when they start.",
		Effect: "Coordinator and Overlord do not start, or try again and again.",
		Fix:    "Start the database, open its port, make the database and the user, or mend connectURI, user and password.",
		Source: "server/src/main/java/org/apache/druid/metadata/SQLMetadataConnector.java (connectorIsTransientException, retryWithHandle), 0.15.1; CachingSha2PasswordPlugin.java of MySQL's drivers 5.1.49 and 8.4.0 and of MariaDB's 2.7.12 and 3.5.1 (allowPublicKeyRetrieval); PostgreSQL 15.18 and MariaDB 10.11, run",
	},
	Needs: databases,
	Each: func(p *Pass, a Asked) {
		const required = "accepts this user and password"
		switch {
		case a.Problem.Has(facts.Timeout, facts.Unsupported, facts.Denied, facts.Other):
			p.Unknown(a, required, a.Problem.Text)
		case a.Problem != nil:
			p.Fail(a, required, a.Problem.Text, "the metadata store %s cannot be used: %s", a.Target, a.Problem.Text)
		case len(a.Database.Failed) > 0:
			p.Unknown(a, required, fmt.Sprintf("it depends on the driver, whose jar is not in %s: %s connects, and %s", text.List(a.Question.Database.Folders), a.Database.Driver, text.List(a.Database.Failed)))
		default:
			p.Pass(a, required, fmt.Sprintf("connected to %s, %d ms", a.Database.Server, a.Milliseconds))
		}
	},
}

var liveDBTLS = &Check{
	Rule: rules.Rule{
		ID: "live-db-tls", Severity: finding.Warning,
		Title:  "The connection to the metadata store is not encrypted.",
		Why:    "Passwords of users and of lookups may be in what goes over it. PostgreSQL's driver encrypts where the server does; those of MySQL and MariaDB do not unless they are told, and MySQL's ignores useSSL in connectURI, because Druid passes druid.metadata.mysql.ssl.useSSL as well.",
		Effect: "Anyone who can read the network's traffic can read the metadata.",
		Fix:    "Switch TLS on in the database, and druid.metadata.postgres.ssl.useSSL or druid.metadata.mysql.ssl.useSSL.",
		Source: "docs/development/extensions-core/mysql.md and postgresql.md (encrypting connections); the drivers 9.4.1212 and 42.7.4 of PostgreSQL, 5.1.49 and 8.4.0 of MySQL, 2.7.12 and 3.5.1 of MariaDB, run with six certificates",
	},
	Needs: databases,
	Known: func(p *Pass, a Asked) {
		const required = "encrypted"
		d := a.Database
		switch {
		case d.Encrypted:
			p.Pass(a, required, "encrypted ("+d.Mode+")")
		case d.Ignored != "":
			p.Warn(a, required, "not encrypted", "the connection to %s is not encrypted: %s", d.Server, d.Ignored)
		case local(d.Server):
			p.Pass(a, required, "not encrypted, on this machine")
		default:
			p.Warn(a, required, "not encrypted", "the connection to %s is not encrypted", d.Server)
		}
	},
}

var liveDBVersion = &Check{
	Rule: rules.Rule{
		ID: "live-db-version", Severity: finding.Warning,
		Title:  "A metadata store of a version that the drivers and Druid no longer know.",
		Why:    "Druid's page names MySQL 5.7 and 8.0 and MariaDB 10; PostgreSQL's driver supports 8.4 and later, and upserts need 9.5.",
		Effect: "Statements fail that the old server does not know.",
		Fix:    "Upgrade the database.",
		Source: "docs/development/extensions-core/mysql.md, 28; PostgreSQLConnector.java (canUpsert: 9.5), 0.15.1",
	},
	Needs: databases,
	Known: func(p *Pass, a Asked) {
		v, kind := a.Database.Version, a.Question.Database.Kind
		required := "MySQL 5.7, MariaDB 10"
		old := olderThan(v, 5, 7)
		if kind == "postgresql" {
			required, old = "PostgreSQL 9.5", olderThan(v, 9, 5)
		}
		switch {
		case v == "":
			p.Unknown(a, required, "it does not say its version")
		case old:
			p.Warn(a, required, v, "the metadata store is %s %s", kind, v)
		default:
			p.Pass(a, required, v)
		}
	},
}

var liveDBCharset = &Check{
	Rule: rules.Rule{
		ID: "live-db-charset", Severity: finding.Error,
		Title:  "The database of the metadata is not in UTF-8.",
		Why:    "Druid asks a MySQL for the character set of its database when it starts, and takes none but utf8 and utf8mb4.",
		Effect: "Druid requires its MySQL database to be created with an UTF8 charset, found ...; Coordinator and Overlord stop.",
		Fix:    "ALTER DATABASE druid DEFAULT CHARACTER SET utf8mb4 before the first start; of PostgreSQL make the database anew with ENCODING UTF8.",
		Source: "extensions-core/mysql-metadata-storage/src/main/java/org/apache/druid/metadata/storage/mysql/MySQLConnector.java:205-216, 38; MariaDB 10.11 with latin1, run",
	},
	Needs: databases,
	Known: func(p *Pass, a Asked) {
		charset := a.Database.Charset
		mysql := a.Question.Database.Kind == "mysql"
		required := "utf8mb4"
		if !mysql {
			required = "UTF8"
		}
		switch lower := strings.ToLower(charset); {
		case charset == "":
			p.Unknown(a, required, strings.Join(a.Database.Unknown, "; "))
		case mysql && !strings.HasPrefix(lower, "utf8"):
			p.Fail(a, required, charset, "the character set of the database is %s, and Druid accepts only utf8", charset)
		case mysql && lower != "utf8mb4":
			p.Warn(a, required, charset, "the character set of the database is %s: Druid logs a warning at every start, and characters of 4 bytes cannot be stored", charset)
		case !mysql && lower != "utf8":
			p.Warn(a, required, charset, "the encoding of the database is %s: names of data sources with other characters cannot be stored", charset)
		default:
			p.Pass(a, required, charset)
		}
	},
}

// missingTables are those that are wanted and not there.
func missingTables(a Asked) []string {
	return slices.DeleteFunc(slices.Clone(a.Question.Database.Tables), func(t string) bool { return slices.Contains(a.Database.Tables, t) })
}

var liveDBTables = &Check{
	Rule: rules.Rule{
		ID: "live-db-tables", Severity: finding.Error,
		Title:  "Tables of the metadata are missing, and Druid cannot create them.",
		Why:    "Druid makes its tables at the first start, unless createTables is false or its user may not.",
		Effect: "Table 'druid.druid_segments' doesn't exist: Coordinator and Overlord fail.",
		Fix:    "Grant CREATE to the user of Druid, set druid.metadata.storage.connector.createTables=true, or make the tables with metadata-init.",
		Source: "server/src/main/java/org/apache/druid/metadata/SQLMetadataConnector.java (createSegmentTable and others: config.isCreateTables), 0.15.1",
	},
	Needs: databases,
	Known: func(p *Pass, a Asked) {
		missing := missingTables(a)
		create := !strings.EqualFold(p.Tree.Shared("druid.metadata.storage.connector.createTables", "coordinator", "overlord").Text, "false")
		required := fmt.Sprintf("%d tables, or the right to create them", len(a.Question.Database.Tables))
		current := fmt.Sprintf("%d of %d exist", len(a.Database.Tables), len(a.Question.Database.Tables))
		switch {
		case len(missing) == 0:
			p.Pass(a, required, current)
		case !create:
			p.Fail(a, required, current, "%s missing, and createTables is false", isAre(missing))
		case !a.Database.MayCreate:
			p.Fail(a, required, current, "%s missing, and the user has no right to create tables", isAre(missing))
		case len(a.Database.Tables) > 0:
			p.Pass(a, required, current+"; Druid creates the others")
		default:
			p.Pass(a, required, current+"; Druid creates them at its first start")
		}
	},
}

// isAre writes "druid_rules is" or "druid_rules and druid_tasks are".
func isAre(list []string) string {
	if len(list) == 1 {
		return list[0] + " is"
	}
	return text.List(list) + " are"
}

var liveDBRights = &Check{
	Rule: rules.Rule{
		ID: "live-db-rights", Severity: finding.Error,
		Title:  "The user of Druid may not read or write its tables.",
		Why:    "Druid reads, inserts, updates and deletes in all of its tables.",
		Effect: "permission denied for table druid_segments: segments are not published, and tasks fail.",
		Fix:    "GRANT ALL ON DATABASE druid TO the user; of PostgreSQL also ALL ON ALL TABLES IN SCHEMA public.",
		Source: "docs/development/extensions-core/mysql.md and postgresql.md (setting up)",
	},
	Needs: databases,
	Known: func(p *Pass, a Asked) {
		const required = "SELECT, INSERT, UPDATE, DELETE"
		lacks := a.Database.Lacks
		unknown := slices.IndexFunc(a.Database.Unknown, func(text string) bool { return strings.HasPrefix(text, "rights") })
		switch {
		case len(lacks) == 0 && unknown >= 0:
			p.Unknown(a, required, a.Database.Unknown[unknown])
		case len(lacks) > 0:
			p.Fail(a, required, "no "+strings.Join(lacks[:min(len(lacks), 4)], ", "), "the user of Druid lacks %s", text.List(lacks[:min(len(lacks), 8)]))
		case len(a.Database.Tables) == 0:
			p.Pass(a, required, "no tables exist yet")
		default:
			p.Pass(a, required, fmt.Sprintf("on all tables that exist (%d)", len(a.Database.Tables)))
		}
	},
}

// clockOff is how far this clock is behind that of a database.
func clockOff(a Asked) (off, precision time.Duration) {
	return time.Duration(a.Database.OffsetMS) * time.Millisecond, time.Duration(a.Database.PingMS*float64(time.Millisecond)) + 50*time.Millisecond
}
