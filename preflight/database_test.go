package preflight_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
)

// withDatabase is a cluster with a metadata store of a kind.
func withDatabase(t *testing.T, kind, uri, user, password, more string) *setup {
	t.Helper()
	return newSetup(t, fmt.Sprintf("druid.metadata.storage.type=%s\ndruid.metadata.storage.connector.connectURI=%s\n"+
		"druid.metadata.storage.connector.user=%s\ndruid.metadata.storage.connector.password=%s\n%s", kind, uri, user, password, more))
}

func TestPostgreSQL(t *testing.T) {
	at, sql := postgres(t)
	sql("postgres", "create user druid password 'rosebud7'")
	sql("postgres", "create database druid owner druid")
	sql("postgres", "create database frozen owner druid")
	sql("postgres", "alter database frozen set default_transaction_read_only = on")
	sql("postgres", "create database narrow owner druid encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0")
	for name, value := range map[string]string{"PGSERVICE": "none", "PGPASSFILE": "/none", "PGSSLMODE": "verify-full", "PGTARGETSESSIONATTRS": "standby"} {
		t.Setenv(name, value) // which are for libpq, and not for Druid's driver
	}
	uri := "jdbc:postgresql://" + at + "/druid"

	r := withDatabase(t, "postgresql", uri, "druid", "rosebud7", "").run(t, "live-db-*")
	for check, current := range map[string]string{
		"live-db-connect": "connected to " + at, "live-db-tls": "on this machine", "live-db-version": ".", "live-db-charset": "UTF8",
		"live-db-tables": "0 of 10 exist; Druid creates them", "live-db-rights": "no tables exist yet", "live-db-connections": "left",
		"live-db-read-only": "accepts writes", "live-db-clock": "±",
	} {
		requireOne(t, r, check, finding.Pass, current)
	}
	require.Empty(t, rows(r, "live-db-packet-size"))
	require.Contains(t, one(t, r, "live-db-latency").Current, "ms") // a busy machine may take its time
	require.Zero(t, r.Failing)

	for name, c := range map[string]struct{ uri, user, password, current string }{
		"password": {uri, "druid", "another9", "28P01"}, "user": {uri, "nobody", "x", "28P01"},
		"database": {uri + "2", "druid", "rosebud7", "3D000"}, "port": {fmt.Sprintf("jdbc:postgresql://127.0.0.1:%d/druid", freePort(t)), "druid", "rosebud7", "refused"},
		"TLS wanted": {uri + "?sslmode=require", "druid", "rosebud7", "TLS"},
	} {
		r := withDatabase(t, "postgresql", c.uri, c.user, c.password, "").run(t, "live-db-*")
		requireOne(t, r, "live-db-connect", finding.Fail, c.current)
		requireOne(t, r, "live-db-charset", finding.CannotSay, "")
		require.Equal(t, 1, r.Summary.Errors, name)
		for _, f := range r.Findings {
			require.NotContains(t, f.Message, c.password+"9")
		}
	}

	// The second of two hosts answers.
	r = withDatabase(t, "postgresql", fmt.Sprintf("jdbc:postgresql://127.0.0.1:%d,%s/druid", freePort(t), at), "druid", "rosebud7", "").run(t, "live-db-connect")
	requireOne(t, r, "live-db-connect", finding.Pass, at)

	// A database of another kind than the type says is lint's.
	r = withDatabase(t, "mysql", uri, "druid", "rosebud7", "").run(t, "live-db-connect")
	requireOne(t, r, "live-db-connect", finding.CannotSay, "see implycheck lint")

	r = withDatabase(t, "postgresql", strings.Replace(uri, "/druid", "/frozen", 1), "druid", "rosebud7", "").run(t, "live-db-read-only")
	requireOne(t, r, "live-db-read-only", finding.Fail, "read-only")
	r = withDatabase(t, "postgresql", strings.Replace(uri, "/druid", "/narrow", 1), "druid", "rosebud7", "").run(t, "live-db-charset")
	requireOne(t, r, "live-db-charset", finding.Warn, "LATIN1")

	// Who does not own the database may not make tables, nor read those of others.
	sql("postgres", "create user guest password 'guestpass1'")
	sql("druid", "revoke create on schema public from public")
	sql("druid", "create table druid_segments (id int); create table druid_rules (id int); grant select on druid_segments to guest")
	r = withDatabase(t, "postgresql", uri, "guest", "guestpass1", "").run(t, "live-db-tables", "live-db-rights")
	requireOne(t, r, "live-db-tables", finding.Fail, "2 of 10")
	requireOne(t, r, "live-db-rights", finding.Fail, "druid_segments INSERT")
	require.True(t, hasFinding(r, "druid_rules SELECT"))
	sql("druid", "create schema apart authorization guest; create table apart.druid_rules (id int); grant all on apart.druid_rules to guest")
	r = withDatabase(t, "postgresql", uri, "guest", "guestpass1", "druid.metadata.postgres.dbTableSchema=apart\n").run(t, "live-db-tables", "live-db-rights")
	requireOne(t, r, "live-db-tables", finding.Pass, "1 of 10 exist; Druid creates the others")
	requireOne(t, r, "live-db-rights", finding.Pass, "on all tables that exist (1)")
	r = withDatabase(t, "postgresql", uri, "druid", "rosebud7", "druid.metadata.storage.connector.createTables=false\n").run(t, "live-db-tables")
	requireOne(t, r, "live-db-tables", finding.Fail, "2 of 10")
	require.True(t, hasFinding(r, "createTables is false"))

	// Pools larger than what the server takes.
	r = withDatabase(t, "postgresql", uri, "druid", "rosebud7", "druid.metadata.storage.connector.dbcp.maxTotal=200\n").run(t, "live-db-connections")
	requireOne(t, r, "live-db-connections", finding.Warn, "left")

	// A variable that is not set here may be set for Druid; one with a default need not be.
	requireOne(t, withDatabase(t, "postgresql", uri, "druid", `{"type":"environment","variable":"BROOK_NOWHERE"}`, "").run(t, "live-db-connect"), "live-db-connect", finding.CannotSay, "the variable BROOK_NOWHERE is not set here")
	requireOne(t, withDatabase(t, "postgresql", uri, "druid", "${env:BROOK_NOWHERE}", "").run(t, "live-db-connect"), "live-db-connect", finding.CannotSay, "BROOK_NOWHERE")
	requireOne(t, withDatabase(t, "postgresql", uri, "druid", "${env:BROOK_NOWHERE:-rosebud7}", "").run(t, "live-db-connect"), "live-db-connect", finding.Pass, "connected")

	// Sessions of others count, although this user sees little of them; and there are limits
	// of a user and of a database, which do not bind a superuser.
	for range 20 {
		other, err := pgconn.Connect(t.Context(), "postgres://guest:guestpass1@"+at+"/druid?sslmode=disable")
		require.NoError(t, err)
		defer func() { _ = other.Close(context.WithoutCancel(t.Context())) }()
	}
	var left, most int
	_, err := fmt.Sscanf(one(t, withDatabase(t, "postgresql", uri, "druid", "rosebud7", "").run(t, "live-db-connections"), "live-db-connections").Current, "%d of %d", &left, &most)
	require.NoError(t, err)
	require.LessOrEqual(t, left, most-21)
	sql("postgres", "alter user druid connection limit 3; alter database narrow connection limit 2")
	requireOne(t, withDatabase(t, "postgresql", uri, "druid", "rosebud7", "").run(t, "live-db-connections"), "live-db-connections", finding.Warn, "of 3 left for this user")
	requireOne(t, withDatabase(t, "postgresql", strings.Replace(uri, "/druid", "/narrow", 1), "druid", "rosebud7", "").run(t, "live-db-connections"), "live-db-connections", finding.Warn, "of 2 left for this database")
	sql("postgres", "alter user druid superuser")
	requireOne(t, withDatabase(t, "postgresql", uri, "druid", "rosebud7", "").run(t, "live-db-connections"), "live-db-connections", finding.Pass, "left")
}

