package rules

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
)

func metadataRules() []*Rule {
	return []*Rule{
		metaDerby, metaDerbyHost, metaDerbyMismatch, metaTypeMismatch, metaURIMissing, metaNoUser, metaDriver, metaCharset,
		metaLocalhost, metaDiffers, metaCreateTables, metaBackup,
	}
}

const (
	metaTypeKey = "druid.metadata.storage.type"
	metaURIKey  = "druid.metadata.storage.connector.connectURI"
	metaHostKey = "druid.metadata.storage.connector.host"
	metaPortKey = "druid.metadata.storage.connector.port"
	metaUserKey = "druid.metadata.storage.connector.user"
)

// shared is a setting of the whole cluster: the common file's, or the first
// process's that sets it.
func (p *Pass) shared(key string, roles ...string) conf.Value {
	return p.Tree.Shared(key, roles...)
}

// configuresDruid reports whether the tree holds Druid's shared settings at
// all; a lone Tranquility folder does not, and neither does a fragment.
func (p *Pass) configuresDruid() bool {
	return p.Tree.Common != nil && p.Tree.Common.Properties != nil && len(p.Tree.Services) > 0
}

// masters are the processes that use the metadata store.
func (p *Pass) masters() []*conf.Service { return p.Services("coordinator", "overlord") }

// usesDerby reports whether the metadata store is known to be Derby.
func (p *Pass) usesDerby() (conf.Value, bool) {
	v := p.Tree.MetadataType()
	return v, v.Is("derby")
}

var metaDerby = &Rule{
	ID: "meta-derby-in-cluster", Severity: finding.Warning, Area: Metadata,
	Title:    "The metadata store of a cluster is Derby.",
	Why:      "Derby runs inside the Coordinator: its server is a single point of failure, and its disk holds all that the cluster knows of its segments.",
	Effect:   "Only one Coordinator can run; when its machine is lost, so is the metadata.",
	Fix:      "Use MySQL or PostgreSQL: load mysql-metadata-storage or postgresql-metadata-storage and set druid.metadata.storage.type and .connector.*.",
	Source:   "services/src/main/java/org/apache/druid/cli/CliCoordinator.java:144 and DerbyMetadataStorageDruidModule.java, 0.14.2; docs/dependencies/metadata-storage.md",
	DefersTo: []string{"ha-masters-need-shared-state"},
	Check: func(p *Pass) {
		v, derby := p.usesDerby()
		if !derby || !p.Deployment.Cluster() || !p.configuresDruid() || len(p.masters()) == 0 || p.derbyOutOfReach() && v.Set {
			return
		}
		f := p.Report(p.Where(nil, v), "the metadata store is Derby, which a cluster outgrows the day its Coordinator fails")
		if !v.Set {
			f.Message = "no metadata store is set, so it is Derby, which a cluster outgrows the day its Coordinator fails"
		}
		if uri, folder, ok := p.derbyFolder(); ok {
			relate(f, Val(uri), "until then, back up its folder %s", folder)
		}
	},
}

// derbyOnLoopback is the address that Derby is told to listen on, if only the
// Coordinator's own machine reaches it.
func (p *Pass) derbyOnLoopback() (conf.Value, bool) {
	host := p.shared(metaHostKey, "coordinator", "overlord")
	return host, host.Set && host.Known() && conf.IsLoopback(host.Text) && !conf.IsAnyAddress(host.Text)
}

// derbyOutOfReach reports whether an Overlord has to reach a Derby that listens for the
// Coordinator's own machine only. A Coordinator that is the Overlord, too, reaches it.
func (p *Pass) derbyOutOfReach() bool {
	_, loopback := p.derbyOnLoopback()
	return loopback && slices.ContainsFunc(p.Tree.Services, func(s *conf.Service) bool { return s.Name == "overlord" })
}

// derbyFolder is where Derby keeps all metadata, as its clients say it.
func (p *Pass) derbyFolder() (uri conf.Value, folder string, ok bool) {
	uri = p.shared(metaURIKey, "coordinator", "overlord")
	folder, ok = derbyFolder(uri)
	return uri, folder, ok
}

