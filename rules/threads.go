package rules

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

func threadRules() []*Rule {
	return []*Rule{
		thrNumThreads, thrHistoricalHTTP, thrBrokerHTTP, thrOverCores, thrMergeZero, thrRouterIgnored, thrGroupByLimits,
		thrGroupByV1, thrTimeoutOrder, thrIdleTimeout, thrLoadBatch, thrLanes, sizedOutgrown,
	}
}

var thrNumThreads = &Rule{
	ID: "thr-numthreads-zero", Severity: finding.Error, Area: Threads,
	Title:  "A processing pool without threads.",
	Why:    "Queries are answered by this pool; up to 27 -1 means the default.",
	Effect: "The process stops at start with a bare java.lang.IllegalArgumentException.",
	Fix:    "Write 1 or more, or delete the line: the default is the number of cores less one.",
	Source: "processing/src/main/java/org/apache/druid/query/PrioritizedExecutorService.java (create) and java-util ExecutorServiceConfig.java (DEFAULT_NUM_THREADS), 0.14.2; DruidProcessingConfig.java, 28 and 38 (#14695: a number that is given counts); run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			switch {
			case s.Process() == "historical", s.Process() == "indexer", s.Process() == "broker" && p.Release() <= 18:
				v := s.Get(threadsKey)
				if n, ok := v.Int64(); v.Set && ok && p.refusesThreads(n) {
					p.Report(Val(v).Of(s), "the %s has %d processing threads", s.Name, n)
				}
			case s.Name == "middleManager":
				v := taskValue(s, threadsKey)
				if n, ok := v.Int64(); v.Set && ok && p.refusesThreads(n) {
					f := p.Report(Val(v), "tasks have %d processing threads", n)
					f.Effect = "The MiddleManager runs, and every task stops at start with a bare java.lang.IllegalArgumentException."
				}
			}
		}
	},
}

// refusesThreads reports whether no pool can have that many threads.
func (p *Pass) refusesThreads(n int64) bool { return n < -1 || n == 0 || n == -1 && p.Release() >= 28 }

const (
	serverThreadsKey = "druid.server.http.numThreads"
	connectionsKey   = "druid.broker.http.numConnections"
)

var thrHistoricalHTTP = &Rule{
	ID: "thr-historical-http-vs-brokers", Severity: finding.Warning, Area: Threads,
	Title:  "Brokers open more connections than a data process has threads to serve.",
	Why:    "Each Broker keeps up to druid.broker.http.numConnections connections to each Historical and task, and every connection in use takes a thread there.",
	Effect: "Queries wait in the data process's queue, and health checks and segment loading with them; nothing is logged.",
	Fix:    "Set druid.server.http.numThreads to the connections of all Brokers and some 10 more, or lower druid.broker.http.numConnections.",
	Source: "docs/operations/basic-cluster-tuning.md (connection pool sizing), 0.18; DruidHttpClientConfig.java:40 and ServerConfig.java:42, 0.14.2",
	Check: func(p *Pass) {
		broker := p.Tree.Service("broker")
		if broker == nil {
			return
		}
		connections := broker.Get(connectionsKey)
		each, ok := connections.Int64()
		brokers := max(1, p.Topology.brokers())
		if !ok || each <= 0 || p.outgrewBrokers() {
			return
		}
		for _, s := range p.Services("historical", "middleManager", "indexer") {
			v := s.Get(serverThreadsKey)
			if s.Name == "middleManager" {
				v = taskValue(s, serverThreadsKey)
			}
			threads, ok := v.Int64()
			if !v.Set || !ok || threads <= 0 || threads >= each*brokers {
				continue
			}
			whose := "a Broker"
			if brokers > 1 {
				whose = fmt.Sprintf("each of %d Brokers", brokers)
			}
			f := p.Report(Val(v).Of(s), "%s for %s of %s", text.Count(int(threads), "thread"), text.Count(int(each), "connection"), whose)
			relate(f, p.Where(broker, connections), "the connections of a Broker")
		}
	},
}

