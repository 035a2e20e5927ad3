package preflight

import (
	"net/url"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
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
	q, skip := parseJDBC(uri.Text)
	if q.Kind == "" {
		return n, false
	}
	if kind.Known() && kind.Text != q.Kind {
		skip = "druid.metadata.storage.type is " + kind.Text + ", and the URI is of " + q.Kind + ": see implycheck lint"
	}
	user, told := secretOf(p.Tree.Shared("druid.metadata.storage.connector.user", "coordinator", "overlord"))
	password, alsoTold := secretOf(p.Tree.Shared("druid.metadata.storage.connector.password", "coordinator", "overlord"))
	if skip == "" && (!told || !alsoTold) {
		skip = elsewhere
	}
	if user.Known() {
		q.User = user
	}
	if password.Known() {
		q.Password = password
	}
	p.tlsOf(&q)
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

// tlsOf adds what Druid's own properties say of TLS.
func (p *Pass) tlsOf(q *facts.Database) {
	get := func(key string) string { return p.Tree.Shared(key, "coordinator", "overlord").Text }
	switch q.Kind {
	case "mysql":
		if strings.EqualFold(get("druid.metadata.mysql.ssl.useSSL"), "true") {
			q.TLS = "require"
			if strings.EqualFold(get("druid.metadata.mysql.ssl.verifyServerCertificate"), "true") {
				q.TLS = "verify-full"
			}
		}
	case "postgresql":
		for _, prefix := range []string{"druid.metadata.postgres.ssl.", "druid.metadata.postgres."} {
			if strings.EqualFold(get(prefix+"useSSL"), "true") {
				q.TLS, q.Root = "require", get(prefix+"sslRootCert")
				if mode := get(prefix + "sslMode"); mode != "" {
					q.TLS = mode
				}
			}
		}
		if schema := get("druid.metadata.postgres.dbTableSchema"); schema != "" {
			q.Schema = schema
		}
	}
}

// parseJDBC reads the URI of a driver of Java. It answers why it cannot be used, or
// no kind where there is no client for it.
func parseJDBC(text string) (q facts.Database, skip string) {
	scheme, rest, ok := strings.Cut(strings.TrimPrefix(text, "jdbc:"), "://")
	if !ok {
		return q, ""
	}
	port := int64(3306)
	switch scheme, _, _ = strings.Cut(scheme, ":"); scheme {
	case "postgresql":
		q.Kind, q.TLS, port = "postgresql", "prefer", 5432
	case "mysql", "mariadb":
		q.Kind, q.TLS = "mysql", "prefer"
	default:
		return q, ""
	}
	hosts, after, _ := strings.Cut(rest, "/")
	if strings.ContainsAny(hosts, "()") {
		return q, "its hosts are written in a form that this program does not read"
	}
	if login, after, ok := strings.Cut(hosts, "@"); ok {
		user, password, _ := strings.Cut(login, ":")
		q.User, q.Password, hosts = facts.Secret{Text: user}, facts.Secret{Text: password}, after
	}
	for _, a := range conf.Addresses(hosts, port) {
		q.Servers = append(q.Servers, a.String())
	}
	q.Name, after, _ = strings.Cut(after, "?")
	q.Name, _ = url.PathUnescape(q.Name)
	if len(q.Servers) == 0 {
		skip = "it names no server"
	}
	parameters(&q, after)
	return q, skip
}

// parameters reads those that matter to a connection. Names are those of the
// drivers: pgjdbc's in small letters, Connector/J's and MariaDB's.
func parameters(q *facts.Database, text string) {
	for part := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(part, "=")
		value, err := url.QueryUnescape(value)
		if err != nil {
			continue
		}
		switch name {
		case "user":
			q.User = facts.Secret{Text: value}
		case "password":
			q.Password = facts.Secret{Text: value}
		case "currentSchema":
			q.Schema, _, _ = strings.Cut(value, ",")
		case "sslrootcert":
			q.Root = value
		case "sslmode", "sslMode":
			q.TLS = tlsMode(value)
		case "ssl", "useSSL", "requireSSL", "useSsl":
			if slices.Contains([]string{"", "true", "1"}, value) && q.TLS == "prefer" {
				q.TLS = "require"
			} else if value == "false" && name != "requireSSL" {
				q.TLS = "disable"
			}
		}
	}
}

// tlsMode is a mode as PostgreSQL calls it: those of MySQL are DISABLED, PREFERRED,
// REQUIRED, VERIFY_CA and VERIFY_IDENTITY, those of MariaDB disable, trust, verify-ca
// and verify-full.
func tlsMode(text string) string {
	switch mode := strings.ReplaceAll(strings.ToLower(text), "_", "-"); mode {
	case "disable", "disabled":
		return "disable"
	case "require", "required", "trust":
		return "require"
	case "verify-ca":
		return "verify-ca"
	case "verify-full", "verify-identity":
		return "verify-full"
	}
	return "prefer"
}
