package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/implycheck/implycheck/preflight/facts"
)

// database connects as each of the drivers does that it may be. What one of them can do
// and another cannot is said in the answer.
func database(ctx context.Context, q facts.Database) (s *facts.Schema, err error) {
	var failed []string
	for _, w := range narrow(q) {
		found, e := connectAs(ctx, q, w)
		switch {
		case e == nil && s == nil:
			s = found
		case e != nil:
			err = e
			failed = append(failed, w.Driver+" does not: "+e.Error())
		}
	}
	if s == nil {
		return nil, err
	}
	s.Failed = failed
	return s, nil
}

// narrow are the ways of the driver whose jar is there; without one all that differ.
func narrow(q facts.Database) (ways []facts.TLS) {
	for _, folder := range q.Folders {
		entries, _ := os.ReadDir(folder)
		for _, w := range q.TLS {
			if slices.ContainsFunc(entries, func(e os.DirEntry) bool {
				return slices.ContainsFunc(w.Jars, func(start string) bool { return strings.HasPrefix(e.Name(), start) })
			}) {
				ways = append(ways, w)
			}
		}
	}
	if len(ways) > 0 {
		return ways
	}
	for _, w := range q.TLS {
		same := slices.ContainsFunc(ways, func(o facts.TLS) bool {
			o.Driver, o.Jars = w.Driver, w.Jars
			return reflect.DeepEqual(o, w)
		})
		if !same {
			ways = append(ways, w)
		}
	}
	return ways
}

// connectAs asks each server of a list until one answers, as the drivers do.
func connectAs(ctx context.Context, q facts.Database, w facts.TLS) (s *facts.Schema, err error) {
	switch {
	case w.Refused != "":
		return nil, rejected{w.Driver + " refuses: " + w.Refused}
	case w.Unknown != "":
		return nil, errUnsupported{w.Unknown}
	}
	ask := map[string]func(context.Context, facts.Database, facts.TLS, string) (*facts.Schema, error){"postgresql": postgres, "mysql": mySQL}[q.Kind]
	if ask == nil {
		return nil, rejected{"no client for " + q.Kind}
	}
	for _, server := range q.Servers {
		if s, err = ask(ctx, q, w, server); err == nil {
			s.Server, s.Driver, s.Mode, s.Ignored = server, w.Driver, w.Mode, w.Ignored
			return s, nil
		}
	}
	return nil, err
}

// forLibpq are variables of the environment that the client reads, and Druid's driver
// does not.
func forLibpq() {
	for _, name := range strings.Fields("HOST PORT SERVICE SERVICEFILE PASSFILE OPTIONS APPNAME TZ CONNECT_TIMEOUT TARGETSESSIONATTRS " +
		"SSLMODE SSLCERT SSLKEY SSLROOTCERT SSLPASSWORD SSLSNI SSLNEGOTIATION MINPROTOCOLVERSION MAXPROTOCOLVERSION CHANNELBINDING REQUIREAUTH") {
		_ = os.Unsetenv("PG" + name)
	}
}

// postgres connects without reading what libpq would: PGHOST, .pgpass and service
// files are not Druid's.
func postgres(ctx context.Context, q facts.Database, w facts.TLS, server string) (*facts.Schema, error) {
	forLibpq()
	config, err := pgconn.ParseConfig("host=localhost user=x sslmode=disable")
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return nil, err
	}
	n, _ := strconv.ParseUint(port, 10, 16)
	config.Host, config.Port, config.Database, config.User, config.Password = host, uint16(n), q.Name, reveal(q.User), reveal(q.Password)
	config.Fallbacks, config.ConnectTimeout, config.DialFunc, config.MaxProtocolMessageBodyLen = nil, connectTime, connect, longestMessage
	config.RuntimeParams = map[string]string{"application_name": "implycheck preflight"}
	if config.TLSConfig, err = tlsConfig(w, q.RunsAs, host); err != nil {
		return nil, err
	}
	switch w.Mode {
	case "prefer":
		config.Fallbacks = []*pgconn.FallbackConfig{{Host: host, Port: uint16(n)}}
	case "allow":
		config.Fallbacks = []*pgconn.FallbackConfig{{Host: host, Port: uint16(n), TLSConfig: config.TLSConfig}}
		config.TLSConfig = nil
	}
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, postgresError(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return askPostgres(ctx, conn, q)
}

func postgresError(err error) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && strings.Contains(pg.Message, "client certificate") {
		return errUnsupported{pg.Message + ": this program has none, and Druid may have one"}
	} else if ok {
		return rejected{fmt.Sprintf("%s (SQLSTATE %s)", pg.Message, pg.Code)}
	}
	if strings.Contains(err.Error(), "server refused TLS connection") {
		return rejected{"the server refuses TLS"}
	}
	return certificateError(err)
}