// derbyFolder is the folder in a URI of Derby's network client.
func derbyFolder(uri conf.Value) (folder string, ok bool) {
	if !uri.Set || !uri.Known() || !strings.HasPrefix(uri.Text, "jdbc:derby://") {
		return "", false
	}
	_, folder, ok = strings.Cut(strings.TrimPrefix(uri.Text, "jdbc:derby://"), "/")
	folder, _, _ = strings.Cut(folder, ";")
	return path.Clean(folder), ok && folder != ""
}

var metaDerbyHost = &Rule{
	ID: "meta-derby-host-not-local", Severity: finding.Warning, Area: Metadata,
	Title:  "Derby listens on the loopback address of a cluster's Coordinator.",
	Why:    "druid.metadata.storage.connector.host is the address that the Derby server binds; processes on other machines cannot reach localhost.",
	Effect: "Overlords on other machines cannot connect: java.net.ConnectException: Error connecting to server localhost on port 1,527.",
	Fix:    "Use MySQL or PostgreSQL; or write the Coordinator's own host name, in .connector.host and in connectURI.",
	Source: "server/src/main/java/org/apache/druid/metadata/storage/derby/DerbyMetadataStorage.java:41, 0.14.2",
	Check: func(p *Pass) {
		v, derby := p.usesDerby()
		host, _ := p.derbyOnLoopback()
		if !derby || !p.Deployment.Cluster() || !p.derbyOutOfReach() || p.Topology.Masters > 1 {
			return
		}
		f := p.Report(Val(host), "the metadata store is Derby on %s, where only the Coordinator's own machine reaches it", host.Text)
		if v.Set {
			relate(f, Val(v), "Derby, which a cluster outgrows the day its Coordinator fails")
		}
		if uri, folder, ok := p.derbyFolder(); ok {
			relate(f, Val(uri), "until then, back up its folder %s", folder)
		}
	},
}

var metaDerbyMismatch = &Rule{
	ID: "meta-derby-host-uri-mismatch", Severity: finding.Error, Area: Metadata,
	Title:  "Derby listens in one place and its clients connect to another.",
	Why:    "The server takes connector.host and .port, the clients connectURI; Druid does not compare them.",
	Effect: "Coordinator and Overlord cannot connect to the metadata store: java.net.ConnectException.",
	Fix:    "Give connectURI the same host and port as connector.host and connector.port.",
	Source: "core/src/main/java/org/apache/druid/metadata/MetadataStorageConnectorConfig.java:34,70, 0.14.2",
	Check: func(p *Pass) {
		_, derby := p.usesDerby()
		uri := p.shared(metaURIKey, "coordinator", "overlord")
		if !derby || !uri.Set || !uri.Known() {
			return
		}
		at, ok := jdbcHost(uri.Text, "derby")
		if !ok {
			return
		}
		for _, key := range []string{metaHostKey, metaPortKey} {
			v := p.shared(key, "coordinator", "overlord")
			want := at.Host
			if key == metaPortKey {
				want = strconv.FormatInt(at.Port, 10)
			}
			if !v.Known() || v.Text == "" || want == "" || want == "0" || strings.EqualFold(v.Text, want) || conf.IsLoopback(v.Text) && conf.IsLoopback(want) || conf.IsAnyAddress(v.Text) {
				continue
			}
			f := p.Report(Val(uri), "clients connect to %s, and Derby's %s is %s", at, key[strings.LastIndexByte(key, '.')+1:], v.Text)
			if v.Set {
				relate(f, Val(v), "where Derby listens")
			} else {
				f.Message += " by default"
			}
			return
		}
	},
}

// jdbcHost is the host and port of jdbc:<scheme>://host:port/...; false if the
// URI is not of that scheme, or names several hosts.
func jdbcHost(uri, scheme string) (conf.Address, bool) {
	if !strings.HasPrefix(uri, "jdbc:"+scheme+"://") {
		return conf.Address{}, false
	}
	list := conf.URLAddresses(uri, 0)
	if len(list) != 1 {
		return conf.Address{}, false
	}
	return list[0], true
}

// jdbcSchemes are the URI schemes that go with each type of metadata store.
var jdbcSchemes = lazy.Value[map[string][]string]{New: func() map[string][]string {
	return map[string][]string{
		"mysql": {"mysql", "mariadb", "aws-wrapper:mysql"}, "postgresql": {"postgresql", "aws-wrapper:postgresql"}, "derby": {"derby"},
	}
}}

