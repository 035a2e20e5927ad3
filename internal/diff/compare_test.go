package diff

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// cases are small trees before and after, and all that is to be said.
var cases = map[string]struct {
	before, after map[string]string
	want          []string
}{
	"units, case and JSON order": {
		map[string]string{
			"_common/common.runtime.properties": `druid.extensions.loadList=["a","b"]` + "\ndruid.startup.logging.logProperties=true\n",
			"historical/runtime.properties":     "druid.processing.buffer.sizeBytes=536870912\n" + `druid.segmentCache.locations=[{"path":"/a","maxSize":1}]`,
			"historical/jvm.config":             "-Xmx8g\n-Xms8g\n-XX:+UseG1GC\n",
		},
		map[string]string{
			"_common/common.runtime.properties": "druid.startup.logging.logProperties = True\n" + `druid.extensions.loadList : [ "b", "a" ]`,
			"historical/runtime.properties":     "druid.processing.buffer.sizeBytes=512MiB\n" + `druid.segmentCache.locations=[{"maxSize":1, "path":"/a"}]`,
			"historical/jvm.config":             "-XX:-UseG1GC -XX:+UseG1GC -XX:MaxHeapSize=8192m -Xms8g\r\n",
		},
		nil,
	},
	"one edit of the shared file is one change, for those who read it and do not overrule it": {
		map[string]string{
			"_common/common.runtime.properties": "druid.zk.service.host=a\ndruid.server.http.numThreads=40\n",
			"broker/runtime.properties":         "druid.server.http.numThreads=9\n",
			"historical/runtime.properties":     "druid.service=h\n",
			"coordinator/runtime.properties":    "druid.service=c\n",
		},
		map[string]string{
			"_common/common.runtime.properties": "druid.zk.service.host=b\ndruid.server.http.numThreads=50\n",
			"broker/runtime.properties":         "druid.server.http.numThreads=9\n",
			"historical/runtime.properties":     "druid.service=h\n",
			"coordinator/runtime.properties":    "druid.service=c\n",
		},
		[]string{"all: changed druid.zk.service.host a b", "coordinator,historical: changed druid.server.http.numThreads 40 50"},
	},
	"moved to where others see it and do not read it": {
		map[string]string{
			"_common/common.runtime.properties": "druid.zk.service.host=a\n",
			"historical/runtime.properties":     "druid.server.maxSize=5\n",
			"broker/runtime.properties":         "druid.service=b\n",
		},
		map[string]string{
			"_common/common.runtime.properties": "druid.zk.service.host=a\ndruid.server.maxSize=5\n",
			"historical/runtime.properties":     "# moved\n",
			"broker/runtime.properties":         "druid.service=b\n",
		},
		nil,
	},
	"moved to where another one reads it": {
		map[string]string{
			"_common/common.runtime.properties": "druid.zk.service.host=a\n",
			"historical/runtime.properties":     "druid.server.http.numThreads=60\n",
			"broker/runtime.properties":         "druid.service=b\n",
		},
		map[string]string{
			"_common/common.runtime.properties": "druid.zk.service.host=a\ndruid.server.http.numThreads=60\n",
			"historical/runtime.properties":     "\n",
			"broker/runtime.properties":         "druid.service=b\n",
		},
		[]string{"broker: added druid.server.http.numThreads max(10, cores * 17 / 16 + 2) + 30 60"},
	},
	"a default written down, and a shared property that nobody reads": {
		map[string]string{
			"_common/common.runtime.properties": "druid.zk.service.host=a\n",
			"broker/runtime.properties":         "druid.service=b\n",
		},
		map[string]string{
			"_common/common.runtime.properties": "druid.zk.service.host=a\ndruid.server.maxSize=5\n",
			"broker/runtime.properties":         "druid.service=b\ndruid.plaintextPort=8082\n",
		},
		[]string{"broker: explicit druid.plaintextPort 8082 8082", "broker: added druid.server.maxSize - 5 (unread)"},
	},
	"secrets": {
		map[string]string{"broker/runtime.properties": "druid.metadata.storage.connector.password=one\ndruid.x=jdbc:y://u:one@h/\n"},
		map[string]string{"broker/runtime.properties": "druid.metadata.storage.connector.password=two\ndruid.x=jdbc:y://u:two@h/\n"},
		[]string{"broker: changed druid.metadata.storage.connector.password **** ****", "broker: changed druid.x jdbc:y://u:****@h/ jdbc:y://u:****@h/"},
	},
	"java of the process and of its tasks": {
		map[string]string{
			"middleManager/runtime.properties": "druid.indexer.runner.javaOpts=-Xmx2g -XX:+UseG1GC\ndruid.indexer.fork.property.druid.processing.buffer.sizeBytes=1073741824\n",
			"middleManager/jvm.config":         "-server\n-Xmx64m\n-Da=b\n-javaagent:x\n",
		},
		map[string]string{
			"middleManager/runtime.properties": "druid.indexer.runner.javaOpts=-XX:+UseG1GC  -Xmx2048m\ndruid.indexer.fork.property.druid.processing.buffer.sizeBytes=1GiB\n",
			"middleManager/jvm.config":         "-Xmx128m -Da=c -javaagent:x -javaagent:y",
		},
		[]string{
			"middleManager: changed a b c", "middleManager: changed -Xmx -Xmx64m -Xmx128m",
			"middleManager: added -javaagent:y - -javaagent:y", "middleManager: removed -server -server -",
		},
	},
	"a process comes, and a file goes": {
		map[string]string{"_common/common.runtime.properties": "a=b\n", "broker/runtime.properties": "c=d\n", "broker/jvm.config": "-server\n", "broker/main.config": "io.Main"},
		map[string]string{"_common/common.runtime.properties": "a=b\n", "broker/runtime.properties": "c=d\n", "router/runtime.properties": "e=f\n", "router/jvm.config": "-server\n", "broker/main.config": "io.Main"},
		[]string{"router: added process - 2 properties, 1 arguments of java", "broker/jvm.config: removed"},
	},
}