var thrBrokerHTTP = &Rule{
	ID: "thr-broker-http-vs-own-connections", Severity: finding.Warning, Area: Threads,
	Title:  "A Broker with fewer server threads than connections to data processes.",
	Why:    "A thread serves one query at a time, and each query takes a connection to every data process.",
	Effect: "The connections beyond the threads are never used.",
	Fix:    "Set druid.server.http.numThreads a little higher than druid.broker.http.numConnections.",
	Source: "docs/operations/basic-cluster-tuning.md (Broker), 0.18",
	Check: func(p *Pass) {
		for _, s := range p.Services("broker") {
			v, own := s.Get(serverThreadsKey), s.Get(connectionsKey)
			threads, ok := v.Int64()
			connections, okOwn := own.Int64()
			if v.Set && own.Set && ok && okOwn && threads > 0 && threads < connections {
				f := p.Report(Val(v).Of(s), "fewer threads for queries than connections for them: %d and %d", threads, connections)
				relate(f, Val(own), "the connections")
			}
		}
	},
}

var thrOverCores = &Rule{
	ID: "thr-processing-over-cores", Severity: finding.Warning, Area: Threads,
	Title:  "More processing threads than cores.",
	Why:    "Processing threads compute all the time; more of them than cores take turns, and each has a buffer.",
	Effect: "Queries are no faster, memory goes to buffers, and the process answers health checks late.",
	Fix:    "Set druid.processing.numThreads to the cores less one; count the threads of tasks on the same server.",
	Source: "docs/operations/basic-cluster-tuning.md, 0.18; ExecutorServiceConfig.java:42 (cores - 1), 0.14.2",
	Check: func(p *Pass) {
		for _, server := range p.servers() {
			machine, ok := p.machine(server)
			if !ok || machine.Cores == 0 {
				continue
			}
			for _, s := range server.Services {
				v := s.Get(threadsKey)
				threads, ok := v.Int64()
				if !v.Set || !ok || s.Process() != "historical" && (s.Process() != "broker" || p.Release() >= 23) {
					continue
				}
				if threads > machine.Cores {
					p.Report(Val(v).Of(s), "%d processing threads on %d cores", threads, machine.Cores)
				} else if threads < machine.Cores/2 && s.Process() == "historical" {
					f := p.Report(Val(v).Of(s), "%d processing threads on %d cores: some idle", threads, machine.Cores)
					f.Severity = finding.Info
					f.Effect = "Queries are slower than they could be, unless other processes need the cores."
				}
			}
		}
	},
}

var thrMergeZero = &Rule{
	ID: "thr-merge-buffers-zero", Severity: finding.Warning, Area: Threads,
	Title:  "No buffer to merge grouped queries in.",
	Why:    "Every groupBy takes a merge buffer, a nested one two.",
	Effect: "The process runs, and groupBy queries fail or wait: Not enough merge buffers, or a timeout.",
	Fix:    "Write 2 or more, or delete the line.",
	Source: "processing/src/main/java/org/apache/druid/query/groupby/epinephelinae/GroupByMergingQueryRunnerV2.java and java-util DefaultBlockingPool.java, 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical", "broker", "middleManager", "indexer") {
			v := s.Get(mergeKey)
			if s.Name == "middleManager" {
				v = taskValue(s, mergeKey)
			}
			if n, ok := v.Int64(); v.Set && ok && n == 0 {
				p.Report(Val(v).Of(s), "there are no merge buffers, and groupBy queries need them")
			}
		}
	},
}

var thrRouterIgnored = &Rule{
	ID: "thr-router-processing-ignored", Severity: finding.Info, Area: Threads,
	Title:  "Processing settings for a process that does not process.",
	Why:    "Routers pass queries on, and from 0.23 on Brokers merge results without processing threads.",
	Effect: "The Router logs: numThreads[...] configured, that is ignored on Router. Brokers silently ignore it.",
	Fix:    "Delete the line.",
	Source: "server/src/main/java/org/apache/druid/guice/RouterProcessingModule.java:64,84, 38",
	Check: func(p *Pass) {
		for _, s := range p.Services("router") {
			for _, key := range []string{threadsKey, mergeKey} {
				if v := s.Get(key); v.Set && v.File != p.Tree.Common {
					f := p.Report(Key(v).Of(s), "the %s ignores %s", s.Name, key)
					f.Fix = edit(true, line(v), "")
				}
			}
		}
	},
}

// line is the place of a whole entry of a properties file, or of a flag.
func line(v conf.Value) Place {
	if v.Entry == nil {
		return Key(v)
	}
	return At(v.File, v.Entry.Span)
}