var metaTypeMismatch = &Rule{
	ID: "meta-uri-type-mismatch", Severity: finding.Error, Area: Metadata,
	Title:  "The metadata store's type and its URI name different databases.",
	Why:    "The type decides the driver, and the driver does not understand the other database's URI.",
	Effect: "Coordinator and Overlord cannot connect: Cannot create JDBC driver of class ... for connect URL.",
	Fix:    "Set druid.metadata.storage.type to the database that the URI names, and load its extension.",
	Source: "setDriverClassName in MySQLConnector.java, PostgreSQLConnector.java and DerbyConnector.java, 0.14.2",
	Check: func(p *Pass) {
		kind := p.Tree.MetadataType()
		uri := p.shared(metaURIKey, "coordinator", "overlord")
		if missing(uri) || !uri.Known() || !kind.Known() || len(jdbcSchemes.Get()[kind.Text]) == 0 || len(p.Tree.Services) > 0 && len(p.masters()) == 0 {
			return
		}
		for _, scheme := range jdbcSchemes.Get()[kind.Text] {
			if strings.HasPrefix(uri.Text, "jdbc:"+scheme+":") {
				return
			}
		}
		scheme := schemeOf(uri.Text)
		f := p.Report(Val(uri), "the type is %s, and the URI is %s", kind.Text, scheme)
		if !kind.Set {
			f.Message = fmt.Sprintf("no type is set, which means derby, and the URI is %s", scheme)
		}
		if kind.Set {
			relate(f, Val(kind), "the type")
		}
		for database, schemes := range jdbcSchemes.Get() {
			if slices.Contains(schemes, strings.TrimPrefix(scheme, "jdbc:")) {
				f.Help = "Set druid.metadata.storage.type=" + database + ", or correct the URI."
			}
		}
	},
}

// schemeOf is jdbc:mysql in jdbc:mysql://..., without anything that may be
// secret.
func schemeOf(uri string) string {
	parts := strings.SplitN(uri, ":", 3)
	if len(parts) == 3 && parts[0] == "jdbc" {
		return "jdbc:" + parts[1]
	}
	return "no JDBC URI"
}

var metaURIMissing = &Rule{
	ID: "meta-uri-missing", Severity: finding.Error, Area: Metadata,
	Title:  "A MySQL or PostgreSQL metadata store without a URI.",
	Why:    "The default URI is Derby's, whatever the type says.",
	Effect: "Coordinator and Overlord cannot connect: Cannot create JDBC driver of class ... for connect URL jdbc:derby://localhost:1527/druid;create=true.",
	Fix:    "Set druid.metadata.storage.connector.connectURI, as in jdbc:mysql://db.internal:3306/druid.",
	Source: "core/src/main/java/org/apache/druid/metadata/MetadataStorageConnectorConfig.java:70, 0.14.2",
	Check: func(p *Pass) {
		kind := p.Tree.MetadataType()
		uri := p.shared(metaURIKey, "coordinator", "overlord")
		if !kind.Set || !kind.Is("mysql") && !kind.Is("postgresql") || !missing(uri) || len(p.masters()) == 0 {
			return
		}
		f := p.Report(Val(kind), "the metadata store is %s, and no connectURI says where it is", kind.Text)
		f.Help = "Set " + metaURIKey + ", as in jdbc:" + kind.Text + "://db.internal/druid."
		if uri.Set {
			relate(f, Key(uri), "the value is empty")
		} else {
			mayBeFlag(f, p.masters()...)
		}
	},
}

// mayBeFlag weakens what follows from a property that no file sets, where the flags of
// java are not in the tree either: a script may set it by -D.
func mayBeFlag(f *finding.Finding, services ...*conf.Service) {
	written := func(s *conf.Service) bool { return s.JVM != nil || s.Runtime != nil && s.Runtime.Made() }
	if !slices.ContainsFunc(services, written) {
		f.Severity = min(f.Severity, finding.Warning)
		f.Effect = "None, if the command line of java sets it by -D; else: " + f.Effect
	}
}

