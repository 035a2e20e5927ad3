package rules_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// TestSays has what a finding says where there is more than one thing to say: the
// examples have the rule, and these its words.
func TestSays(t *testing.T) {
	for _, c := range []struct{ rule, facts, file, text, says string }{
		{"net-host-port-conflict", "", inBroker, "druid.host=http://broker1", "takes a host name without a scheme"},
		{"net-no-connector", "target=druid-28", inBroker, "druid.enableTlsPort=true\ndruid.tlsPort=8082", "the plain and the TLS port of the broker are both 8082"},
		{"net-no-connector", "target=druid-28", inBroker, "druid.enablePlaintextPort=false", "the plain port is off, and so is the TLS port"},
		{"net-peon-range-too-small", "", inManager, "druid.indexer.runner.startPort=9000\ndruid.indexer.runner.endPort=8999", "ends before it begins"},
		{"net-peon-range-too-small", "", inManager, "druid.worker.capacity=3\ndruid.indexer.runner.startPort=8100\ndruid.indexer.runner.endPort=8101", "2 ports for 3 tasks with 1 each"},
		{"props-template-placeholder", "", inCommon, "druid.metadata.storage.connector.password=xxxxxx", "the value of druid.metadata.storage.connector.password is still to be filled in"},
		{"prop-period-format", "", inCoordinator, "druid.coordinator.period=30s", "Write PT30S."},
		{"prop-period-format", "", inCoordinator, "druid.coordinator.period=5 min", "Write PT5M."},
		{"prop-period-format", "", inCoordinator, "druid.coordinator.period=2 Hours", "Write PT2H."},
		{"prop-period-format", "", inCoordinator, "druid.coordinator.period=1d", "Write P1D."},
		{"sec-auth-incomplete", "target=druid-28", inCommon, "druid.auth.authenticatorChain=[]", "druid.auth.authenticatorChain is empty"},
		{"sec-auth-incomplete", "target=druid-28", inCommon, "druid.auth.authenticatorChain=[\"allowAll\",\"allowAll\"]", `names "allowAll" twice`},
		{"sec-auth-incomplete", "target=druid-28", inCommon, "druid.auth.authenticatorChain=[\"allowAll\"]", "Delete the line: allowAll is the default."},
		{"sec-auth-incomplete", "target=druid-28", inCommon, "druid.auth.authorizers=[\"allowAll\",\"ranger\"]", "Set druid.auth.authorizer.allowAll.type=allowAll."},
		{"prop-unknown", "", inBroker, "druid.cache.useCache=true", "Did you mean druid.broker.cache.useCache?"},
		{"prop-unknown", "", inCommon, "druid.cache.useCache=true", "Did you mean druid.broker.cache.useCache or druid.historical.cache.useCache or druid.realtime.cache.useCache?"},
		{"prop-unknown", "", inHistorical, "druid.historical.segmentCache.locations=[]", "Did you mean druid.segmentCache.locations?"},
		{"prop-unknown", "", inCommon, "druid.metadata.postgres.enableSSL=true", "Did you mean druid.metadata.postgres.ssl.useSSL?"},
		{"prop-wrong-service", "", inHistorical, "druid.broker.cache.useCache=true", "Write druid.historical.cache.useCache, or move the line to broker, or to _common."},
		{"prop-wrong-service", "", inHistorical, "druid.broker.select.tier=highestPriority", "Move the line to broker, or to _common."},
		{"ext-dir-missing", "", inCommon, `druid.extensions.loadList=["druid-kafka-emitter"]`, "Did you mean kafka-emitter?"},
		{"ext-dir-missing", "", inCommon, `druid.extensions.loadList=["hdfs-storage"]`, "Did you mean druid-hdfs-storage?"},
		// SegmentLoaderConfig of 0.19 reads a number alone; HumanReadableBytes came with 0.20.
		{"seg-location-field", "target=druid-0.19", inHistorical, `druid.segmentCache.locations=[{"path":"/mnt/x","maxSize":"300g"}]`, "Can not construct instance of java.lang.Long"},
		{"seg-location-field", "target=druid-0.20", inHistorical, `druid.segmentCache.locations=[{"path":"/mnt/x","maxSize":"300x"}]`, `"300x" is not a size that Druid 0.20 reads`},
		{"seg-location-field", "", inHistorical, `druid.segmentCache.locations=[{"path":"/mnt/x","maxsize":1}]`, "Did you mean maxSize?"},
		{"mem-task-heap-tiny", "", inManager, "druid.indexer.runner.javaOpts=-Xmx1048575", "-Xmx counts bytes unless a letter follows the number"},
		{"mem-buffer-too-small", "", inHistorical, "druid.processing.buffer.sizeBytes=1048575", "Write a number of bytes"},
		{"mem-buffer-too-large", "", inHistorical, "druid.processing.buffer.sizeBytes=2147483648", "The process stops at start"},
		{"mem-buffer-too-large", "target=druid-0.20", inManager, "druid.indexer.fork.property.druid.processing.buffer.sizeBytes=4096MiB", "every task stops at start"},
		{"mem-buffer-too-large", "", inManager, "druid.processing.buffer.sizeBytes=2147483648", "every task stops at start"},
		{"obs-monitors-without-emitter", "", inCommon, "druid.emitter=noop\ndruid.monitoring.monitors=[\"io.druid.java.util.metrics.JvmMonitor\"]", "1 monitor, and no emitter"},
		{"thr-cache-external-hosts", "", inHistorical, "druid.cache.type=memcached\ndruid.cache.hosts=m:11211\ndruid.cache.expiration=3000000", "for a date: 1970-02-04"},
		{"thr-cache-external-hosts", "", inHistorical, "druid.cache.type=memcached\ndruid.cache.hosts=m:11211\ndruid.cache.expiration=3000000", "nothing is cached"},
		{"seg-maxsize-vs-locations", "", inHistorical, "druid.server.maxSize=300000000001", "segments are assigned that do not fit"},
		{"seg-maxsize-vs-locations", "target=druid-0.20", inHistorical, "druid.server.maxSize=1", "from 0.20 on the default is the sum"},
		{"seg-maxsize-vs-locations", "", inHistorical, "druid.server.maxSize=1", "Disk that is never used."},
		{"thr-historical-http-vs-brokers", "", inHistorical, "druid.server.http.numThreads=1", "1 thread for 40 connections of a Broker"},
		{"thr-lanes-without-strategy", "target=druid-28", inBroker, "druid.query.scheduler.laning.maxLowPercent=10", "strategy=hilo"},
		{"thr-lanes-without-strategy", "target=druid-28", inBroker, "druid.query.scheduler.laning.lanes.a=10", "strategy=manual"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			said := ""
			for _, f := range lintOver(t, c.facts, txtar.File{Name: c.file, Data: []byte(c.text + "\n")}) {
				if f.Rule == c.rule {
					said += f.Message + "\n" + f.Effect + "\n" + f.Help + "\n"
				}
			}
			require.Contains(t, said, c.says, c.text)
		})
	}
}

