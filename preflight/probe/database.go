package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/implycheck/implycheck/preflight/facts"
)

// database asks each server of a list until one answers, as the drivers do.
func database(ctx context.Context, q facts.Database) (s *facts.Schema, err error) {
	ask := map[string]func(context.Context, facts.Database, string) (*facts.Schema, error){"postgresql": postgres, "mysql": mySQL}[q.Kind]
	if ask == nil {
		return nil, rejected{"no client for " + q.Kind}
	}
	for _, server := range q.Servers {
		if s, err = ask(ctx, q, server); err == nil {
			s.Server = server
			return s, nil
		}
	}
	return nil, err
}

// tlsConfig is what a mode of TLS asks for; nil for none.
func tlsConfig(q facts.Database, server string) (*tls.Config, error) {
	host, _, err := net.SplitHostPort(server)
	if err != nil || q.TLS == "disable" {
		return nil, err
	}
	config := &tls.Config{ServerName: host, InsecureSkipVerify: true} // the driver does not verify either, in modes below verify-ca
	if q.TLS != "verify-ca" && q.TLS != "verify-full" {
		return config, nil
	}
	pool, err := authorities(q.Root)
	if err != nil {
		return nil, err
	}
	config.RootCAs = pool
	if q.TLS == "verify-full" {
		config.InsecureSkipVerify = false
		return config, nil
	}
	config.VerifyConnection = func(state tls.ConnectionState) error {
		options := x509.VerifyOptions{Roots: pool, Intermediates: x509.NewCertPool()}
		for _, c := range state.PeerCertificates[1:] {
			options.Intermediates.AddCert(c)
		}
		_, err := state.PeerCertificates[0].Verify(options)
		return err
	}
	return config, nil
}

func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil // the system's
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, rejected{file + " holds no certificate"}
	}
	return pool, nil
}

// postgres connects without reading what libpq would: PGHOST, .pgpass and service
// files are not Druid's.
func postgres(ctx context.Context, q facts.Database, server string) (*facts.Schema, error) {
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
	config.Fallbacks, config.ConnectTimeout = nil, connectTime
	config.RuntimeParams = map[string]string{"application_name": "implycheck preflight"}
	if config.TLSConfig, err = tlsConfig(q, server); err != nil {
		return nil, err
	}
	if q.TLS == "prefer" {
		config.Fallbacks = []*pgconn.FallbackConfig{{Host: host, Port: uint16(n)}}
	}
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, postgresError(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return askPostgres(ctx, conn, q)
}

func postgresError(err error) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return rejected{fmt.Sprintf("%s (SQLSTATE %s)", pg.Message, pg.Code)}
	}
	if strings.Contains(err.Error(), "server refused TLS connection") {
		return rejected{"the server refuses TLS"}
	}
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return rejected{bad.Error()}
	}
	return err
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

// time compares the clocks.
func (a *asking) time(query string) {
	before := time.Now()
	there := a.number("clock", query)
	took := time.Since(before)
	a.schema.PingMS = float64(took.Microseconds()) / 1000
	if there > 0 {
		a.schema.OffsetMS = there - before.Add(took/2).UnixMilli()
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
	s.Connections = a.number("connections", "select count(*) from pg_stat_activity where backend_type = 'client backend'")
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
