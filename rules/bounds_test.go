package rules_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/rules/internal/exampletree"
)

// The files of the small cluster that bounds change.
const (
	inCommon      = "conf/druid/_common/common.runtime.properties"
	inBroker      = "conf/druid/broker/runtime.properties"
	inHistorical  = "conf/druid/historical/runtime.properties"
	inManager     = "conf/druid/middleManager/runtime.properties"
	inCoordinator = "conf/druid/coordinator/runtime.properties"
	inOverlord    = "conf/druid/overlord/runtime.properties"
	inZoo         = "conf/zk/zoo.cfg"
)

func flagsOf(process string) string { return "conf/druid/" + process + "/jvm.config" }

// TestBounds has the last value that a rule leaves alone and the first one that it
// reports, one next to the other. The small cluster has a Broker with 40 connections
// and 12 GiB of heap, a Historical with 8 GiB, 7 threads and 2 merge buffers, and 300 GB
// of segment cache.
func TestBounds(t *testing.T) {
	for _, c := range []struct {
		rule, facts, file, text, fine, wrong string
	}{
		// Java writes references in 8 bytes from 32 GiB on (UseCompressedOops of JDK 17); from 48 GiB on that pays.
		{"jvm-heap-over-32g", "", flagsOf("broker"), "-Xmx%m", "32767", "32768"},
		{"jvm-heap-over-32g", "", flagsOf("broker"), "-Xmx%m", "49152", "49151"},
		{"jvm-heap-unit", "", flagsOf("broker"), "-Xmx%m", "262143", "262144"}, // 256 GiB
		// JDK 17: The Java thread stack size specified is too small. Specify at least 136k.
		{"jvm-stack-too-small", "", flagsOf("broker"), "-Xss%k", "136", "135"},
		{"jvm-stack-too-small", "", flagsOf("broker"), "-Xss%", "0", "1"}, // 0 is the default
		{"jvm-ram-percentage", "", flagsOf("broker"), "-XX:MaxRAMPercentage=%", "1.1", "1.0"},
		{"jvm-ram-percentage", "", flagsOf("broker"), "-XX:MaxRAMPercentage=%", "0", "0.1"},

		// docs/operations/basic-cluster-tuning.md: 4 GiB for a Broker; twice what is usual for those that pass things on.
		{"mem-broker-heap-small", "", flagsOf("broker"), "-Xmx%m", "4096", "4095"},
		{"mem-broker-heap-small", "", flagsOf("router"), "-Xmx%m", "2048", "2049"},
		{"mem-broker-heap-small", "", flagsOf("middleManager"), "-Xmx%m", "1024", "1025"},
		{"mem-direct-unused", "", flagsOf("router"), "-XX:MaxDirectMemorySize=%m", "2048", "2049"},
		{"mem-task-heap-tiny", "", inManager, "druid.indexer.runner.javaOpts=-Xmx%m", "64", "63"},
		// 250,000,000 bytes for each thread: 34 of them in 8 GiB.
		{"mem-historical-heap-rule", "", inHistorical, "druid.processing.numThreads=%", "34", "35"},
		// Two merge buffers may keep a quarter of 8 GiB each before half of it is gone.
		{"mem-groupby-dictionary-heap", "target=druid-0.22", inHistorical, "druid.query.groupBy.maxMergingDictionarySize=%", "2147483648", "2147483649"},
		{"mem-groupby-disk-tiny", "", inHistorical, "druid.query.groupBy.maxOnDiskStorage=%", "1048576", "1048575"},
		{"mem-groupby-disk-tiny", "", inHistorical, "druid.query.groupBy.maxOnDiskStorage=%", "0", "1"},
		{"mem-buffer-too-small", "", inHistorical, "druid.processing.buffer.sizeBytes=%", "100000000", "99999999"},
		{"mem-buffer-too-small", "", inManager, "druid.indexer.fork.property.druid.processing.buffer.sizeBytes=%", "25000000", "24999999"},
		{"mem-buffer-too-small", "deployment=single", inHistorical, "druid.processing.buffer.sizeBytes=%", "1048576", "1048575"},
		// ByteBuffer.allocateDirect takes an int.
		{"mem-buffer-too-large", "", inHistorical, "druid.processing.buffer.sizeBytes=%", "2147483647", "2147483648"},
		{"mem-cache-vs-heap", "", inHistorical, "druid.cache.type=caffeine\ndruid.historical.cache.populateCache=true\ndruid.cache.sizeInBytes=%", "4294967296", "4294967297"},
		{"mem-cache-vs-heap", "", inHistorical, "druid.cache.type=caffeine\ndruid.cache.sizeInBytes=99999999999\ndruid.historical.cache.populateCache=%", "false", "true"},
		// 512 MiB x (7 threads + 2 merge buffers + 1) are 5120 MiB.
		{"mem-direct-insufficient", "", flagsOf("historical"), "-Xmx8g\n-XX:MaxDirectMemorySize=%m", "5120", "5119"},
		{"mem-peon-direct", "", inManager, "druid.indexer.runner.javaOpts=-Xmx1g -XX:MaxDirectMemorySize=%", "500000000", "499999999"},

		// PrioritizedExecutorService.java: no pool without threads. -1 was the default's mark up to 27.
		{"thr-numthreads-zero", "", inHistorical, "druid.processing.numThreads=%", "1", "0"},
		{"thr-numthreads-zero", "target=druid-27", inHistorical, "druid.processing.numThreads=%", "-1", "-2"},
		{"thr-numthreads-zero", "target=druid-28", inHistorical, "druid.processing.numThreads=%", "1", "-1"},
		{"thr-numthreads-zero", "target=druid-0.18", inBroker, "druid.processing.numThreads=%", "1", "0"},
		{"thr-historical-http-vs-brokers", "brokers=1", inHistorical, "druid.server.http.numThreads=%", "40", "39"},
		{"thr-historical-http-vs-brokers", "brokers=2", inHistorical, "druid.server.http.numThreads=%", "80", "79"},
		{"thr-broker-http-vs-own-connections", "", inBroker, "druid.server.http.numThreads=%", "40", "39"},
		{"thr-processing-over-cores", "cores=8", inHistorical, "druid.processing.numThreads=%", "8", "9"},
		{"thr-processing-over-cores", "cores=8", inHistorical, "druid.processing.numThreads=%", "4", "3"},
		{"thr-loadqueue-batch", "", inCommon, "druid.segmentCache.numLoadingThreads=10\ndruid.coordinator.loadqueuepeon.type=http\ndruid.coordinator.loadqueuepeon.http.batchSize=%", "10", "11"},
		{"thr-merge-buffers-zero", "", inHistorical, "druid.processing.numMergeBuffers=%", "1", "0"},
		// memcached takes more than 30 days for a date: 60 * 60 * 24 * 30 in its protocol.txt.
		{"thr-cache-external-hosts", "", inBroker, "druid.cache.type=memcached\ndruid.cache.hosts=m:11211\ndruid.cache.expiration=%", "2592000", "2592001"},

		// ZooKeeper Administrator's Guide: between 2 and 20 times tickTime.
		{"zk-session-timeout", "", inCommon, "druid.zk.service.sessionTimeoutMs=%", "10000", "9999"},
		{"zk-autopurge-off", "", inZoo, "clientPort=2181\nautopurge.purgeInterval=%", "1", "0"},

		{"seg-maxsize-vs-locations", "", inHistorical, "druid.server.maxSize=%", "300000000000", "300000000001"},
		{"seg-maxsize-vs-locations", "", inHistorical, "druid.server.maxSize=%", "300000000000", "299999999999"},
		{"seg-server-maxsize-zero", "target=druid-0.19", inHistorical, "druid.server.maxSize=%", "1", "0"},
		{"seg-location-field", "target=druid-0.16", inHistorical, `druid.segmentCache.locations=[{"path":"/mnt/x","maxSize":%}]`, "1", "0"},
		{"seg-location-field", "target=druid-0.16", inHistorical, `druid.segmentCache.locations=[{"path":"/mnt/x","maxSize":1,"freeSpacePercent":%}]`, "0", "-1"},
		{"seg-location-field", "target=druid-0.15", inHistorical, `druid.segmentCache.locations=[{"path":"/mnt/x","maxSize":1,"freeSpacePercent":%}]`, "-1", "[]"},
		{"seg-loading-threads-zero", "", inHistorical, "druid.segmentCache.numLoadingThreads=%", "1", "0"},

		// DruidCoordinatorSegmentKiller.java, KillUnusedSegments.java and DruidCoordinatorConfig.java.
		{"x-coordinator-kill", "target=druid-25", inCoordinator, "druid.coordinator.kill.maxSegments=%", "1", "0"},
		{"x-coordinator-kill", "target=druid-27", inCoordinator, "druid.coordinator.period.indexingPeriod=PT30M\ndruid.coordinator.kill.period=PT%M", "31", "30"},
		{"x-coordinator-kill", "target=druid-28", inCoordinator, "druid.coordinator.period.indexingPeriod=PT30M\ndruid.coordinator.kill.period=PT%M", "30", "29"},
		// KillAuditLog.java and its kin: no shorter than metadataStoreManagementPeriod, which is PT1H.
		{"x-coordinator-cleanup", "target=druid-25", inCoordinator, "druid.coordinator.kill.audit.on=true\ndruid.coordinator.kill.audit.period=PT%M", "60", "59"},
		{"x-coordinator-cleanup", "target=druid-25", inCoordinator, "druid.coordinator.kill.audit.on=true\ndruid.coordinator.kill.audit.durationToRetain=P%D", "36499", "36500"},
		{"logs-kill-without-retain", "", inOverlord, "druid.indexer.logs.kill.enabled=true\ndruid.indexer.logs.kill.durationToRetain=%", "1", "0"},
		{"logs-kill-without-retain", "", inOverlord, "druid.indexer.logs.kill.enabled=true\ndruid.indexer.logs.kill.durationToRetain=1\ndruid.indexer.logs.kill.delay=%", "1", "0"},
		{"size-plan-outgrown", "brokers=3", inCommon, "# implycheck:sized-for brokers=% data-servers=15", "3", "2"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			for value, found := range map[string]bool{c.fine: false, c.wrong: true} {
				text := strings.ReplaceAll(c.text, "%", value)
				require.Equal(t, found, severities(t, c.facts, c.file, text)[c.rule] != "", "%s: %s", c.facts, text)
			}
		})
	}
}