var metaNoUser = &Rule{
	ID: "meta-user-missing", Severity: finding.Warning, Area: Metadata,
	Title:    "A MySQL or PostgreSQL metadata store without a user.",
	Why:      "Without the property Druid names no user. The database then takes the connection for an anonymous one, or for one of the operating system's user.",
	Effect:   "Coordinator and Overlord cannot connect, unless the database trusts their machines: Access denied for user ''@..., or password authentication failed.",
	Fix:      "Set druid.metadata.storage.connector.user and druid.metadata.storage.connector.password, or the parameters user and password of connectURI.",
	Source:   "MetadataStorageConnectorConfig.java (user = null) and SQLMetadataConnector.java (setUsername), 0.14.2 and 38",
	DefersTo: []string{"meta-uri-missing", "meta-uri-type-mismatch"},
	Check: func(p *Pass) {
		kind := p.Tree.MetadataType()
		uri := p.shared(metaURIKey, "coordinator", "overlord")
		if !kind.Is("mysql") && !kind.Is("postgresql") || missing(uri) || !uri.Known() || len(p.masters()) == 0 {
			return
		}
		_, parameters, _ := strings.Cut(uri.Text, "?")
		inURI := strings.Contains(uri.Text, "@") || strings.Contains("&"+parameters, "&user=")
		if inURI || !missing(p.shared(metaUserKey, "coordinator", "overlord")) || p.setsBelow("druid.metadata.storage.connector.dbcp") {
			return
		}
		p.Report(p.Where(nil, uri), "no user is set for the metadata store").Property = metaUserKey
	},
}

// setsBelow reports whether some file sets a key, or one below it.
func (p *Pass) setsBelow(key string) bool {
	for _, s := range p.druidSettings() {
		if s.Key == key || strings.HasPrefix(s.Key, key+".") {
			return true
		}
	}
	return false
}

var metaDriver = &Rule{
	ID: "meta-mysql-driver-jar", Severity: finding.Error, Area: Metadata,
	Title:  "The MySQL driver is not in the distribution's extension folder.",
	Why:    "MySQL's license keeps its driver out of Druid's download; Imply ships it with some releases.",
	Effect: "Could not find com.mysql.jdbc.Driver on the classpath, and Coordinator and Overlord do not start.",
	Fix:    "Put mysql-connector-java (5.1.x up to Druid 0.22) into <extensions>/mysql-metadata-storage/.",
	Source: "extensions-core/mysql-metadata-storage/src/main/java/org/apache/druid/metadata/storage/mysql/MySQLConnector.java:65, 0.14.2",
	Check: func(p *Pass) {
		if !p.Tree.HasExtensions || !slices.Contains(p.Tree.Extensions, "mysql-metadata-storage") || p.Tree.MySQLDriver {
			return
		}
		kind := p.Tree.MetadataType()
		if kind.Is("mysql") {
			f := p.Report(p.Where(nil, kind), "the distribution's mysql-metadata-storage has no mysql-connector jar")
			f.Severity = finding.Warning // it may lie elsewhere on the class path
		}
	},
}

var metaCharset = &Rule{
	ID: "meta-mysql-charset", Severity: finding.Error, Area: Metadata,
	Title:  "The MySQL URI asks for a character set other than UTF-8.",
	Why:    "Druid demands a UTF-8 database; the driver would translate every name it stores.",
	Effect: "Druid requires its MySQL database to be created with an UTF8 charset, and Coordinator and Overlord do not start, or names are stored wrongly.",
	Fix:    "Create the database with CHARACTER SET utf8mb4, and drop characterEncoding from the URI.",
	Source: "extensions-core/mysql-metadata-storage/src/main/java/org/apache/druid/metadata/storage/mysql/MySQLConnector.java:185, 0.14.2",
	Check: func(p *Pass) {
		uri := p.shared(metaURIKey, "coordinator", "overlord")
		_, query, _ := strings.Cut(uri.Text, "?")
		if !uri.Set || !uri.Known() || !strings.HasPrefix(uri.Text, "jdbc:mysql:") {
			return
		}
		for parameter := range strings.SplitSeq(query, "&") {
			name, charset, _ := strings.Cut(parameter, "=")
			if strings.EqualFold(name, "characterEncoding") && !strings.Contains(strings.ToLower(charset), "utf") {
				p.Report(Val(uri), "the connection uses %s, and Druid's names need UTF-8", charset)
			}
		}
	},
}