func TestMySQL(t *testing.T) {
	at, sql := mariaDB(t, "--max-allowed-packet=4M")
	sql("", "create database druid character set utf8mb4; create database old character set latin1; create database three character set utf8mb3")
	sql("", "create user druid@'%' identified by 'rosebud7'; grant all on druid.* to druid@'%'; grant all on `old`.* to druid@'%'; grant all on three.* to druid@'%'")
	sql("", "create user guest@'%' identified by 'guestpass1'; grant select on druid.* to guest@'%'")
	sql("druid", "create table druid_segments (id int)")
	uri := "jdbc:mysql://" + at + "/druid?useUnicode=true&characterEncoding=UTF-8&rewriteBatchedStatements=true"

	r := withDatabase(t, "mysql", uri, "druid", "rosebud7", "").run(t, "live-db-*")
	for check, current := range map[string]string{
		"live-db-connect": "connected to " + at, "live-db-tls": "", "live-db-version": "MariaDB", "live-db-charset": "utf8mb4",
		"live-db-tables": "1 of 10 exist; Druid creates the others", "live-db-rights": "on all tables that exist (1)", "live-db-connections": "left",
		"live-db-read-only": "accepts writes", "live-db-clock": "±",
	} {
		requireOne(t, r, check, finding.Pass, current)
	}
	requireOne(t, r, "live-db-packet-size", finding.Warn, "4 MiB")

	for name, c := range map[string]struct{ uri, user, password, current string }{
		"password": {uri, "druid", "another9", "1045"}, "database": {strings.Replace(uri, "/druid", "/nothing", 1), "druid", "rosebud7", "1044"},
		"port": {fmt.Sprintf("jdbc:mysql://127.0.0.1:%d/druid", freePort(t)), "druid", "rosebud7", "refused"},
		"TLS":  {uri + "&sslMode=REQUIRED", "druid", "rosebud7", "TLS"},
	} {
		r := withDatabase(t, "mysql", c.uri, c.user, c.password, "druid.metadata.mysql.driver.driverClassName=com.mysql.cj.jdbc.Driver\n").run(t, "live-db-connect")
		requireOne(t, r, "live-db-connect", finding.Fail, c.current)
		require.Equal(t, 1, r.Summary.Errors, name)
	}
	r = withDatabase(t, "mysql", strings.Replace(uri, "/druid", "/old", 1), "druid", "rosebud7", "").run(t, "live-db-charset")
	requireOne(t, r, "live-db-charset", finding.Fail, "latin1")
	r = withDatabase(t, "mysql", strings.Replace(uri, "/druid", "/three", 1), "druid", "rosebud7", "").run(t, "live-db-charset")
	requireOne(t, r, "live-db-charset", finding.Warn, "utf8mb3")
	r = withDatabase(t, "mysql", uri, "guest", "guestpass1", "").run(t, "live-db-tables", "live-db-rights")
	requireOne(t, r, "live-db-tables", finding.Fail, "1 of 10")
	requireOne(t, r, "live-db-rights", finding.Fail, "druid_segments INSERT")

	sql("", "set global read_only = on")
	r = withDatabase(t, "mysql", uri, "druid", "rosebud7", "").run(t, "live-db-read-only")
	requireOne(t, r, "live-db-read-only", finding.Fail, "read-only")

	sql("", "create user few@'%' identified by 'fewpass12' with max_user_connections 2; grant all on druid.* to few@'%'")
	r = withDatabase(t, "mysql", uri, "few", "fewpass12", "").run(t, "live-db-connections")
	requireOne(t, r, "live-db-connections", finding.Warn, "of 2 left for this user")
}

