package probe

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/go-sql-driver/mysql"

	"github.com/implycheck/implycheck/preflight/facts"
)

// mySQL asks MySQL and MariaDB.
func mySQL(ctx context.Context, q facts.Database, w facts.TLS, server string) (*facts.Schema, error) {
	config := mysql.NewConfig()
	config.Net, config.Addr, config.DBName, config.User, config.Passwd = "tcp", server, q.Name, reveal(q.User), reveal(q.Password)
	config.Timeout, config.ReadTimeout, config.WriteTimeout = connectTime, askTime, askTime
	var asked atomic.Bool
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := connect(ctx, network, address)
		if err == nil && !w.Keys {
			conn = keyless{conn, &asked}
		}
		return conn, err
	}
	config.Logger = &mysql.NopLogger{}
	host, _, err := net.SplitHostPort(server)
	if err != nil {
		return nil, err
	}
	if config.TLS, err = tlsConfig(w, q.RunsAs, host); err != nil {
		return nil, err
	}
	config.AllowFallbackToPlaintext = w.Mode == "prefer"
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	defer pool.Close()
	conn, err := pool.Conn(ctx)
	if asked.Load() {
		return nil, errKey
	}
	if err != nil {
		return nil, connectError(mySQLError(err), w)
	}
	defer conn.Close()
	s, err := askMySQL(ctx, conn, q)
	if err == nil && w.OldTLS && s.Encrypted && strings.Contains(s.Version, "MariaDB") {
		return nil, errUnsupported{w.Driver + " offers a MariaDB only TLS 1.0 and 1.1, which Java refuses unless java.security allows them: set druid.metadata.mysql.ssl.enabledTLSProtocols to [\"TLSv1.2\"]"}
	}
	return s, err
}

// keyless is a connection on which no server is asked for its public key: the client would
// do so, and give the password to whoever answers. Over TLS none is needed.
type keyless struct {
	net.Conn
	asked *atomic.Bool
}

var errKey = rejected{"Public Key Retrieval is not allowed: without TLS this server takes the password only encrypted with its key, and the driver asks for that where connectURI has allowPublicKeyRetrieval=true"}

// Write looks for a packet of one byte, 1 or 2, that is an answer: a question has the number 0.
func (k keyless) Write(b []byte) (int, error) {
	if len(b) == 5 && b[0] == 1 && b[3] > 0 && (b[4] == 1 || b[4] == 2) {
		k.asked.Store(true)
		return 0, errKey
	}
	return k.Conn.Write(b)
}

func mySQLError(err error) error {
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return rejected{fmt.Sprintf("%s (error %d)", e.Message, e.Number)}
	}
	if errors.Is(err, mysql.ErrNoTLS) {
		return rejected{"the server refuses TLS"}
	}
	return certificateError(err)
}

// connectError adds what the same error may mean to a server that takes TLS only.
func connectError(err error, w facts.TLS) error {
	if no, ok := errors.AsType[rejected](err); ok && w.Mode == "disable" && strings.HasSuffix(no.text, "(error 1045)") {
		return rejected{no.text + ", on a connection that is not encrypted: the password is another, or the server takes this user only over TLS"}
	}
	return err
}

func askMySQL(ctx context.Context, conn *sql.Conn, q facts.Database) (*facts.Schema, error) {
	a := &asking{schema: &facts.Schema{}}
	a.query = func(query string, args ...string) ([][]string, error) {
		values := make([]any, len(args))
		for i, arg := range args {
			values[i] = arg
		}
		rows, err := conn.QueryContext(ctx, query, values...)
		if err != nil {
			return nil, mySQLError(err)
		}
		defer rows.Close()
		return scan(rows)
	}
	s := a.schema
	s.Version = a.one("version", "select version()")
	s.Charset = a.one("charset", "select @@character_set_database")
	s.Encrypted = second(a.rows("tls", "show status like 'Ssl_cipher'")) != ""
	grants := a.rows("rights", "show grants")
	roles := slices.ContainsFunc(grants, func(row []string) bool {
		return strings.HasPrefix(row[0], "GRANT ") && !strings.Contains(row[0], " ON ")
	})
	if roles {
		s.Unknown = append(s.Unknown, "rights: the user has roles, whose rights are not listed")
	}
	s.MayCreate = roles || granted(grants, q.Name, "", "CREATE")
	for _, table := range q.Tables {
		if a.one("tables", "select 1 from information_schema.tables where table_schema = database() and table_name = ?", table) == "" {
			continue
		}
		s.Tables = append(s.Tables, table)
		for _, right := range []string{"SELECT", "INSERT", "UPDATE", "DELETE"} {
			if len(grants) > 0 && !roles && !granted(grants, q.Name, table, right) {
				s.Lacks = append(s.Lacks, table+" "+right)
			}
		}
	}
	s.MaxConnections = a.number("connections", "select @@max_connections")
	s.Connections = number(second(a.rows("connections", "show status like 'Threads_connected'")))
	if most := a.one("connections", "select @@session.max_user_connections"); most != "0" {
		a.limit("this user", most, a.number("connections", "select count(*) from information_schema.processlist where user = substring_index(current_user(), '@', 1)"))
	}
	// Who may everything may write even then.
	s.ReadOnly = a.one("read-only", "select @@read_only") == "1" && !granted(grants, "", "", "SUPER")
	s.MaxPacket = a.number("packet size", "select @@max_allowed_packet")
	a.time("select unix_timestamp(now(3)) * 1000")
	return s, a.err
}

func scan(rows *sql.Rows) ([][]string, error) {
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var list [][]string
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		var row []string
		for _, c := range cells {
			row = append(row, c.String)
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// second is the second column of the first row: show status names it in the first.
func second(rows [][]string) string {
	if len(rows) == 0 || len(rows[0]) < 2 {
		return ""
	}
	return rows[0][1]
}

func number(text string) (n int64) {
	_, _ = fmt.Sscan(text, &n)
	return n
}

// granted reads lines of show grants: GRANT SELECT, INSERT ON `druid`.* TO .... A
// right may come from everything, the database or the table; the name of a database
// may have % and \_ in it. Where a role is granted its rights come in lines of
// their own.
func granted(grants [][]string, database, table, right string) bool {
	return slices.ContainsFunc(grants, func(row []string) bool {
		rest, ok := strings.CutPrefix(row[0], "GRANT ")
		rights, after, found := strings.Cut(rest, " ON ")
		if !ok || !found {
			return false
		}
		list := strings.Split(rights, ", ")
		if !slices.Contains(list, "ALL PRIVILEGES") && !slices.Contains(list, right) {
			return false
		}
		on, _, _ := strings.Cut(after, " TO ")
		db, tab, _ := strings.Cut(strings.ReplaceAll(on, "`", ""), ".")
		return (db == "*" || like(db, database)) && (tab == "*" || table != "" && strings.EqualFold(tab, table))
	})
}

// like matches a pattern of SQL: % is any text, _ any character.
func like(pattern, name string) bool {
	var b strings.Builder
	b.WriteString("^")
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '%':
			b.WriteString(".*")
		case c == '_':
			b.WriteString(".")
		case c == '\\' && i+1 < len(pattern):
			i++
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		default:
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	matched, err := regexp.MatchString(b.String()+"$", name)
	return err == nil && matched
}
