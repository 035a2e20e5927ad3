package preflight_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/preflight/facts"
)

// A file of --hosts may hold anything: answers with parts that no prober leaves out, and
// numbers that no server has.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	huge := "9223372036854775807"
	every := map[string]any{}
	for _, kind := range []string{"host", "java", "folder", "bind", "resolve", "dial", "jars", "keyStore", "time", "zooKeeperServer", "zooKeeperSession", "database", "store", "hdfs", "kafka", "digest"} {
		every[kind] = struct{}{}
	}
	empty, err := json.Marshal(every)
	require.NoError(t, err)
	for _, text := range []string{
		string(empty),
		`{"hdfs":{}}`,
		`{"jars":{"jars":["lib/druid-server-","x/druid-s3-extensions-","mysql-metadata-storage-"]}}`,
		`{"hdfs":{"nameNodes":[{}]}}`,
		`{"hdfs":{"nameNodes":[{"address":"nn1:8020"},{"address":"nn2:8020","state":"active"}],"nearest":"/"}}`,
		`{"hdfs":{"nameNodes":[{"state":"active","safeMode":true,"problem":{}}],"nearest":"/x","isDir":true,"enterable":true,"writable":true,"size":` + huge + `,"free":-` + huge + `,
		  "quotas":[{"space":` + huge + `,"spaceUsed":-` + huge + `,"names":` + huge + `,"namesUsed":-` + huge + `}],"unknown":{"":""}}}`,
		`{"hdfs":{"nameNodes":null,"nearest":"/","blocked":"x","unknown":null}}`,
		`{"store":{}}`,
		`{"store":{"list":200,"signature":{"starts":-` + huge + `,"expires":` + huge + `,"permissions":"rw"},"offsetMs":-` + huge + `}}`,
		`{"store":{"list":403,"lacks":[""],"signature":{"expires":-` + huge + `}}}`,
		`{"problem":{}}`,
		`{"ms":-` + huge + `,"problem":{"kind":"refused"}}`,
	} {
		var a facts.Answer
		require.NoError(t, json.Unmarshal([]byte(text), &a))
		for _, s := range []*setup{
			hdfsWith(t, "hdfs://nn1/druid", "dfs.blocksize", "9223372036854775807", "dfs.replication", "9223372036854775807"),
			withAzure(t, "http://127.0.0.1:1", "meadow", "druid.azure.sharedAccessStorageToken=sv=1&sig=2"),
			withGoogle(t, "http://127.0.0.1:1", "meadow"),
			newSetup(t, everything),
		} {
			s.o.ProbeWrites = true
			s.o.Ask = func(_ context.Context, r preflight.Request, answer func(facts.Answer)) error {
				for _, q := range r.Questions {
					a.Name = q.Name
					answer(a)
				}
				return nil
			}
			require.NotPanics(t, func() { s.run(t) }, text)
		}
	}
}

// everything is a common file that makes as many questions necessary as one can.
const everything = "druid.zk.service.enabled=true\ndruid.zk.service.host=zk1.example,zk2.example,zk3.example\ndruid.metadata.storage.type=mysql\n" +
	"druid.metadata.storage.connector.connectURI=jdbc:mysql://db.example/druid\ndruid.storage.type=s3\ndruid.storage.bucket=meadow\ndruid.s3.accessKey=a\ndruid.s3.secretKey=b\n" +
	"druid.extensions.loadList=[\"druid-s3-extensions\",\"mysql-metadata-storage\",\"druid-kafka-indexing-service\"]\ndruid.emitter=kafka\ndruid.emitter.kafka.bootstrap.servers=kafka.example:9092\n" +
	"druid.server.https.keyStorePath=/keys.jks\ndruid.enableTlsPort=true\n"
