package preflight

import (
	"strings"

	"github.com/implycheck/implycheck/preflight/facts"
)

// tables are those that Druid makes in its metadata store, with the property that
// names each (MetadataStorageTablesConfig.java, 0.15.1).
var tables = []struct{ key, name string }{
	{"druid.metadata.storage.tables.dataSource", "dataSource"}, {"druid.metadata.storage.tables.pendingSegments", "pendingSegments"},
	{"druid.metadata.storage.tables.segments", "segments"}, {"druid.metadata.storage.tables.rules", "rules"},
	{"druid.metadata.storage.tables.config", "config"}, {"druid.metadata.storage.tables.tasks", "tasks"},
	{"druid.metadata.storage.tables.taskLog", "tasklogs"}, {"druid.metadata.storage.tables.taskLock", "tasklocks"},
	{"druid.metadata.storage.tables.audit", "audit"}, {"druid.metadata.storage.tables.supervisors", "supervisors"},
}

const uriKey = "druid.metadata.storage.connector.connectURI"

// databaseNeed asks for the metadata store, where it is one that there is a client
// for; false where nothing is to be asked.
func (p *Pass) databaseNeed() (Need, bool) {
	kind := p.Tree.MetadataType()
	uri := p.Tree.Shared(uriKey, "coordinator", "overlord")
	users := p.plays("coordinator", "overlord")
	if len(users) == 0 || !usable(uri) {
		return Need{}, false
	}
	n := Need{Target: "the metadata store", At: p.at(nil, uri)}
	uriOf, skip := parseJDBC(uri.Text)
	if uriOf.kind == "" {
		return n, false
	}
	q := facts.Database{Kind: uriOf.kind, Servers: uriOf.servers, Name: uriOf.name, User: uriOf.user, Password: uriOf.password, Schema: uriOf.schema()}
	if own := p.Tree.Shared("druid.metadata.postgres.dbTableSchema", "coordinator", "overlord"); q.Kind == "postgresql" && usable(own) {
		q.Schema = own.Text // where Druid looks for its tables (PostgreSQLConnector.java, tableExists)
	}
	if kind.Known() && kind.Text != q.Kind {
		skip = "druid.metadata.storage.type is " + kind.Text + ", and the URI is of " + q.Kind + ": see implycheck lint"
	}
	user, told := secretOf(p.Tree.Shared("druid.metadata.storage.connector.user", "coordinator", "overlord"))
	password, alsoTold := secretOf(p.Tree.Shared("druid.metadata.storage.connector.password", "coordinator", "overlord"))
	if skip == "" && (!told || !alsoTold) {
		skip = elsewhere
	}
	drivers := p.drivers(q.Kind)
	if user.Known() && !(drivers[0].uriWins && q.User.Known()) {
		q.User = user
	}
	if password.Known() && !(drivers[0].uriWins && q.Password.Known()) {
		q.Password = password
	}
	p.connection(&q, drivers, uriOf)
	base := p.Tree.Shared("druid.metadata.storage.tables.base").Text
	if base == "" {
		base = "druid"
	}
	for _, t := range tables {
		name := base + "_" + t.name
		if v := p.Tree.Shared(t.key, "coordinator", "overlord"); usable(v) {
			name = v.Text
		}
		if q.Kind == "postgresql" {
			name = strings.ToLower(name) // Druid does not quote them
		}
		q.Tables = append(q.Tables, name)
	}
	if len(q.Servers) > 0 {
		n.Target = q.Kind + " " + q.Servers[0]
	}
	n.Question, n.Skip = facts.Question{Name: "database", Database: &q}, skip
	return n, true
}

// databases is the need of the metadata store as a list.
func databases(p *Pass) []Need {
	if n, ok := p.databaseNeed(); ok {
		return []Need{n}
	}
	return nil
}
