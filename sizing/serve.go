package sizing

import (
	"fmt"
)

// query is a Broker, and a Router where the release has one in its layout.
func (r Request) query(m Machine, budget int64) ([]Process, error) {
	router := Process{Service: "router"}
	router.memory(512<<20, 128<<20, "docs/operations/basic-cluster-tuning.md", "it only passes queries on", "buffers of the network")
	router.add("druid.router.http.numConnections", "50", "the templates of Druid", "to each Broker")
	router.add("druid.router.http.readTimeout", "PT5M", "the templates of Druid", "as long as a query may take")
	router.add("druid.server.http.numThreads", "100", "docs/operations/basic-cluster-tuning.md", "many clients that wait")
	rest := budget - router.Memory()
	p := profileOf(r.Target)
	buffer, percent, heapPercent := p.buffer, p.directPercent, p.brokerPercent
	broker := r.broker(m, buffer, percent, heapPercent)
	for broker.Memory() > rest && buffer > 16<<20 {
		if percent > 100 {
			percent = 100
		} else if heapPercent > 25 {
			heapPercent = 25
		} else {
			buffer /= 2
		}
		broker = r.broker(m, buffer, percent, heapPercent)
	}
	if broker.Memory() > rest {
		return nil, fmt.Errorf("a Broker takes %s, and %s are there for it", About(broker.Memory()), About(max(0, rest)))
	}
	return []Process{broker, router}, nil
}

// broker merges what Historicals and tasks answer.
func (r Request) broker(m Machine, buffer, percent, heapPercent int64) Process {
	p := profileOf(r.Target)
	b := Process{Service: "broker"}
	threads := ProcessingThreads(m.Cores)
	if r.Target.Release >= 14 && !r.Target.Imply {
		threads = 1
	}
	merge := MergeBuffers(ProcessingThreads(m.Cores))
	need := DirectMemory(r.Target.Release, "broker", buffer, threads, merge)
	heap := min(maxHeap, max(512<<20, (m.Memory/100*heapPercent)+2*r.Lookups)>>28<<28)
	if heap > 1<<30 {
		heap = heap >> 30 << 30
	}
	b.memory(heap, roomFor(need.Bytes, percent), p.name,
		fmt.Sprintf("%d %% of %s, at most 31 GiB", heapPercent, About(m.Memory)), fmt.Sprintf("%s = %s, with room", About(need.Bytes), need.Formula))
	if CountsThreads(r.Target.Release, "broker") {
		b.add("druid.processing.numThreads", fmt.Sprint(threads), p.name, "a Broker merges; the check counts them all the same")
	}
	b.add("druid.processing.numMergeBuffers", fmt.Sprint(merge), "DruidProcessingConfig", "max(2, %d / 4)", ProcessingThreads(m.Cores))
	b.add("druid.processing.buffer.sizeBytes", fmt.Sprint(buffer), p.name, "%s for each merge buffer", Size(buffer))
	conns := r.connections()
	b.add("druid.broker.http.numConnections", fmt.Sprint(conns), "docs/operations/basic-cluster-tuning.md", "to each data process; %d Brokers share its threads", r.Brokers)
	b.add("druid.server.http.numThreads", fmt.Sprint(max(conns+10, max(10, m.Cores*17/16+2)+30)), "docs/operations/basic-cluster-tuning.md", "%d connections + 10, and no less than Druid's default", conns)
	if r.Target.Release >= 13 {
		queued := max(5<<20, 2<<20*r.DataServers)
		b.add("druid.broker.http.maxQueuedBytes", fmt.Sprint(queued), "docs/operations/basic-cluster-tuning.md", "2 MiB for each of %d Historicals, at least 5 MiB", r.DataServers)
	}
	return b
}

// bytesPerSegment is what a Coordinator keeps of a segment, as maintainers
// estimate.
const bytesPerSegment = 5 << 10

// master is a Coordinator, an Overlord and a ZooKeeper.
func (r Request) master(m Machine, budget int64) []Process {
	p := profileOf(r.Target)
	heap := m.Memory / 5
	if heap >= 1<<30 {
		heap = heap >> 30 << 30
	} else {
		heap = max(256<<20, heap>>28<<28)
	}
	zkHeap := min(2<<30, max(128<<20, m.Memory/8>>27<<27))
	if r.Target.Release >= 15 && !r.Target.Imply {
		zkHeap = min(zkHeap, 1<<30)
	}
	coordinator := Process{Service: "coordinator"}
	own := min(maxHeap, max(heap, wholeMiB(1<<30+r.Segments*bytesPerSegment)))
	if r.Segments == 0 {
		own = min(maxHeap, heap)
	}
	coordinator.memory(own, 0, p.name, fmt.Sprintf("a fifth of %s, and 1 GiB + 5 KiB for each of %d segments", About(m.Memory), r.Segments), "")
	overlord := Process{Service: "overlord"}
	overlord.memory(min(16<<30, heap), 0, p.name, fmt.Sprintf("a fifth of %s", About(m.Memory)), "")
	overlord.add("druid.indexer.storage.type", "metadata", "CliOverlord", "so that tasks outlive their Overlord")
	overlord.add("druid.indexer.runner.type", runner(r), "CliOverlord", "MiddleManagers run the tasks")
	zk := Process{Service: "zookeeper"}
	zk.memory(zkHeap, 0, p.name, "an eighth of the memory, at most 2 GiB", "")
	return []Process{coordinator, overlord, zk}
}

func runner(r Request) string {
	if r.Target.Release >= 25 {
		return "httpRemote"
	}
	return "remote"
}
