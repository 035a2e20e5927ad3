package ports_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/ports"
)

const common = "-- conf/druid/_common/common.runtime.properties --\n"

// TestDefaultPorts has addresses without a port. What the other side listens on
// is said by its own source, which each case names.
func TestDefaultPorts(t *testing.T) {
	hadoop := func(name, value string) string {
		return "-- conf/druid/_common/core-site.xml --\n<configuration><property><name>" + name + "</name><value>" + value + "</value></property></configuration>\n"
	}
	emitter := func(name, keys string) string { return common + "druid.emitter=" + name + "\n" + keys + "\n" }
	for name, c := range map[string]struct{ files, want string }{
		// HdfsClientConfigKeys.java: DFS_NAMENODE_RPC_PORT_DEFAULT = 8020.
		"fs.defaultFS":         {hadoop("fs.defaultFS", "hdfs://nn"), "data -> HDFS namenode: nn 8020/tcp"},
		"fs.default.name":      {hadoop("fs.default.name", "hdfs://nn"), "data -> HDFS namenode: nn 8020/tcp"},
		"rpc-address":          {hadoop("dfs.namenode.rpc-address", "nn"), "data -> HDFS namenode: nn 8020/tcp"},
		"rpc-address of HA":    {hadoop("dfs.namenode.rpc-address.lake.nn1", "nn"), "data -> HDFS namenode: nn 8020/tcp"},
		"segments in HDFS":     {common + "druid.storage.type=hdfs\ndruid.storage.storageDirectory=hdfs://nn/druid\n", "data -> HDFS namenode: nn 8020/tcp"},
		"task logs in HDFS":    {common + "druid.indexer.logs.type=hdfs\ndruid.indexer.logs.directory=hdfs://nn/logs\n", "master -> HDFS namenode: nn 8020/tcp"},
		"not in HDFS any more": {common + "druid.storage.type=local\ndruid.storage.storageDirectory=hdfs://nn/druid\n" + hadoop("io.file.buffer.size", "4096"), ""},
		"a local file system":  {hadoop("fs.defaultFS", "file:///"), ""},
		"a bucket":             {hadoop("fs.defaultFS", "s3a://lake"), ""},
		// DFSConfigKeys.java: DFS_DATANODE_DEFAULT_PORT = 9866 in Hadoop 3 and 50010 in Hadoop 2.
		"datanodes of Hadoop 3":    {common + "druid.storage.type=hdfs\n", "data -> HDFS datanodes 9866/tcp"},
		"datanodes of Hadoop 2":    {common + "druid.storage.type=hdfs\n", "data -> HDFS datanodes 50010/tcp"},
		"dfs.datanode.address":     {common + "druid.storage.type=hdfs\n" + hadoop("dfs.datanode.address", "0.0.0.0"), "data -> HDFS datanodes 9866/tcp"},
		"datanodes for task logs":  {common + "druid.indexer.logs.type=hdfs\n", "master -> HDFS datanodes 9866/tcp"},
		"a name of another server": {hadoop("dfs.namenode.rpc-addresses", "nn"), ""},
		// YarnConfiguration.java: DEFAULT_RM_PORT = 8032; JHAdminConfig.java: DEFAULT_MR_HISTORY_PORT = 10020.
		"YARN":            {hadoop("yarn.resourcemanager.address", "rm"), "data -> YARN resource manager: rm 8032/tcp"},
		"YARN by name":    {hadoop("yarn.resourcemanager.hostname", "rm"), "data -> YARN resource manager: rm 8032/tcp"},
		"YARN of HA":      {hadoop("yarn.resourcemanager.hostname.rm1", "rm"), "data -> YARN resource manager: rm 8032/tcp"},
		"history of jobs": {hadoop("mapreduce.jobhistory.address", "jh"), "data -> MapReduce job history: jh 10020/tcp"},
		// InfluxdbEmitterConfig.java: DEFAULT_PORT = 8086. PushGateway.java puts http:// before an address.
		"influxdb":             {emitter("influxdb", "druid.emitter.influxdb.hostname=m"), "query -> influxdb emitter: m 8086/tcp"},
		"pushgateway":          {emitter("prometheus", "druid.emitter.prometheus.pushGatewayAddress=m"), "query -> prometheus emitter: m 80/tcp"},
		"pushgateway at":       {emitter("prometheus", "druid.emitter.prometheus.pushGatewayAddress=m:9091"), "query -> prometheus emitter: m 9091/tcp"},
		"pushgateway of https": {emitter("prometheus", "druid.emitter.prometheus.pushGatewayAddress=https://m"), "query -> prometheus emitter: m 443/tcp"},
		"one that is off":      {emitter("logging", "druid.emitter.statsd.hostname=m\ndruid.emitter.statsd.port=8125"), ""},
		"one not known":        {emitter("statsd", "druid.emitter.statsd.hostname=${M}\ndruid.emitter.statsd.port=8125"), ""},
		"http":                 {emitter("http", "druid.emitter.http.recipientBaseUrl=http://m/x"), "query -> http emitter: m 80/tcp"},
		// StatsDEmitterConfig.java, GraphiteEmitterConfig.java, OpentsdbEmitterConfig.java and
		// AmbariMetricsEmitterConfig.java check that the port is not null; Kafka's ClientUtils refuses a server without one.
		"statsd":         {emitter("statsd", "druid.emitter.statsd.hostname=m"), "query -> statsd emitter: m ?/udp"},
		"graphite":       {emitter("graphite", "druid.emitter.graphite.hostname=m"), "query -> graphite emitter: m ?/tcp"},
		"opentsdb":       {emitter("opentsdb", "druid.emitter.opentsdb.host=m"), "query -> opentsdb emitter: m ?/tcp"},
		"ambari-metrics": {emitter("ambari-metrics", "druid.emitter.ambari-metrics.hostname=m"), "query -> ambari-metrics emitter: m ?/tcp"},
		"kafka":          {emitter("kafka", "druid.emitter.kafka.bootstrap.servers=m"), "query -> kafka emitter: m ?/tcp"},
		// mysqld and postgres, and their drivers; Pivot's stateStore is one of them.
		"MySQL":                {common + "druid.metadata.storage.type=mysql\ndruid.metadata.storage.connector.connectURI=jdbc:mysql://db/druid\n", "master -> mysql: db 3306/tcp"},
		"PostgreSQL":           {common + "druid.metadata.storage.type=postgresql\ndruid.metadata.storage.connector.connectURI=jdbc:postgresql://db/druid\n", "data -> postgresql: db 5432/tcp"},
		"no URI":               {common + "druid.metadata.storage.type=postgresql\n", "master -> postgresql 5432/tcp"},
		"a URI without a host": {common + "druid.metadata.storage.type=mysql\ndruid.metadata.storage.connector.connectURI=jdbc:mysql:///druid\n", "master -> mysql 3306/tcp"},
		"a URI of nobody's":    {common + "druid.metadata.storage.type=mysql\ndruid.metadata.storage.connector.connectURI=jdbc:mysql://${HOST}/druid\n", "master -> mysql 3306/tcp"},
		"Pivot's MySQL":        {"-- conf/pivot/config.yaml --\nstateStore:\n  type: mysql\n  connection: mysql://u:p@db/pivot\n", "query -> mysql: db 3306/tcp"},
		"Pivot's Postgres":     {"-- conf/pivot/config.yaml --\nstateStore:\n  type: pg\n  connection: postgres://u:p@db/pivot\n", "query -> postgresql: db 5432/tcp"},
		"Pivot's own file":     {"-- conf/pivot/config.yaml --\nstateStore:\n  type: file\n  connection: file://x/pivot\n", ""},
		"nothing but a type":   {"-- conf/pivot/config.yaml --\nstateStore:\n  type: mysql\n", ""},
		"no state of Pivot":    {"-- conf/pivot/config.yaml --\nport: 9095\n", ""},
		// HTTPS: RFC 9110, 4.2.2.
		"S3":           {common + "druid.storage.type=s3\n", "data -> S3: s3.amazonaws.com 443/tcp"},
		"S3 of https":  {common + "druid.storage.type=s3\ndruid.s3.endpoint.url=https://minio\n", "data -> S3: minio 443/tcp"},
		"Google":       {common + "druid.storage.type=google\n", "data -> Google Cloud Storage: storage.googleapis.com 443/tcp"},
		"Azure":        {common + "druid.storage.type=azure\ndruid.azure.account=lake\n", "data -> Azure Storage: lake.blob.core.windows.net 443/tcp"},
		"Azure by key": {common + "druid.storage.type=azure\n", "data -> Azure Storage: *.blob.core.windows.net 443/tcp"},
		"a local disk": {common + "druid.storage.type=local\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			tree := open(t, t.TempDir(), c.files+"-- conf/druid/broker/runtime.properties --\ndruid.service=druid/broker\n", "druid-28")
			got := slices.DeleteFunc(needs(ports.Of(tree, false)), func(need string) bool { return strings.Contains(need, "ZooKeeper") })
			if c.want == "" {
				require.Empty(t, got)
			} else {
				require.Contains(t, got, c.want)
			}
		})
	}
}
