package scaffold_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/schema"
)

// commonFile is the common file of a cluster at a site, without comments.
func commonFile(t *testing.T, target string, a scaffold.Addresses) map[string]string {
	parsed, err := schema.ParseTarget(target)
	require.NoError(t, err)
	site, err := scaffold.ParseSite(a)
	require.NoError(t, err)
	for _, f := range scaffold.Files(advise(t, parsed, machines[1], roles["cluster"]), site) {
		if !strings.HasSuffix(f.Path, "/common.runtime.properties") {
			continue
		}
		lines := map[string]string{}
		for line := range strings.SplitSeq(f.Text, "\n") {
			if key, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
				lines[key] = value
			}
		}
		return lines
	}
	t.Fatal("no common file")
	return nil
}

func TestAddresses(t *testing.T) {
	const uri, user, password = "druid.metadata.storage.connector.connectURI", "druid.metadata.storage.connector.user", "druid.metadata.storage.connector.password"
	const provider = `{"type":"environment","variable":"DRUID_METADATA_PASSWORD"}`
	for _, c := range []struct {
		target string
		given  scaffold.Addresses
		want   map[string]string
	}{
		{"druid-38", scaffold.Addresses{ZooKeeper: "zk1,zk2:2182,[fd00::1]:2181/druid"}, map[string]string{"druid.zk.service.host": "zk1:2181,zk2:2182,[fd00::1]:2181/druid"}},
		{"druid-38", scaffold.Addresses{Metadata: "postgresql://db.internal/druid"}, map[string]string{uri: "jdbc:postgresql://db.internal/druid", user: "druid", password: provider}},
		{"druid-38", scaffold.Addresses{Metadata: "jdbc:mysql://me:hunter2@db1:3306,db2:3306/meta?useSSL=true"}, map[string]string{uri: "jdbc:mysql://db1:3306,db2:3306/meta?useSSL=true", user: "me", password: provider, "druid.metadata.storage.type": "mysql"}},
		{"druid-38", scaffold.Addresses{Metadata: "derby"}, map[string]string{"druid.metadata.storage.type": "derby", password: ""}},
		{"druid-38", scaffold.Addresses{DeepStorage: "s3://acme"}, map[string]string{"druid.storage.type": "s3", "druid.storage.bucket": "acme", "druid.storage.baseKey": "segments", "druid.indexer.logs.s3Bucket": "acme", "druid.indexer.logs.s3Prefix": "indexing-logs"}},
		{"druid-38", scaffold.Addresses{DeepStorage: "gs://acme/prod/"}, map[string]string{"druid.storage.type": "google", "druid.google.bucket": "acme", "druid.google.prefix": "prod/segments", "druid.indexer.logs.type": "google", "druid.indexer.logs.prefix": "prod/indexing-logs"}},
		{"druid-38", scaffold.Addresses{DeepStorage: "azure://acct@box/p"}, map[string]string{"druid.azure.account": "acct", "druid.azure.container": "box", "druid.azure.prefix": "p/segments", "druid.azure.key": "${env:AZURE_STORAGE_KEY}"}},
		{"druid-0.15", scaffold.Addresses{DeepStorage: "azure://box"}, map[string]string{"druid.azure.account": "your-account", "druid.azure.key": "your-key", "druid.azure.prefix": ""}},
		{"druid-38", scaffold.Addresses{DeepStorage: "hdfs://nn:8020/druid"}, map[string]string{"druid.storage.storageDirectory": "hdfs://nn:8020/druid/segments", "druid.indexer.logs.directory": "hdfs://nn:8020/druid/indexing-logs"}},
		{"druid-38", scaffold.Addresses{DeepStorage: "hdfs:///druid"}, map[string]string{"druid.storage.storageDirectory": "hdfs:///druid/segments"}},
		{"druid-38", scaffold.Addresses{DeepStorage: "file:///mnt/druid"}, map[string]string{"druid.storage.type": "local", "druid.storage.storageDirectory": "/mnt/druid/segments", "druid.indexer.logs.type": "file"}},
	} {
		got := commonFile(t, c.target, c.given)
		for key, want := range c.want {
			require.Equal(t, want, got[key], "%s for %v", key, c.given)
		}
		for _, line := range got {
			require.NotContains(t, line, "hunter2")
		}
	}
}