// asking collects what a database answers; a question that it refuses leaves the
// others alone.
type asking struct {
	query  func(query string, args ...string) ([][]string, error)
	schema *facts.Schema
	err    error
}

// rows are the answer to a query, none if it is refused.
func (a *asking) rows(what, query string, args ...string) [][]string {
	if a.err != nil {
		return nil
	}
	rows, err := a.query(query, args...)
	if err == nil {
		return rows
	}
	if _, ok := errors.AsType[rejected](err); !ok {
		a.err = err
	}
	a.schema.Unknown = append(a.schema.Unknown, what+": "+err.Error())
	return nil
}

// one is the first column of the first row.
func (a *asking) one(what, query string, args ...string) string {
	rows := a.rows(what, query, args...)
	if len(rows) == 0 || len(rows[0]) == 0 {
		return ""
	}
	return rows[0][0]
}

func (a *asking) number(what, query string, args ...string) int64 {
	f, _ := strconv.ParseFloat(a.one(what, query, args...), 64)
	return int64(f)
}

// limit notes how many connections there may be, and are, where that leaves fewer. One that
// is negative is none.
func (a *asking) limit(what, most string, now int64) {
	n, err := strconv.ParseInt(most, 10, 64)
	if s := a.schema; err == nil && n >= 0 && n-now < s.MaxConnections-s.Connections {
		s.Limited, s.MaxConnections, s.Connections = what, n, now
	}
}

// time compares the clocks, three times: the fastest answer tells the most.
func (a *asking) time(query string) {
	for i := range 3 {
		before := time.Now()
		there := a.number("clock", query)
		took := time.Since(before)
		ms := float64(took.Microseconds()) / 1000
		if there == 0 || i > 0 && ms >= a.schema.PingMS {
			continue
		}
		a.schema.PingMS, a.schema.OffsetMS = ms, there-before.Add(took/2).UnixMilli()
	}
}

func askPostgres(ctx context.Context, conn *pgconn.PgConn, q facts.Database) (*facts.Schema, error) {
	a := &asking{schema: &facts.Schema{Encrypted: isTLS(conn.Conn())}}
	a.query = func(query string, args ...string) ([][]string, error) {
		values := make([][]byte, len(args))
		for i, arg := range args {
			values[i] = []byte(arg)
		}
		result := conn.ExecParams(ctx, query, values, nil, nil, nil).Read()
		if result.Err != nil {
			return nil, postgresError(result.Err)
		}
		return texts(result.Rows), nil
	}
	s := a.schema
	s.ReadOnly = a.one("read-only", "show default_transaction_read_only") == "on"
	a.rows("read-only", "set default_transaction_read_only = on") // what follows cannot write, whatever it were
	s.Version = a.one("version", "show server_version")
	s.Charset = a.one("charset", "select pg_encoding_to_char(encoding) from pg_database where datname = current_database()")
	schema := q.Schema
	if schema == "" {
		schema = "public"
	}
	s.MayCreate = a.one("rights", "select has_schema_privilege(current_user, $1, 'CREATE')", schema) == "t"
	for _, table := range q.Tables {
		if a.one("tables", "select 1 from information_schema.tables where table_schema = $1 and table_name = $2", schema, table) == "" &&
			a.one("tables", "select 1 from pg_tables where schemaname = $1 and tablename = $2", schema, table) == "" {
			continue
		}
		s.Tables = append(s.Tables, table)
		for _, right := range []string{"SELECT", "INSERT", "UPDATE", "DELETE"} {
			if a.one("rights", "select has_table_privilege(current_user, quote_ident($1) || '.' || quote_ident($2), $3)", schema, table, right) == "f" {
				s.Lacks = append(s.Lacks, table+" "+right)
			}
		}
	}
	s.MaxConnections = a.number("connections", "show max_connections") - a.number("connections", "show superuser_reserved_connections")
	// Of the sessions of others this user sees the database, and not of what type they are.
	s.Connections = a.number("connections", "select count(*) from pg_stat_activity where backend_type = 'client backend' or backend_type is null and usename is not null and datname is not null")
	a.limit("this user", a.one("connections", "select case when rolsuper then -1 else rolconnlimit end from pg_roles where rolname = session_user"),
		a.number("connections", "select count(*) from pg_stat_activity where usename = session_user"))
	a.limit("this database", a.one("connections", "select case when rolsuper then -1 else datconnlimit end from pg_database, pg_roles where datname = current_database() and rolname = session_user"),
		a.number("connections", "select count(*) from pg_stat_activity where datname = current_database()"))
	s.Replica = a.one("replica", "select pg_is_in_recovery()") == "t"
	a.time("select extract(epoch from clock_timestamp()) * 1000")
	return s, a.err
}

func texts(rows [][][]byte) [][]string {
	list := make([][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			list[i] = append(list[i], string(cell))
		}
	}
	return list
}

func isTLS(conn net.Conn) bool {
	_, ok := conn.(*tls.Conn)
	return ok
}