// TestBoundsOfSeverity has values on both sides of what makes a finding worse.
func TestBoundsOfSeverity(t *testing.T) {
	for _, c := range []struct {
		rule, facts, file, text, less, more string
		severities                          [2]string
	}{
		// The cache fills the heap of 8 GiB, or nearly.
		{"mem-cache-vs-heap", "", inHistorical, "druid.cache.type=caffeine\ndruid.historical.cache.populateCache=true\ndruid.cache.sizeInBytes=%", "8589934591", "8589934592", [2]string{"warning", "error"}},
		// Up to two fifths of a disk are left on purpose: 180 of 300 GB.
		{"seg-maxsize-vs-locations", "", inHistorical, "druid.server.maxSize=%", "180000000001", "180000000000", [2]string{"info", "warning"}},
		// Idle cores waste, threads on no core wait.
		{"thr-processing-over-cores", "cores=8", inHistorical, "druid.processing.numThreads=%", "3", "9", [2]string{"info", "warning"}},
		// 28 removed v1 of groupBy, as its upgrade notes say.
		{"thr-groupby-v1-strategy", "target=druid-28", inBroker, "druid.query.groupBy.defaultStrategy=%", "v1", "v2", [2]string{"info", ""}},
		{"thr-groupby-v1-strategy", "target=druid-27", inBroker, "druid.query.groupBy.defaultStrategy=%", "v2", "v1", [2]string{"", "warning"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			for i, value := range []string{c.less, c.more} {
				text := strings.ReplaceAll(c.text, "%", value)
				require.Equal(t, c.severities[i], severities(t, c.facts, c.file, text)[c.rule], text)
			}
		})
	}
}