func TestTrees(t *testing.T) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before, after := tree(t, c.before), tree(t, c.after)
			// Sizes with units come after the release that is assumed.
			before.Target.Release, after.Target.Release = 28, 28
			require.ElementsMatch(t, c.want, said(compared(t, before, after, quiet)))
		})
	}
}

// TestOtherFiles changes one thing in each kind of file.
func TestOtherFiles(t *testing.T) {
	base := map[string]string{
		"druid/_common/common.runtime.properties": "a=b\n",
		"druid/_common/core-site.xml":             "<configuration><property><name>fs.defaultFS</name><value>hdfs://a</value></property></configuration>",
		"druid/_common/log4j2.xml":                `<Configuration status="WARN"><Loggers><Root level="info"><AppenderRef ref="Console"/></Root></Loggers></Configuration>`,
		"druid/broker/main.config":                "io.druid.cli.Main server broker",
		"zk/zoo.cfg":                              "tickTime=2000\nserver.1=a:2888:3888\n",
		"zk/jvm.config":                           "-Xmx1g\n-Djute.maxbuffer=1\n",
		"supervise/data.conf":                     ":verify bin/verify-java\nhistorical bin/run-druid historical conf\n!p90 mm bin/run-druid middleManager conf\n",
		"pivot/config.yaml":                       "port: 9095\nstateStore:\n  type: mysql\n  connection: 'mysql://u:secret@h/d'\nclusters:\n- {name: a, host: x}\n- {name: b, host: y}\n",
		"tranquility/server.json":                 `{"properties":{"zookeeper.connect":"a"},"dataSources":[1,2]}`,
	}
	edits := map[string][3]string{ // file -> old, new, said
		"druid/_common/core-site.xml": {"hdfs://a", "hdfs://b", "changed fs.defaultFS hdfs://a hdfs://b"},
		"druid/_common/log4j2.xml":    {`level="info"`, `level="debug"`, "changed Loggers.Root.@level info debug"},
		"druid/broker/main.config":    {"broker", "router", "changed command line io.druid.cli.Main server broker io.druid.cli.Main server router"},
		"zk/zoo.cfg":                  {"server.1=a", "server.1 = b", "changed server.1 a:2888:3888 b:2888:3888"},
		"zk/jvm.config":               {"maxbuffer=1", "maxbuffer=2", "changed -Djute.maxbuffer -Djute.maxbuffer=1 -Djute.maxbuffer=2"},
		"supervise/data.conf":         {"!p90 ", "", "changed mm bin/run-druid middleManager conf bin/run-druid middleManager conf"},
		"pivot/config.yaml":           {"- {name: a, host: x}\n", "", "removed clusters[a] {name: a, host: x} -"},
		"tranquility/server.json":     {`"a"`, `"b"`, "changed properties.zookeeper.connect a b"},
	}
	before := tree(t, base)
	after := map[string]string{}
	var want []string
	for name, text := range base {
		after[name] = text
		if e, ok := edits[name]; ok {
			after[name] = replaced(t, text, e[0], e[1])
			want = append(want, name+": "+e[2])
		}
	}
	c := compared(t, before, tree(t, after), quiet)
	require.ElementsMatch(t, want, said(c))
	require.Equal(t, []string{"broker", "pivot", "supervise", "tranquility", "zookeeper"}, c.Consequences.Restart)
	require.Empty(t, said(compared(t, before, tree(t, base), quiet)))
}

// TestSecretsOfFiles says that a password changed, and not to what.
func TestSecretsOfFiles(t *testing.T) {
	yaml := "stateStore: {connection: 'mysql://u:one@h/d'}\nclusters: [{name: a, password: one}]\n"
	before := tree(t, map[string]string{"conf/pivot/config.yaml": yaml})
	after := tree(t, map[string]string{"conf/pivot/config.yaml": replaced(t, yaml, "one", "two")})
	require.Equal(t, []string{
		"pivot/config.yaml: changed stateStore.connection mysql://u:****@h/d mysql://u:****@h/d",
		"pivot/config.yaml: changed clusters[a].password **** ****",
	}, said(compared(t, before, after, quiet)))
}