// A finding behind a secret of its line is marked in the line as it is shown.
func TestMarkBehindSecret(t *testing.T) {
	found := lintOver(t, "", txtar.File{Name: "conf/druid/broker/jvm.config", Data: []byte("-Djavax.net.ssl.trustStorePassword=hunter22hunter22 -Xmx2gb\n")})
	i := slices.IndexFunc(found, func(f finding.Finding) bool { return f.Rule == "jvm-size-malformed" })
	require.Equal(t, "-Djavax.net.ssl.trustStorePassword=**** -Xmx2gb", found[i].Source)
	require.Equal(t, []int{53, 60, 41, 48}, []int{found[i].Column, found[i].EndColumn, found[i].Mark, found[i].EndMark})
}

// TestHighAvailability goes through the guide's list with trees that answer a point
// with yes, with no, or not at all.
func TestHighAvailability(t *testing.T) {
	three := rules.Topology{Masters: 2, QueryServers: 2, DataServers: 3}
	for _, c := range []struct {
		point, files string
		topology     rules.Topology
		want         finding.Answer
		detail       string
	}{
		{"3 or 5 ZooKeeper servers", "druid.zk.service.host=a,b,c", three, finding.Yes, "a, b, c"},
		{"3 or 5 ZooKeeper servers", "druid.zk.service.host=a,b", three, finding.No, "[zk-even-or-two-nodes]"},
		{"3 or 5 ZooKeeper servers", "druid.zk.service.host=a", three, finding.No, ""},
		{"3 or 5 ZooKeeper servers", "druid.zk.service.host=${ZK}", three, finding.Unknown, "placeholder"},
		{"3 or 5 ZooKeeper servers", "druid.discovery.type=k8s", three, finding.Yes, "without ZooKeeper"},
		{"metadata in MySQL or PostgreSQL", "druid.metadata.storage.type=mysql", three, finding.Yes, "must survive"},
		{"metadata in MySQL or PostgreSQL", "druid.metadata.storage.type=postgresql", three, finding.Yes, "postgresql"},
		{"metadata in MySQL or PostgreSQL", "druid.metadata.storage.type=derby", three, finding.No, ""},
		{"metadata in MySQL or PostgreSQL", "druid.metadata.storage.type=${T}", three, finding.Unknown, "placeholder"},
		{"several Coordinators and Overlords", "", three, finding.Yes, "2 Masters"},
		{"several Coordinators and Overlords", "", rules.Topology{Masters: 1}, finding.No, "one of the Masters"},
		{"several Coordinators and Overlords", "", rules.Topology{}, finding.Unknown, "--masters"},
		{"several Brokers and Routers", "", three, finding.Yes, "2 Query servers"},
		{"several Brokers and Routers", "", rules.Topology{Brokers: 3, QueryServers: 1}, finding.Yes, "3 Query servers"},
		{"several Data servers", "", three, finding.Yes, "3 Data servers; they need nothing of their own"},
		{"several Data servers", "", rules.Topology{DataServers: 1}, finding.No, "one of the Data servers"},
		{"tasks that outlive their Overlord", "druid.indexer.storage.type=metadata", three, finding.Yes, "metadata"},
		{"tasks that outlive their Overlord", "druid.indexer.storage.type=local", three, finding.No, ""},
		{"tasks that outlive their Overlord", "druid.indexer.storage.type=${S}", three, finding.Unknown, "placeholder"},
		{"segments off the local disks", "druid.storage.type=s3", three, finding.Yes, "s3"},
		{"segments off the local disks", "druid.storage.type=local", three, finding.No, ""},
		{"segments off the local disks", "druid.storage.type=${S}", three, finding.Unknown, "druid.storage.type is a placeholder"},
		{"task logs off the local disks", "druid.indexer.logs.type=hdfs\ndruid.storage.type=hdfs", three, finding.Yes, "hdfs"},
		{"task logs off the local disks", "", three, finding.No, ""},
		{"metadata is backed up", "", three, finding.Unknown, "no file tells"},
		{"Pivot on a shared database", "", three, finding.Unknown, "the tree has no Pivot"},
	} {
		t.Run(c.point, func(t *testing.T) {
			files := map[string]string{"conf/druid/_common/common.runtime.properties": c.files + "\n", "conf/druid/overlord/runtime.properties": "druid.indexer.runner.type=httpRemote\n", "conf/druid/coordinator/runtime.properties": "druid.service=x\n"}
			r := lintTree(t, files, "druid-28", rules.Options{HA: true, Topology: c.topology})
			for _, p := range r.Tree.HighAvailability {
				if p.Name == c.point {
					require.Equal(t, c.want, p.Answer, p.Detail)
					require.Contains(t, p.Detail, c.detail)
					return
				}
			}
			t.Fatal("no such point")
		})
	}
}

