package sizing

import "github.com/implycheck/implycheck/schema"

// school is a way to size. There are two: the templates of Imply, which Druid's
// own followed up to 0.14, and Druid's tuning guide from 0.15 on.
type school struct {
	// name is the source that figures cite.
	name string
	// heapPerCore is a Historical's heap for each core.
	heapPerCore int64
	// cacheInHeap says that the heap per core has room for the cache.
	cacheInHeap bool
	// buffer is the size of a processing buffer where there is memory for it.
	buffer int64
	// directPercent is the direct memory to grant, of what the check asks for; 0
	// grants what is checked and what the network takes.
	directPercent int64
	// directUnit is what large amounts of it are rounded up to.
	directUnit int64
	// brokerThreads says that a Broker is given as many processing threads as a
	// Historical, though it only merges.
	brokerThreads bool
	// connections of all Brokers to a data process, or of each of them.
	connections    int64
	connectionsAll bool
	// A task.
	taskHeap, taskThreads, taskBuffer int64
	managerHeap                       int64
	zooKeeperHeap                     int64
	routerHeap                        int64
}

var (
	implySchool = school{
		name: "conf of Imply 2.7.8", heapPerCore: 1 << 30, cacheInHeap: true, buffer: 512 << 20, directPercent: 150, directUnit: 1 << 30, brokerThreads: true,
		connections: 5, taskHeap: 2 << 30, taskThreads: 2, taskBuffer: 100_000_000, managerHeap: 64 << 20, zooKeeperHeap: 2 << 30, routerHeap: 512 << 20,
	}
	guideSchool = school{
		name: "docs/operations/basic-cluster-tuning.md", heapPerCore: 512 << 20, buffer: 500 << 20, directUnit: 1 << 28,
		connections: 50, connectionsAll: true, taskHeap: 1 << 30, taskThreads: 1, taskBuffer: 100 << 20, managerHeap: 256 << 20, zooKeeperHeap: 1 << 30, routerHeap: 1 << 30,
	}
)

// schoolOf picks one. Druid's own templates up to 0.14 are Imply's but for their
// Brokers, which have one processing thread.
func schoolOf(t schema.Target) school {
	if !t.Imply && t.Release >= 15 {
		return guideSchool
	}
	s := implySchool
	s.brokerThreads = t.Imply
	return s
}