// processes are those that run queries on their own data or merge results.
func (p *Pass) processes() []*conf.Service {
	return p.Services("historical", "broker", "middleManager", "indexer")
}

var thrGroupByLimits = &Rule{
	ID: "thr-groupby-v1-limits-have-no-effect", Severity: finding.Info, Area: Threads, Releases: schema.Range{Until: 27},
	Title:  "Limits of the groupBy engine v1, where v2 runs.",
	Why:    "maxIntermediateRows and maxResults are read by v1 only, and v2 has been the default since 0.10.",
	Effect: "None: queries are not limited.",
	Fix:    "Limit v2 with druid.query.groupBy.maxOnDiskStorage, maxMergingDictionarySize and druid.processing.numMergeBuffers.",
	Source: "processing/src/main/java/org/apache/druid/query/groupby/GroupByQueryEngine.java:318, 0.14.2, the only reader",
	Check: func(p *Pass) {
		for _, s := range p.processes() {
			strategy := s.Get("druid.query.groupBy.defaultStrategy")
			if !strategy.Is("v2") {
				continue
			}
			for _, key := range []string{"druid.query.groupBy.maxIntermediateRows", "druid.query.groupBy.maxResults"} {
				if v := s.Get(key); v.Set {
					p.Report(Key(v).Of(s), "groupBy v2 does not read %s", key)
				}
			}
		}
	},
}

var thrGroupByV1 = &Rule{
	ID: "thr-groupby-v1-strategy", Severity: finding.Warning, Area: Threads,
	Title:  "The groupBy engine v1.",
	Why:    "v1 merges results on the heap, is slower, and was removed in 28.",
	Effect: "OutOfMemoryError with large results; from 28 on the line is ignored and v2 runs.",
	Fix:    "Delete the line.",
	Source: "docs/release-info/upgrade-notes.md (28.0.0: removed GroupBy v1), 38; docs/content/querying/groupbyquery.md, 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.Settings() {
			if innerKey(s.Key) != "druid.query.groupBy.defaultStrategy" || !s.Is("v1") {
				continue
			}
			f := p.Report(Val(s.Value), "groupBy queries run on v1")
			if p.Release() >= 28 {
				f.Severity = finding.Info
				f.Message = "groupBy v1 is gone, and v2 runs"
			}
			f.Fix = edit(false, line(s.Value), "")
		}
	},
}

var thrTimeoutOrder = &Rule{
	ID: "thr-timeout-order", Severity: finding.Error, Area: Threads,
	Title:  "The longest timeout allowed is shorter than the default one.",
	Why:    "Queries without a timeout of their own get the default, and it is checked against the limit.",
	Effect: "Every such query fails: configured [timeout = ...] is more than enforced limit of maxQueryTimeout [...].",
	Fix:    "Lower druid.server.http.defaultQueryTimeout to the limit, or raise druid.server.http.maxQueryTimeout.",
	Source: "processing/src/main/java/org/apache/druid/query/QueryContexts.java:162 (verifyMaxQueryTimeout) and ServerConfig.java, 0.14.2; QueryContext.java:541, 38",
	Check: func(p *Pass) {
		for _, s := range p.Services("broker", "historical") {
			limit, byDefault := s.Get("druid.server.http.maxQueryTimeout"), s.Get("druid.server.http.defaultQueryTimeout")
			most, ok := limit.Int64()
			least, okDefault := byDefault.Int64()
			if !limit.Set || !ok || !okDefault || most >= least {
				continue
			}
			f := p.Report(Val(limit).Of(s), "queries may run for %d ms, and by default run for up to %d ms", most, least)
			if byDefault.Set {
				relate(f, Val(byDefault), "the default")
			}
		}
	},
}