func TestExtensions(t *testing.T) {
	a := scaffold.Addresses{Metadata: "mysql://db/druid", DeepStorage: "gs://b"}
	for target, want := range map[string]string{
		"imply-2.7": `["druid-datasketches", "druid-kafka-indexing-service", "mysql-metadata-storage", "druid-google-extensions"]`,
		"druid-30":  `["druid-datasketches", "druid-kafka-indexing-service", "druid-multi-stage-query", "mysql-metadata-storage", "druid-google-extensions"]`,
		"druid-38":  `["druid-datasketches", "druid-kafka-indexing-service", "mysql-metadata-storage", "druid-google-extensions"]`,
	} {
		require.Equal(t, want, commonFile(t, target, a)["druid.extensions.loadList"], target)
	}
}

func TestNonsenseAddresses(t *testing.T) {
	for _, c := range []struct {
		given scaffold.Addresses
		want  string
	}{
		{scaffold.Addresses{ZooKeeper: "zk1,,zk2"}, "--zookeeper: a host is missing between two commas: write zk1.internal:2181,zk2.internal:2181,zk3.internal:2181"},
		{scaffold.Addresses{ZooKeeper: "zk1 zk2"}, `--zookeeper: "zk1 zk2" has a blank, a quote, a backslash or a character that is not printed in it: write zk1.internal:2181,zk2.internal:2181,zk3.internal:2181`},
		{scaffold.Addresses{ZooKeeper: "zk1:99999"}, `--zookeeper: "99999" is not a port: write a number from 1 to 65535`},
		{scaffold.Addresses{ZooKeeper: "zk1,zk1:2181"}, "--zookeeper: zk1:2181 is given twice"},
		{scaffold.Addresses{ZooKeeper: "http://zk1"}, "--zookeeper: http:// does not belong there: write zk1.internal:2181,zk2.internal:2181,zk3.internal:2181"},
		{scaffold.Addresses{ZooKeeper: "zk1;zk2"}, `--zookeeper: "zk1;zk2" is not a host name`},
		{scaffold.Addresses{Metadata: "oracle://u:hunter2@db/druid"}, "--metadata: the metadata store is none of mysql://, postgresql:// and derby: write postgresql://db.internal:5432/druid"},
		{scaffold.Addresses{Metadata: "mysql://db"}, "--metadata: the name of the database is missing behind the host: write postgresql://db.internal:5432/druid"},
		{scaffold.Addresses{Metadata: "mysql://db/druid?password=hunter2"}, "--metadata: password does not belong behind the ?: write mysql://USER@HOST/DATABASE, and set DRUID_METADATA_PASSWORD for the password"},
		{scaffold.Addresses{Metadata: "mysql://:hunter2@db/druid"}, "--metadata: the user before the @ cannot be read: write postgresql://USER@HOST/DATABASE"},
		{scaffold.Addresses{Metadata: "postgresql:///druid"}, "--metadata: a host is missing: write postgresql://db.internal:5432/druid"},
		{scaffold.Addresses{DeepStorage: "bucket"}, "--deep-storage: deep storage is one of azure://, file://, gs://, hdfs://, s3://: write s3://bucket/prefix"},
		{scaffold.Addresses{DeepStorage: "s3:///prefix"}, "--deep-storage: the name behind s3:// is missing: write s3://bucket/prefix"},
		{scaffold.Addresses{DeepStorage: "file://mnt/druid"}, "--deep-storage: a folder begins with a third slash: write file:///mnt/druid"},
		{scaffold.Addresses{DeepStorage: "s3://KEY:SECRET@bucket/p"}, "--deep-storage: no key and no port belong there: write s3://bucket/prefix"},
		{scaffold.Addresses{DeepStorage: "s3://b/p?x=1"}, "--deep-storage: there is no ? or # in it: write s3://bucket/prefix"},
	} {
		_, err := scaffold.ParseSite(c.given)
		require.EqualError(t, err, c.want)
	}
}

// Whatever is said, there is an answer or an error, and no line of a file is
// broken in two.
func FuzzSite(f *testing.F) {
	f.Add("zk1,zk2", "mysql://a:b@c/d", "s3://b/p")
	f.Add("[::1]:2181/x", "jdbc:postgresql://h1,h2/d?x=y", "azure://a@b/c")
	target, _ := schema.ParseTarget("druid-38")
	plan := advise(f, target, machines[0], roles["cluster"])
	f.Fuzz(func(t *testing.T, zk, metadata, storage string) {
		site, err := scaffold.ParseSite(scaffold.Addresses{ZooKeeper: zk, Metadata: metadata, DeepStorage: storage})
		if err != nil {
			return
		}
		lines := 0
		for _, file := range scaffold.Files(plan, site) {
			if strings.HasSuffix(file.Path, "/common.runtime.properties") {
				lines = strings.Count(file.Text, "\ndruid.")
			}
			require.NotContains(t, file.Text, "\r")
		}
		require.Greater(t, lines, 8)
	})
}