var metaLocalhost = &Rule{
	ID: "meta-localhost-in-cluster", Severity: finding.Warning, Area: Metadata,
	Title:  "A cluster whose metadata store is on localhost.",
	Why:    "Each Master connects to its own machine: one is enough today, and a second one would have a database of its own.",
	Effect: "Masters on other machines cannot connect, or manage segments that no other process sees.",
	Fix:    "Write the database's host name in connectURI.",
	Source: "Each Master dials the URI it is given (MetadataStorageConnectorConfig.java, 0.14.2)",
	Check: func(p *Pass) {
		uri := p.shared(metaURIKey, "coordinator", "overlord")
		if !uri.Set || !uri.Known() || !p.Deployment.Cluster() {
			return
		}
		for _, scheme := range []string{"mysql", "mariadb", "postgresql"} {
			if at, ok := jdbcHost(uri.Text, scheme); ok && at.Loopback() {
				f := p.Report(Val(uri), "the metadata store of this cluster is on %s", at.Host)
				if p.inPods() {
					f.Severity = finding.Info
					f.Effect = "None where a proxy to the database runs in the same pod; else Masters cannot connect."
				}
			}
		}
	},
}

var metaDiffers = &Rule{
	ID: "meta-differs-between-services", Severity: finding.Error, Area: Metadata,
	Title:  "Coordinator and Overlord use different metadata stores.",
	Why:    "Tasks publish their segments through the Overlord's store, and the Coordinator loads the segments in its own.",
	Effect: "Ingestion succeeds, and the new segments are never loaded.",
	Fix:    "Set druid.metadata.storage.* once, in _common.",
	Source: "Both bind the same prefix (server/src/main/java/org/apache/druid/guice/MetadataConfigModule.java, 0.14.2)",
	Check: func(p *Pass) {
		coordinator, overlord := p.Tree.Service("coordinator"), p.Tree.Service("overlord")
		if coordinator == nil || overlord == nil || coordinator.Plays("overlord") {
			return
		}
		for _, key := range []string{metaTypeKey, metaURIKey, "druid.metadata.storage.tables.base"} {
			a, b := coordinator.Get(key), overlord.Get(key)
			if !a.Known() || !b.Known() || a.Text == b.Text {
				continue
			}
			f := p.Report(p.Where(overlord, b), "%s differs between Overlord and Coordinator", key)
			if a.Set {
				relate(f, Val(a), "the Coordinator's")
			}
			return
		}
	},
}

var metaCreateTables = &Rule{
	ID: "meta-create-tables-off", Severity: finding.Info, Area: Metadata,
	Title:  "Druid may not create its metadata tables.",
	Why:    "Releases add tables and columns; with createTables=false they must be added by hand before an upgrade.",
	Effect: "Nothing now; after an upgrade queries on missing columns fail.",
	Fix:    "Keep it in mind for upgrades: read the upgrade notes, and run metadata-init of the new release before it.",
	Source: "core/src/main/java/org/apache/druid/metadata/MetadataStorageConnectorConfig.java, 0.14.2; upgrade notes of 28",
	Check: func(p *Pass) {
		v := p.shared("druid.metadata.storage.connector.createTables", "coordinator", "overlord")
		if v.Set && strings.EqualFold(v.Text, "false") {
			p.Report(Val(v), "createTables is off: new tables and columns of later releases are yours to add")
		}
	},
}

var metaBackup = &Rule{
	ID: "meta-no-backup-note", Severity: finding.Info, Area: Metadata,
	Title:  "A reminder to back up Derby's folder.",
	Why:    "The list of used segments, the load rules and the supervisors exist only in the metadata store. On a single machine Derby is right, and its disk is the only copy.",
	Effect: "Nothing, until the disk is lost.",
	Fix:    "Copy the database's folder regularly, or move to MySQL or PostgreSQL and back that up.",
	Source: "Imply 3.0 cluster guide; docs/dependencies/metadata-storage.md, 0.14.2",
	Check: func(p *Pass) {
		v, derby := p.usesDerby()
		uri, folder, ok := p.derbyFolder()
		if !derby || !ok || !p.Deployment.Single() || !path.IsAbs(folder) {
			return // a relative folder is a quickstart's; what is said of Derby in a cluster says it
		}
		f := p.Report(Val(uri), "all metadata is in Derby's folder %s: back it up", folder)
		if v.Set {
			relate(f, Val(v), "the type")
		}
	},
}
