package sizing

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// What Druid's classes compute where nothing is set, at the edges of each formula.
func TestDruidsDefaults(t *testing.T) {
	// ServerConfig.java: max(10, cores * 17 / 16 + 2) + 30.
	for cores, want := range map[int64]int64{1: 40, 7: 40, 8: 40, 9: 41, 16: 49, 32: 66, 64: 100} {
		require.Equal(t, want, DefaultHTTPThreads(cores), cores)
	}
	// DruidProcessingConfig.java: max(cores - 1, 1) and max(2, threads / 4).
	for cores, want := range map[int64]int64{1: 1, 2: 1, 3: 2, 16: 15} {
		require.Equal(t, want, ProcessingThreads(cores), cores)
	}
	for threads, want := range map[int64]int64{1: 2, 11: 2, 12: 3, 16: 4} {
		require.Equal(t, want, MergeBuffers(threads), threads)
	}
	// DruidProcessingModule.java, verifyDirectMemory; BrokerProcessingModule.java of 0.23 counts no threads.
	require.EqualValues(t, 10*100, DirectMemory(28, "historical", 100, 7, 2).Bytes)
	require.EqualValues(t, 10*100, DirectMemory(22, "broker", 100, 7, 2).Bytes)
	require.EqualValues(t, 3*100, DirectMemory(23, "broker", 100, 7, 2).Bytes)
	require.Equal(t, "DruidProcessingModule", DirectMemory(22, "broker", 100, 7, 2).Source)
	for _, process := range []string{"historical", "broker", "peon", "indexer", "realtime"} {
		require.True(t, UsesDirect(process))
	}
	for _, process := range []string{"coordinator", "overlord", "middleManager", "router", "zookeeper"} {
		require.False(t, UsesDirect(process))
	}
	// CaffeineCacheConfig.java: Long.MAX_VALUE in 0.12; min(1 GiB, heap / 10), heap / 20 from 26 on.
	for _, c := range []struct {
		release     schema.Release
		heap, bytes int64
		limited     bool
	}{
		{12, 20 << 30, 0, false}, {13, 1000, 100, true}, {25, 1000, 100, true}, {26, 1000, 50, true},
		{13, 10 << 30, 1 << 30, true}, {13, 11 << 30, 1 << 30, true}, {26, 20 << 30, 1 << 30, true}, {26, 40 << 30, 1 << 30, true},
	} {
		bytes, limited := CacheSize(c.release, c.heap)
		require.Equal(t, c.bytes, bytes, c)
		require.Equal(t, c.limited, limited, c)
	}
	// Measured on JDK 17: 8/9 of a heap that may grow, 23/24 of one that is fixed.
	least, most := MaxDirectUnset(9<<30, false)
	require.Equal(t, [2]int64{8 << 30, 9 << 30}, [2]int64{least, most})
	least, most = MaxDirectUnset(24<<30, true)
	require.Equal(t, [2]int64{23 << 30, 24 << 30}, [2]int64{least, most})
}

// How many tasks the templates of conf/druid/single-server run, on the machines
// that docs/operations/single-server.md has them for.
func TestCapacityOfTemplates(t *testing.T) {
	for cores, want := range map[int64]int64{1: 2, 4: 2, 8: 3, 16: 4, 32: 8, 64: 16} {
		require.Equal(t, want, capacity(cores, 100), cores)
		// A workload takes part of them, one at least, or more up to the cores.
		require.Equal(t, max(1, want/2), capacity(cores, 50), cores)
		require.Equal(t, max(want, min(want*2, cores)), capacity(cores, 200), cores)
		require.GreaterOrEqual(t, capacity(cores, 1), int64(1))
	}
	require.EqualValues(t, 2, capacity(4, 101))
	require.EqualValues(t, 3, capacity(5, 100))
	require.EqualValues(t, 3, capacity(15, 100))
}

// figure is a number of one process on a server of its own.
func figure(t *testing.T, target, service string, m Machine, change func(*Request), key string) int64 {
	parsed, err := schema.ParseTarget(target)
	require.NoError(t, err)
	r := Request{Target: parsed, Servers: []ServerRequest{{Role: Query, Services: []string{service}, Machine: m}}}
	if change != nil {
		change(&r)
	}
	plan, err := Advise(r)
	require.NoError(t, err)
	f, ok := plan.Servers[0].Processes[0].Figure(key)
	require.True(t, ok, key)
	if strings.HasPrefix(key, "-") { // g and m of java are powers of two
		n, _, err := text.ParseMemory(f.Value + "b")
		require.NoError(t, err)
		return n
	}
	n, ok := bytesOf(f.Value)
	require.True(t, ok, f.Value)
	return n
}

