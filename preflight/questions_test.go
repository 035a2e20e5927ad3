package preflight_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/preflight/facts"
)

// questions are what a tree makes the prober ask; nobody is asked.
func (s *setup) questions(t *testing.T, only ...string) []facts.Question {
	t.Helper()
	var list []facts.Question
	s.o.Ask = func(_ context.Context, r facts.Request, _ func(facts.Answer)) error {
		list = append(list, r.Questions...)
		return nil
	}
	s.run(t, only...)
	return list
}

// TestS3AEndpoint: S3A takes https for an address without a scheme, unless
// fs.s3a.connection.ssl.enabled is false (DefaultS3ClientFactory.java, getS3Endpoint,
// and Configuration.java, getBoolean, which takes it in any case).
func TestS3AEndpoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ endpoint, ssl, want string }{
		{"minio:9000", "", "https://minio:9000"},
		{"minio:9000", "true", "https://minio:9000"},
		{"minio:9000", "false", "http://minio:9000"},
		{"minio:9000", "False", "http://minio:9000"},
		{"http://minio:9000", "true", "http://minio:9000"},
		{"https://minio:9000", "false", "https://minio:9000"},
		{"", "false", ""},
	} {
		s := newSetup(t, "druid.storage.type=hdfs\ndruid.storage.storageDirectory=s3a://meadow/druid\n")
		xml := "<configuration>"
		for name, value := range map[string]string{"fs.s3a.endpoint": c.endpoint, "fs.s3a.connection.ssl.enabled": c.ssl, "fs.s3a.access.key": "AKHADOOP", "fs.s3a.secret.key": "fromhadoop9"} {
			xml += "<property><name>" + name + "</name><value>" + value + "</value></property>"
		}
		s.files["conf/druid/_common/core-site.xml"] = xml + "</configuration>"
		list := s.questions(t, "live-s3-access")
		require.Len(t, list, 1)
		require.Equal(t, c.want, list[0].Store.Endpoint, "%+v", c)
	}
}

// TestPropertiesOfTheDriver: what Druid passes to the driver besides the URI, and what
// a driver of MySQL takes before it: MySQLConnector.java of 0.12.0 to 38, and
// PostgreSQLConnector.java from 0.13.0 on, which before passes nothing.
func TestPropertiesOfTheDriver(t *testing.T) {
	t.Parallel()
	const postgres = "druid.metadata.postgres.ssl.useSSL=true\ndruid.metadata.postgres.ssl.sslMode=require\n"
	for _, c := range []struct{ target, kind, uri, lines, mode string }{
		{"druid-0.12.3", "mysql", "?useSSL=true", "", "disable"},
		{"druid-0.13", "mysql", "?useSSL=true", "", "disable"},
		{"druid-0.12.3", "mysql", "?useSSL=false", druidMySQL, "prefer"},
		{"druid-38", "mysql", "?useSSL=false", druidMySQL, "prefer"},
		{"druid-0.12.3", "postgresql", "", postgres, "disable"},
		{"druid-0.12.3", "postgresql", "?sslmode=verify-full", postgres, "verify-full"},
		{"druid-0.13", "postgresql", "", postgres, "require"},
	} {
		s := withDatabase(t, c.kind, "jdbc:"+c.kind+"://127.0.0.1:1/druid"+c.uri, "druid", "rosebud7", c.lines)
		s.target = c.target
		list := slices.DeleteFunc(s.questions(t, "live-db-connect"), func(q facts.Question) bool { return q.Database == nil })
		require.NotEmpty(t, list)
		require.Equal(t, c.mode, list[0].Database.TLS[0].Mode, "%+v", c)
	}
}

// TestGuessedHomeOfAHost: what a host that guessed its folder has gathered proves no
// more at a desk than it did there.
func TestGuessedHomeOfAHost(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "druid.segmentCache.locations=[{\"path\":\"bin/cache\",\"maxSize\":1000}]\n")
	s.files["bin"] = "no folder"
	s.o.User = "nobody"
	for home, want := range map[string]finding.Verdict{"": finding.CannotSay, s.dir: finding.Fail} {
		s.o.Home, s.o.Hosts = home, nil
		host := s.gather(t, "data1", "historical")
		require.Equal(t, home == "", host.Guessed)
		s.o.Home, s.o.Hosts = "", []preflight.Host{host}
		r := s.run(t, "live-folders")
		list := rows(r, "live-folders")
		require.NotEmpty(t, list)
		require.Equal(t, want == finding.CannotSay, strings.Contains(list[0], "--home says where"), list)
		require.True(t, strings.HasPrefix(list[0], string(want)), list)
	}
}

// TestPublicKeys: which drivers may have a server's public key.
func TestPublicKeys(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]bool{
		"mysql://db.example/druid": false, "mysql://db.example/druid?allowPublicKeyRetrieval=false": false,
		"mysql://db.example/druid?useSSL=false&allowPublicKeyRetrieval=true": true, "mysql://db.example/druid?serverRSAPublicKeyFile=/key.pem": true,
		"mariadb://db.example/druid": false, "mariadb://db.example/druid?allowPublicKeyRetrieval=true": true, "mariadb://db.example/druid?serverRsaPublicKeyFile=/key.pem": true,
	} {
		s := newSetup(t, "druid.metadata.storage.connector.connectURI=jdbc:"+uri+"\ndruid.metadata.storage.connector.user=druid\n")
		s.files[common] = strings.Replace(s.files[common], "type=postgresql", "type=mysql", 1)
		list := s.questions(t, "live-db-connect")
		require.Len(t, list, 1)
		require.NotEmpty(t, list[0].Database.TLS)
		for _, w := range list[0].Database.TLS {
			require.Equal(t, want && w.Refused == "", w.Keys, "%s %s", uri, w.Driver)
		}
	}
}