var thrIdleTimeout = &Rule{
	ID: "thr-idle-vs-read-timeouts", Severity: finding.Warning, Area: Threads, Releases: schema.Range{From: 13},
	Title:  "Connections are kept longer than the other side keeps them.",
	Why:    "A Broker may reuse a connection that it believes to be open, and the server has closed it; a read timeout below the idle time cannot work either.",
	Effect: "WARN Ohh no! UnusedConnectionTimeout[...] is longer than readTimeout[...], or queries that fail with Connection reset by peer.",
	Fix:    "Keep druid.broker.http.unusedConnectionTimeout below druid.server.http.maxIdleTime of the data processes, and both below druid.broker.http.readTimeout.",
	Source: "server/src/main/java/org/apache/druid/guice/http/DruidHttpClientConfig.java:101, 0.14.2; docs/content/configuration/index.md:1367, 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.Services("broker") {
			v := s.Get("druid.broker.http.unusedConnectionTimeout")
			unused, ok := v.Duration()
			read := s.Get("druid.broker.http.readTimeout")
			if limit, okRead := read.Duration(); ok && okRead && (v.Set || read.Set) && unused >= limit {
				f := p.Report(p.Where(s, either(v, read)), "unused connections are kept for %s, and reading gives up after %s", v.Text, read.Text)
				f.Service = s.Name
			}
			for _, data := range p.Services("historical", "middleManager", "indexer") {
				idle := data.Get("druid.server.http.maxIdleTime")
				if limit, okIdle := idle.Duration(); ok && okIdle && (v.Set || idle.Set) && unused >= limit {
					f := p.Report(p.Where(s, either(v, idle)), "the Broker keeps unused connections for %s, and the %s closes them after %s", v.Text, data.Name, idle.Text)
					f.Service = ""
					break
				}
			}
		}
	},
}

// either is the value that is written, the first one if both are.
func either(a, b conf.Value) conf.Value {
	if a.Set {
		return a
	}
	return b
}

var thrLoadBatch = &Rule{
	ID: "thr-loadqueue-batch", Severity: finding.Warning, Area: Threads,
	Title:  "The Coordinator sends more segments at once than a Historical loads at once.",
	Why:    "A Historical answers when the whole batch is loaded; what is above its threads waits.",
	Effect: "Loading looks stuck, and the Coordinator gives up on segments that only wait.",
	Fix:    "Keep druid.coordinator.loadqueuepeon.http.batchSize below druid.segmentCache.numLoadingThreads.",
	Source: "docs/content/configuration/index.md:742, 0.14.2; HttpLoadQueuePeon.java, 34 (a batchSize that is given counts)",
	Check: func(p *Pass) {
		for _, s := range p.Services("coordinator") {
			v := s.Get("druid.coordinator.loadqueuepeon.http.batchSize")
			batch, ok := v.Int64()
			if !v.Set || !ok || p.Release() <= 30 && !s.Get("druid.coordinator.loadqueuepeon.type").Is("http") {
				continue
			}
			for _, data := range p.Services("historical") {
				threads := data.Get("druid.segmentCache.numLoadingThreads")
				if n, ok := threads.Int64(); ok && n > 0 && batch > n {
					f := p.Report(Val(v).Of(s), "%d segments are sent at once, and a Historical loads %d", batch, n)
					if threads.Set {
						relate(f, Val(threads), "the threads")
					}
				}
			}
		}
	},
}

const laningKey = "druid.query.scheduler.laning."

var thrLanes = &Rule{
	ID: "thr-lanes-without-strategy", Severity: finding.Warning, Area: Threads, Releases: schema.Range{From: 18},
	Title:  "Query lanes without a strategy that uses them.",
	Why:    "Unless druid.query.scheduler.laning.strategy is set, it is none, and no lane has a limit.",
	Effect: "Queries are not limited. Druid does not say so.",
	Fix:    "Set druid.query.scheduler.laning.strategy=manual for lanes, hilo for maxLowPercent.",
	Source: "server/src/main/java/org/apache/druid/server/QuerySchedulerProvider.java and QueryLaningStrategy.java (default none), 0.18 and 38",
	Check: func(p *Pass) {
		for _, s := range p.Services("broker", "router", "historical") {
			strategy := s.Get(laningKey + "strategy")
			if strategy.Set && !strategy.Is("none") {
				continue
			}
			for _, key := range s.Keys() {
				if strings.HasPrefix(key, laningKey+"lanes.") || key == laningKey+"lanes" || key == laningKey+"maxLowPercent" {
					f := p.Report(Key(s.Get(key)), "%sstrategy is %s, so nothing reads %s", laningKey, textOr(strategy, "not set"), key)
					if strings.HasSuffix(key, "maxLowPercent") {
						f.Help = "Set " + laningKey + "strategy=hilo."
					} else {
						f.Help = "Set " + laningKey + "strategy=manual."
					}
					break
				}
			}
		}
	},
}
