package ports_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/schema"
)

// open writes the files of an archive and opens the tree that they make.
func open(t rapid.TB, dir, archive, target string) *conf.Tree {
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, f.Data, 0o644))
	}
	o := conf.Options{}
	if target != "" {
		parsed, err := schema.ParseTarget(target)
		require.NoError(t, err)
		o.Target = &parsed
	}
	trees, err := conf.Open(context.Background(), dir, o)
	require.NoError(t, err)
	require.Len(t, trees, 1)
	return trees[0]
}

// lines are the listeners of a process: name, range, and who connects.
func lines(m ports.Map, process string) []string {
	var list []string
	for _, l := range m.Listeners {
		if l.Process == process && l.Needed {
			list = append(list, fmt.Sprintf("%s %s: %s", l.Name, l.Range(), strings.Join(l.Clients, " ")))
		}
	}
	return list
}

// needs are what the map says is outside, and who connects to it.
func needs(m ports.Map) []string {
	var list []string
	for _, f := range m.Flows {
		if f.To == ports.External {
			list = append(list, fmt.Sprintf("%s -> %s %s/%s", f.From, f.Destination(), f.Range(), f.Protocol))
		}
	}
	return list
}

const middleManager = "-- conf/druid/middleManager/runtime.properties --\n"

func TestTasksTakeTheLowestFreePorts(t *testing.T) {
	for name, c := range map[string]struct {
		target, files string
		want          []string
	}{
		"capacity":       {"druid-28", middleManager + "druid.worker.capacity=2\n", []string{"tasks 8100-8101"}},
		"one task":       {"druid-28", middleManager + "druid.worker.capacity=1\n", []string{"tasks 8100"}},
		"past the end":   {"druid-28", middleManager + "druid.worker.capacity=3\ndruid.indexer.runner.startPort=65534\n", []string{"tasks 65534-65535"}},
		"unknown cores":  {"druid-28", middleManager + "druid.service=x\n", []string{"tasks 8100-8199"}},
		"end of range":   {"druid-28", middleManager + "druid.worker.capacity=9\ndruid.indexer.runner.endPort=8103\n", []string{"tasks 8100-8103"}},
		"list":           {"druid-28", middleManager + "druid.worker.capacity=3\ndruid.indexer.runner.ports=[9000, 9002, 9001, 9003]\n", []string{"tasks 9000-9002"}},
		"TLS beside":     {"druid-28", middleManager + "druid.worker.capacity=2\ndruid.enableTlsPort=true\n", []string{"tasks (plain and TLS) 8100-8103"}},
		"TLS alone":      {"druid-28", middleManager + "druid.worker.capacity=2\ndruid.enableTlsPort=true\ndruid.enablePlaintextPort=false\n", []string{"tasks (TLS) 8100-8101"}},
		"a port is held": {"druid-28", middleManager + "druid.worker.capacity=3\n-- conf/druid/historical/runtime.properties --\ndruid.plaintextPort=8101\n", []string{"tasks 8100", "tasks 8102-8103"}},
		// ForkingTaskRunnerConfig.java has endPort, and one range for both, from 0.13 on.
		"TLS in 0.13":   {"druid-0.13", middleManager + "druid.worker.capacity=2\ndruid.enableTlsPort=true\ndruid.indexer.runner.endPort=8102\n", []string{"tasks (plain and TLS) 8100-8102"}},
		"old TLS range": {"druid-0.12.3", middleManager + "druid.worker.capacity=2\ndruid.enableTlsPort=true\n", []string{"tasks 8100-8101", "tasks (TLS) 8300-8301"}},
		"old endpoint":  {"druid-0.12.3", middleManager + "druid.worker.capacity=2\ndruid.indexer.runner.separateIngestionEndpoint=true\n", []string{"tasks 8100-8103"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := lines(ports.Of(open(t, t.TempDir(), c.files, c.target), false), ports.Peon)
			for i := range got {
				got[i] = strings.TrimSuffix(got[i], ": master query data")
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestFlagsOpenPorts(t *testing.T) {
	m := ports.Of(open(t, t.TempDir(), `
-- conf/druid/broker/jvm.config --
-Dcom.sun.management.jmxremote.port=9010
-Dcom.sun.management.jmxremote.rmi.port=9011
-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005
-- conf/druid/router/jvm.config --
-Xrunjdwp:transport=dt_socket,server=n,address=tools.internal:5006
-- conf/druid/middleManager/runtime.properties --
druid.worker.capacity=1
druid.indexer.runner.javaOpts=-Xmx1g -agentlib:jdwp=transport=dt_socket,server=y,address=5007
`, "druid-28"), false)
	require.Equal(t, []string{"broker (debugger) 5005: ", "broker (JMX) 9010: ", "broker (JMX, RMI) 9011: "}, lines(m, "broker"))
	require.Empty(t, lines(m, "router"), "with server=n it connects, and does not listen")
	require.Equal(t, []string{"peon (debugger) 5007: ", "tasks 8100: master query data"}, lines(m, ports.Peon))
}

func TestEnsemble(t *testing.T) {
	m := ports.Of(open(t, t.TempDir(), `
-- conf/druid/_common/common.runtime.properties --
druid.zk.service.host=m1:2181,m2:2181,m3:2181
-- conf/druid/coordinator/runtime.properties --
druid.service=druid/coordinator
-- conf/zk/zoo.cfg --
clientPort=2181
server.1=m1:2888:3888
server.2=m2:2888:3888
server.3=m3:2888:3888
`, ""), false)
	require.Equal(t, []string{"ZooKeeper 2181: master query data", "ZooKeeper (peers) 2888: master", "ZooKeeper (election) 3888: master"}, lines(m, "ZooKeeper"))
}

func TestWhatIsOutside(t *testing.T) {
	m := ports.Of(open(t, t.TempDir(), `
-- conf/druid/_common/common.runtime.properties --
druid.zk.service.host=zk1:2181,zk2
druid.metadata.storage.type=postgresql
druid.metadata.storage.connector.connectURI=jdbc:postgresql://user:secret@db.internal/druid
druid.storage.type=hdfs
druid.storage.storageDirectory=hdfs://lake/druid/segments
druid.indexer.logs.type=s3
druid.s3.endpoint.url=http://minio:9000
druid.emitter=composing
druid.emitter.composing.emitters=["statsd", "logging"]
druid.emitter.statsd.hostname=metrics
druid.emitter.statsd.port=8126
-- conf/druid/_common/hdfs-site.xml --
<configuration>
<property><name>dfs.nameservices</name><value>lake</value></property>
<property><name>dfs.namenode.rpc-address.lake.nn1</name><value>nn1:8020</value></property>
<property><name>dfs.namenode.rpc-address.lake.nn2</name><value>nn2:8021</value></property>
<property><name>dfs.datanode.address</name><value>0.0.0.0:1004</value></property>
</configuration>
-- conf/druid/_common/yarn-site.xml --
<configuration><property><name>yarn.resourcemanager.address</name><value>rm:8032</value></property></configuration>
-- conf/druid/broker/runtime.properties --
druid.cache.type=memcached
druid.cache.hosts=cache1:11211,cache2
`, "druid-28"), false)
	require.ElementsMatch(t, []string{
		"master -> postgresql: db.internal 5432/tcp", "data -> postgresql: db.internal 5432/tcp",
		"master -> ZooKeeper: zk1 2181/tcp", "master -> ZooKeeper: zk2 2181/tcp", "query -> ZooKeeper: zk1 2181/tcp",
		"query -> ZooKeeper: zk2 2181/tcp", "data -> ZooKeeper: zk1 2181/tcp", "data -> ZooKeeper: zk2 2181/tcp",
		"master -> S3: minio 9000/tcp", "data -> S3: minio 9000/tcp",
		"data -> HDFS namenode: nn1 8020/tcp", "data -> HDFS namenode: nn2 8021/tcp", "data -> HDFS datanodes 1004/tcp",
		"data -> YARN resource manager: rm 8032/tcp", "query -> statsd emitter: metrics 8126/udp",
		"query -> memcached: cache1 11211/tcp", "query -> memcached: cache2 11211/tcp",
	}, needs(m))
	require.NotContains(t, fmt.Sprint(m), "secret")
}

// TestEndpointOfS3 has an address with a scheme, one without, and none.
func TestEndpointOfS3(t *testing.T) {
	for endpoint, want := range map[string]string{
		"druid.s3.endpoint.url=http://minio":     "minio 80/tcp",
		"druid.s3.endpoint.url=minio.local:9000": "minio.local 9000/tcp",
		"druid.s3.endpoint.url=minio.local":      "minio.local 443/tcp",
		"":                                       "s3.amazonaws.com 443/tcp",
	} {
		m := ports.Of(open(t, t.TempDir(), "-- conf/druid/_common/common.runtime.properties --\ndruid.storage.type=s3\n"+endpoint+
			"\n-- conf/druid/historical/runtime.properties --\ndruid.service=druid/historical\n", "druid-28"), false)
		require.Contains(t, needs(m), "data -> S3: "+want)
	}
}

// TestAnyPortIsFollowed moves every process to a port of its own.
func TestAnyPortIsFollowed(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		process := rapid.SampledFrom([]string{"coordinator", "overlord", "broker", "router", "historical", "middleManager"}).Draw(t, "process")
		port := rapid.IntRange(1, 65535).Draw(t, "port")
		key := rapid.SampledFrom([]string{"druid.plaintextPort", "druid.port"}).Draw(t, "key")
		tree := open(t, filepath.Join(dir, process), fmt.Sprintf("-- conf/druid/%s/runtime.properties --\n%s=%d\n", process, key, port), "druid-28")
		require.Contains(t, lines(ports.Of(tree, true), process)[0], fmt.Sprintf("%s %d: ", process, port))
	})
}
