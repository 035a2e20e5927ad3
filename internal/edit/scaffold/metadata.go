package scaffold

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// database is the metadata store. A password is never kept.
type database struct {
	kind  string // derby, mysql or postgresql
	hosts string // host:port, or several with commas
	name  string // of the database
	query string // ?sslmode=require
	user  string
}

const databaseExample = "postgresql://db.internal:5432/druid"

// driver is how JDBC, Druid and Pivot name a kind of database.
type driver struct {
	scheme, extension, pivot string
}

var drivers = lazy.Value[map[string]driver]{New: func() map[string]driver {
	return map[string]driver{
		"mysql":      {"mysql", "mysql-metadata-storage", "mysql"},
		"postgresql": {"postgresql", "postgresql-metadata-storage", "pg"},
	}
}}

// parseDatabase reads mysql://user@host:port/db, postgresql://... or derby.
func parseDatabase(text string) (*database, error) {
	if text == "derby" {
		return &database{kind: "derby"}, nil
	}
	kind, rest, found := strings.Cut(strings.TrimPrefix(text, "jdbc:"), "://")
	if kind == "postgres" {
		kind = "postgresql"
	}
	if _, known := drivers.Get()[kind]; !found || !known {
		// The text may hold a password, so it is not repeated.
		return nil, fmt.Errorf("the metadata store is none of %s and derby: write %s", schemes(drivers.Get()), databaseExample)
	}
	authority, path, _ := strings.Cut(rest, "/")
	d := &database{kind: kind, hosts: authority}
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		user, _, _ := strings.Cut(authority[:at], ":")
		d.hosts = authority[at+1:]
		var err error
		if d.user, err = url.PathUnescape(user); err != nil || plain(d.user, "") != nil || d.user == "" {
			return nil, errors.New("the user before the @ cannot be read: write postgresql://USER@HOST/DATABASE")
		}
	}
	d.name, d.query, _ = strings.Cut(path, "?")
	return d, d.check()
}

func (d *database) check() error {
	for _, part := range []string{d.hosts, d.name, d.query} {
		if err := plain(part, databaseExample); err != nil {
			return err
		}
	}
	if d.name == "" || strings.Contains(d.name, "/") {
		return errors.New("the name of the database is missing behind the host: write " + databaseExample)
	}
	for host := range strings.SplitSeq(d.hosts, ",") {
		if host == "" {
			return errors.New("a host is missing: write " + databaseExample)
		}
		if _, err := hostPort(host, 1); err != nil {
			return err
		}
	}
	query, err := url.ParseQuery(d.query)
	if err != nil {
		return errors.New("what follows the ? cannot be read: write name=value&name=value")
	}
	for name := range query {
		if lower := strings.ToLower(name); lower == "user" || strings.Contains(lower, "password") {
			return fmt.Errorf("%s does not belong behind the ?: write %s://USER@HOST/DATABASE, and set %s for the password", name, d.kind, MetadataVariable)
		}
	}
	return nil
}

// metadataLines are the database in the common file, and what must be loaded
// for it.
type metadataLines struct {
	settings  []setting
	extension string
}

func (d database) lines() metadataLines {
	const connector = "druid.metadata.storage.connector."
	if d.kind == "derby" {
		return metadataLines{settings: []setting{
			{"druid.metadata.storage.type", "derby", "runs in the Coordinator, on one machine only"},
			{connector + "connectURI", "jdbc:derby://localhost:1527/var/druid/metadata.db;create=true", ""},
			{connector + "host", "localhost", ""},
			{connector + "port", "1527", ""},
		}}
	}
	uri := "jdbc:" + drivers.Get()[d.kind].scheme + "://" + d.hosts + "/" + d.name
	if d.query != "" {
		uri += "?" + d.query
	}
	return metadataLines{extension: drivers.Get()[d.kind].extension, settings: []setting{
		{"druid.metadata.storage.type", d.kind, ""},
		{connector + "connectURI", uri, ""},
		{connector + "user", d.userOr("druid"), ""},
		{connector + "password", `{"type":"environment","variable":"` + MetadataVariable + `"}`, "from the environment of the process"},
	}}
}

func (d database) userOr(rest string) string {
	if d.user != "" {
		return d.user
	}
	return rest
}