// hiddenIn is all that a report says.
func hiddenIn(r *finding.Report) string { return fmt.Sprintf("%+v", r) }

// What no server here can be made to say.
func TestDatabaseAnswers(t *testing.T) {
	t.Parallel()
	answer := func(kind string, change func(*facts.Schema)) *setup {
		s := withDatabase(t, kind, "jdbc:"+kind+"://db.example/druid", "druid", "rosebud7", "")
		state := facts.Schema{Server: "db.example:1", Version: "8.0.36", Charset: "utf8mb4", Encrypted: true, MayCreate: true, MaxConnections: 100, MaxPacket: 64 << 20}
		change(&state)
		s.answers = map[string]facts.Answer{"database": {Database: &state}}
		return s
	}
	for _, c := range []struct {
		check, kind string
		change      func(*facts.Schema)
		verdict     finding.Verdict
	}{
		{"live-db-tls", "mysql", func(*facts.Schema) {}, finding.Pass},
		{"live-db-tls", "mysql", func(s *facts.Schema) { s.Encrypted = false }, finding.Warn},
		{"live-db-version", "mysql", func(s *facts.Schema) { s.Version = "5.6.51" }, finding.Warn},
		{"live-db-version", "postgresql", func(s *facts.Schema) { s.Version = "9.4.1" }, finding.Warn},
		{"live-db-version", "postgresql", func(s *facts.Schema) { s.Version = "" }, finding.CannotSay},
		{"live-db-charset", "mysql", func(s *facts.Schema) { s.Charset = "" }, finding.CannotSay},
		{"live-db-read-only", "postgresql", func(s *facts.Schema) { s.Replica = true }, finding.Fail},
		{"live-db-connections", "mysql", func(s *facts.Schema) { s.MaxConnections = 0 }, finding.CannotSay},
		{"live-db-packet-size", "mysql", func(s *facts.Schema) { s.MaxPacket = 0 }, finding.CannotSay},
		{"live-db-latency", "mysql", func(s *facts.Schema) { s.PingMS = 40 }, finding.Warn},
		{"live-db-clock", "mysql", func(s *facts.Schema) { s.OffsetMS = -5000 }, finding.Warn},
		{"live-db-clock", "mysql", func(s *facts.Schema) { s.OffsetMS = 90_000 }, finding.Fail},
	} {
		requireOne(t, answer(c.kind, c.change).run(t, c.check), c.check, c.verdict, "")
	}
	s := withDatabase(t, "mysql", "jdbc:mysql://db.example/druid", "druid", `{"type":"vault"}`, "")
	requireOne(t, s.run(t, "live-db-connect"), "live-db-connect", finding.CannotSay, "provided by something else")
	s = withDatabase(t, "mysql", "jdbc:mysql://address=(host=a)(port=1)/druid", "druid", "rosebud7", "")
	requireOne(t, s.run(t, "live-db-connect"), "live-db-connect", finding.CannotSay, "form that this program does not read")
}

// What one check says the others point at.
func TestOneReason(t *testing.T) {
	t.Parallel()
	r := withDatabase(t, "postgresql", fmt.Sprintf("jdbc:postgresql://127.0.0.1:%d/druid", freePort(t)), "druid", "rosebud7", "").run(t, "live-db-*")
	requireOne(t, r, "live-db-connect", finding.Fail, "refused")
	requireOne(t, r, "live-db-charset", finding.CannotSay, "see live-db-connect")
	require.True(t, hasFinding(r, "could not tell: see live-db-connect"))
}