// TestBug says what went wrong, and where, without what is secret.
func TestBug(t *testing.T) {
	r, ok := rules.Lookup("zk-single-node")
	require.True(t, ok)
	require.Equal(t, "rule zk-single-node: tree conf: index out of range", rules.NewBug("index out of range\nmore", "conf", r).Error())
	require.Equal(t, "index out of range", rules.NewBug("index out of range", "", nil).Error())
	require.NotContains(t, rules.NewBug("password=hush7", "", nil).Error(), "hush7")
	require.Contains(t, string(rules.NewBug("x\nmore", "", nil).Stack), "more")
}

// TestMonitors: 0.13 renamed the package, and a process lists what is of its own.
func TestMonitors(t *testing.T) {
	require.Contains(t, rules.Monitors(12, ""), "io.druid.java.util.metrics.JvmMonitor")
	require.Contains(t, rules.Monitors(13, ""), "org.apache.druid.java.util.metrics.JvmMonitor")
	// docs/configuration/index.md: HistoricalMetricsMonitor is for Historicals alone.
	require.Contains(t, rules.Monitors(28, "historical"), "org.apache.druid.server.metrics.HistoricalMetricsMonitor")
	require.NotContains(t, rules.Monitors(28, "broker"), "org.apache.druid.server.metrics.HistoricalMetricsMonitor")
}