// docs/operations/basic-cluster-tuning.md, on servers that have room for all of it.
func TestTuningGuide(t *testing.T) {
	const (
		gib = int64(1) << 30
		mib = int64(1) << 20
	)
	large := Machine{Cores: 16, Memory: 256 * gib}
	servers := func(n int64) func(*Request) { return func(r *Request) { r.DataServers = n } }
	brokers := func(n int64) func(*Request) { return func(r *Request) { r.Brokers = n } }
	lookups := func(r *Request) { r.Lookups, r.NoCache = gib, true }
	for _, c := range []struct {
		says, service, key string
		change             func(*Request)
		want               int64
	}{
		{"4 to 8 GiB for some 15 servers or less", "broker", "-Xmx", servers(15), 8 * gib},
		{"more beyond", "broker", "-Xmx", servers(17), 9 * gib},
		{"30 to 60 GiB for some 100: as far as references stay short", "broker", "-Xmx", servers(100), 31 * gib},
		{"the Coordinator's grows alike", "coordinator", "-Xmx", servers(17), 9 * gib},
		{"25 to 50 % of the Coordinator's", "overlord", "-Xmx", servers(15), 4 * gib},
		{"half a GiB for each core", "historical", "-Xmx", func(r *Request) { r.NoCache = true }, 8 * gib},
		{"and twice the lookups", "historical", "-Xmx", lookups, 10 * gib},
		{"and twice the lookups", "broker", "-Xmx", lookups, 10 * gib},
		{"buffers of 500 MiB", "historical", bufferSize, nil, 500 * mib},
		{"cores less one", "historical", numThreads, nil, 15},
		{"a buffer for each groupBy", "historical", numMerge, nil, 3},
		{"2 MiB for each Historical", "broker", "druid.broker.http.maxQueuedBytes", servers(50), 100 * mib},
		{"50 connections of all Brokers", "broker", "druid.broker.http.numConnections", brokers(1), 50},
		{"divided by them", "broker", "druid.broker.http.numConnections", brokers(5), 10},
		{"5 at least", "broker", "druid.broker.http.numConnections", brokers(20), 5},
		{"50 and 10", "historical", httpThreads, brokers(1), 60},
		{"50 and 10", "historical", httpThreads, brokers(5), 60},
		{"all of 20 Brokers", "historical", httpThreads, brokers(20), 110},
		{"a MiddleManager needs little", "middleManager", "-Xmx", nil, 256 * mib},
		{"a Router too", "router", "-Xmx", nil, gib},
		{"100 MiB for a task", "middleManager", forkPrefix + bufferSize, nil, 100 * mib},
		{"2 merge buffers for nested queries", "middleManager", forkPrefix + numMerge, nil, 2},
		{"1 thread for a task", "middleManager", forkPrefix + numThreads, nil, 1},
	} {
		require.Equal(t, c.want, figure(t, "druid-0.22", c.service, large, c.change, c.key), "%s: %s of %s", c.says, c.key, c.service)
	}
	// DruidHttpClientConfig.java of 24: 2 % of the heap, at least 25 million bytes.
	require.EqualValues(t, 8*gib/50/mib*mib, figure(t, "druid-28", "broker", large, nil, "druid.broker.http.maxQueuedBytes"))
	require.EqualValues(t, 25*mib, figure(t, "druid-28", "broker", Machine{Cores: 2, Memory: 2 * gib}, nil, "druid.broker.http.maxQueuedBytes"))
	require.EqualValues(t, 10*mib, figure(t, "druid-0.22", "broker", large, servers(5), "druid.broker.http.maxQueuedBytes"))
	require.EqualValues(t, 12*mib, figure(t, "druid-0.22", "broker", large, servers(6), "druid.broker.http.maxQueuedBytes"))
	// conf/druid/single-server: as many merge buffers in a Broker as three quarters of the cores, up to 16.
	for cores, want := range map[int64]int64{1: 2, 2: 2, 4: 3, 16: 12, 64: 16} {
		require.Equal(t, want, figure(t, "druid-28", "broker", Machine{Cores: cores, Memory: 256 * gib}, nil, numMerge))
	}
}