// TestSessionOfZooKeeper: what zoo.cfg grants, by its tickTime or by its own bounds.
func TestSessionOfZooKeeper(t *testing.T) {
	for zoo, c := range map[string]struct{ fine, wrong []string }{
		"tickTime=2000":                          {[]string{"10000", "40000"}, []string{"40001"}},
		"tickTime=6000":                          {[]string{"12000", "120000"}, []string{"11999", "120001"}},
		"tickTime=2000\nminSessionTimeout=15000": {[]string{"15000", "40000"}, []string{"14999"}},
		"tickTime=2000\nmaxSessionTimeout=60000": {[]string{"60000"}, []string{"60001"}},
		"clientPort=2181":                        {[]string{"999999"}, nil},
	} {
		for i, list := range [][]string{c.fine, c.wrong} {
			for _, value := range list {
				got := lintFiles(t, "", txtar.File{Name: inCommon, Data: []byte("druid.zk.service.sessionTimeoutMs=" + value + "\n")}, txtar.File{Name: inZoo, Data: []byte(zoo + "\n")})
				require.Equal(t, i == 1, got["zk-session-timeout"] != "", "%s: %s", zoo, value)
			}
		}
	}
}

// severities are the rules that find something in the small cluster with a text in one
// of its files, and how bad the last finding of each is.
func severities(t *testing.T, facts, file, text string) map[string]string {
	t.Helper()
	return lintFiles(t, facts, txtar.File{Name: file, Data: []byte(text + "\n")})
}

func lintFiles(t *testing.T, facts string, files ...txtar.File) map[string]string {
	t.Helper()
	worst := map[string]string{}
	for _, f := range lintOver(t, facts, files...) {
		worst[f.Rule] = f.Severity.String()
	}
	return worst
}

// lintOver lints files that are laid over the clean cluster; facts are NAME=VALUE of one
// fact of it, or nothing.
func lintOver(t *testing.T, facts string, files ...txtar.File) []finding.Finding {
	t.Helper()
	c := &rules.Case{Name: "over", Files: files}
	if name, value, ok := strings.Cut(facts, "="); ok {
		c.Facts = map[string]string{name: value}
	}
	found, err := exampletree.Lint(t.Context(), "testdata/base", c)
	require.NoError(t, err)
	return found
}
