package retune_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/sizing"
)

// What would contradict the plan goes with it, and what is only more than it asks
// for stays.
func TestRepairs(t *testing.T) {
	const jvm, own, broker = "druid/historical/jvm.config", "druid/historical/runtime.properties", "druid/broker/runtime.properties"
	heap := process("historical", "-Xmx2g")
	heap.Heap = 2 << 30
	both := process("historical", "-Xmx2g", "-XX:MaxDirectMemorySize=1g")
	both.Heap = 2 << 30
	for _, c := range []struct {
		what                string
		file, before, after string
		plan                []sizing.Process
		notes               int
	}{
		{"a young generation of the old heap", jvm, "-Xmx8g\n-XX:NewSize=2g\n-XX:MaxNewSize=2g\n-server\n", "-Xmx2g\n-server\n", []sizing.Process{heap}, 2},
		{"one of half the new heap stays", jvm, "-Xmx8g\n-XX:NewSize=1g\n", "-Xmx2g\n-XX:NewSize=1g\n", []sizing.Process{heap}, 0},
		{"on one line", jvm, "-server -Xmn4g -Xmx8g\n", "-server -Xmx2g\n", []sizing.Process{heap}, 1},
		{"with the line ends of Windows", jvm, "-Xmn4g\r\n-Xmx2g\r\n", "-Xmx2g\r\n", []sizing.Process{heap}, 1},
		{"the concurrent collector", jvm, "-Xmx2g\n-XX:+UseParNewGC\n-XX:+UseConcMarkSweepGC\n-XX:CMSInitiatingOccupancyFraction=70\n", "-Xmx2g\n-XX:+UseG1GC\n", []sizing.Process{heap}, 1},
		{"a flag more, with a young generation last", jvm, "-Xmx8g\n-XX:MaxNewSize=4g\n-server\n", "-Xmx2g\n-XX:MaxDirectMemorySize=1g\n-server\n", []sizing.Process{both}, 1},
		{"the same on one line", jvm, "-server -Xmx8g -XX:MaxNewSize=4g", "-server -Xmx2g -XX:MaxDirectMemorySize=1g", []sizing.Process{both}, 1},
		{"a flag more, and no other stays", jvm, "-XX:MaxNewSize=4g\n", "-Xmx2g\n-XX:MaxDirectMemorySize=1g\n", []sizing.Process{both}, 1},
		{"the parallel collector stays", jvm, "-Xmx2g\n-XX:+UseParallelGC\n", "-Xmx2g\n-XX:+UseParallelGC\n", []sizing.Process{heap}, 0},
		{"a misspelt key", own, "druid.server.http.numThread = 12\n", "druid.server.http.numThreads = 40\n", []sizing.Process{process("historical", "druid.server.http.numThreads=40")}, 1},
		{"a key of somebody else's stays", own, "druid.server.http.threads=12\n", "druid.server.http.threads=12\n" + comment + "druid.server.http.numThreads=40\n", []sizing.Process{process("historical", "druid.server.http.numThreads=40")}, 0},
		{"more threads than are needed stay", own, "druid.server.http.numThreads=60\n", "druid.server.http.numThreads=60\n", []sizing.Process{process("historical", "druid.server.http.numThreads=40")}, 0},
		{"fewer do not", own, "druid.server.http.numThreads=30\n", "druid.server.http.numThreads=40\n", []sizing.Process{process("historical", "druid.server.http.numThreads=40")}, 0},
		{
			"connections that the threads are enough for stay", broker, "druid.broker.http.numConnections=20\n", "druid.broker.http.numConnections=20\n",
			[]sizing.Process{process("historical", "druid.server.http.numThreads=50"), process("broker", "druid.broker.http.numConnections=5")}, 0,
		},
		{
			"but not more than the Broker's own threads", broker, "druid.broker.http.numConnections=20\n", "druid.broker.http.numConnections=15\n" + comment + "druid.server.http.numThreads=15\n",
			[]sizing.Process{process("historical", "druid.server.http.numThreads=50"), process("broker", "druid.broker.http.numConnections=5", "druid.server.http.numThreads=15")}, 0,
		},
		{
			"others become as many as fit", broker, "druid.broker.http.numConnections=50\n", "druid.broker.http.numConnections=20\n",
			[]sizing.Process{process("historical", "druid.server.http.numThreads=50"), process("broker", "druid.broker.http.numConnections=5")}, 0,
		},
		{
			"a limit that is not the sum", own, "druid.segmentCache.locations=[{\"path\":\"a\",\"maxSize\":5}]\ndruid.server.maxSize=300\n", "druid.segmentCache.locations=[{\"path\":\"a\",\"maxSize\":7}]\ndruid.server.maxSize=7\n",
			[]sizing.Process{process("historical", `druid.segmentCache.locations=[{"path":"b","maxSize":7}]`)}, 0,
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir := t.TempDir()
			files := map[string]string{"druid/_common/common.runtime.properties": "druid.zk.service.host=zk\n", own: "druid.service=druid/historical\n", jvm: "-server\n", broker: "druid.service=druid/broker\n", "druid/broker/jvm.config": "-server\n"}
			files[c.file] = c.before
			lay(t, dir, files)
			plan := planOf(c.plan...)
			plan.Peers.Brokers = 2
			notes := apply(t, dir, "druid-28", plan)
			require.Len(t, notes, c.notes, "%q", notes)
			after, err := os.ReadFile(filepath.Join(dir, c.file))
			require.NoError(t, err)
			require.Equal(t, c.after, string(after))
		})
	}
}

// The record of what the tree was sized for follows the plan.
func TestRecordFollows(t *testing.T) {
	const common = "druid/_common/common.runtime.properties"
	for before, after := range map[string]string{
		"# implycheck:sized-for brokers=2 data-servers=15\nx=y\n": "# implycheck:sized-for brokers=5 data-servers=15\nx=y\n",
		"# implycheck:sized-for brokers=5\nx=y\n":                 "# implycheck:sized-for brokers=5\nx=y\n",
		"# somebody's\nx=y\n":                                     "# somebody's\nx=y\n",
	} {
		dir := t.TempDir()
		lay(t, dir, map[string]string{common: before, "druid/historical/runtime.properties": "druid.service=druid/historical\n", "druid/historical/jvm.config": "-server\n"})
		plan := planOf(process("historical"))
		plan.Peers = sizing.Peers{Brokers: 5, MostBrokers: 5}
		apply(t, dir, "druid-28", plan)
		text, err := os.ReadFile(filepath.Join(dir, common))
		require.NoError(t, err)
		require.Equal(t, after, string(text))
	}
}
