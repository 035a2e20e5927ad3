package sizing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// Roles are the servers that a request may ask for by name. AllInOne is one
// machine that runs everything.
const (
	Data     = "data"
	Query    = "query"
	Master   = "master"
	AllInOne = "all-in-one"
)

// Roles lists them.
func Roles() []string { return []string{Data, Query, Master, AllInOne} }

// ServiceNames are the processes that a server may be made of.
func ServiceNames() []string {
	return []string{"historical", "middleManager", "indexer", "broker", "router", "coordinator", "overlord", "coordinator-overlord", "zookeeper", "pivot"}
}

// ServicesOf are the processes of a role. Imply keeps Coordinator and Overlord
// apart and has Pivot; Druid's template joins the two from 0.15 on.
// Its error lists the roles.
func ServicesOf(role string, t schema.Target) ([]string, error) {
	master := []string{"coordinator", "overlord", "zookeeper"}
	if !t.Imply && t.Release >= 15 {
		master = []string{"coordinator-overlord", "zookeeper"}
	}
	query := []string{"broker", "router"}
	if t.Imply {
		query = append(query, "pivot")
	}
	data := []string{"historical", "middleManager"}
	switch role {
	case Data:
		return data, nil
	case Query:
		return query, nil
	case Master:
		return master, nil
	case AllInOne:
		return slices.Concat(data, query, master), nil
	}
	return nil, fmt.Errorf("unknown role %q: write one of %s", role, strings.Join(Roles(), ", "))
}

// claim is what a service asks of a server's memory: a floor below which it does
// not work, and a weight by which what is left beyond all floors is divided. What
// a service does not want goes to the page cache. weight is for servers of one
// role, among for those that run everything.
type claim struct {
	service string
	use     PartKind
	floor   int64
	weight  int64
	among   int64
}

// The least that the parts of a process work with. The smallest templates of
// Druid, nano-quickstart, have 512m for a Historical and 256m for a task.
const (
	leastHeap       = 256 << 20
	leastMasterHeap = 256 << 20
	leastSmallHeap  = 128 << 20
	leastBuffer     = 16 << 20
	// historicalBuffers and brokerBuffers are how many buffers there is room for
	// on the smallest server; only then do buffers get larger, and only when they
	// are as large as they should be does their number grow.
	historicalBuffers = 8
	brokerBuffers     = 4
	indexerBuffers    = 8
	leastTasks        = 2
)

func leastTask() int64 { return heapRoom(taskPool, leastHeap) + taskBuffers(2)*leastBuffer }

// claims are the table that divides servers.
func claims() []claim {
	return []claim{
		{"historical", PartHeap, heapRoom("historical", leastHeap), 20, 10},
		{"historical", PartDirect, historicalBuffers * leastBuffer, 42, 22},
		{"historical", PartFree, 0, 15, 24},
		{"middleManager", PartHeap, heapRoom("middleManager", 64<<20), 1, 1},
		{"middleManager", PartTasks, leastTasks * leastTask(), 28, 18},
		{"indexer", PartHeap, heapRoom("indexer", 512<<20), 25, 12},
		{"indexer", PartDirect, indexerBuffers * leastBuffer, 12, 6},
		{"broker", PartHeap, heapRoom("broker", leastHeap), 50, 8},
		{"broker", PartDirect, brokerBuffers * leastBuffer, 22, 7},
		{"router", PartHeap, heapRoom("router", leastSmallHeap), 3, 1},
		{"router", PartDirect, networkDirect, 0, 0},
		{"coordinator", PartHeap, heapRoom("coordinator", leastMasterHeap), 24, 5},
		{"overlord", PartHeap, heapRoom("overlord", leastMasterHeap), 14, 3},
		{"coordinator-overlord", PartHeap, heapRoom("coordinator-overlord", leastMasterHeap), 38, 8},
		{"zookeeper", PartHeap, heapRoom("zookeeper", leastSmallHeap), 10, 2},
		{"pivot", PartOther, 512 << 20, 5, 3},
	}
}

// room is what each part of each service of a server may take.
type room map[string]map[PartKind]int64

// claimsOf are the claims of a server, with floors raised to what the request
// demands.
func (r Request) claimsOf(s ServerRequest, services []string) []claim {
	var list []claim
	for _, c := range claims() {
		if !slices.Contains(services, c.service) {
			continue
		}
		if s.Role == AllInOne {
			c.weight = c.among
		}
		if c.use == PartTasks {
			c.weight = c.weight * r.taskPercent() / 100
		}
		c.floor = max(c.floor, r.demand(c))
		list = append(list, c)
	}
	return list
}

// demand is the floor that lookups and segments set.
func (r Request) demand(c claim) int64 {
	switch {
	case c.use == PartTasks:
		return leastTasks * (leastTask() + heapRoom(taskPool, 2*r.Lookups) - heapRoom(taskPool, 0))
	case c.use != PartHeap:
		return 0
	case c.service == "broker":
		return heapRoom(c.service, ceilHeap(leastHeap+2*r.Lookups+r.Segments*bytesPerSegment))
	case c.service == "historical", c.service == "indexer":
		return heapRoom(c.service, ceilHeap(leastHeap+2*r.Lookups))
	case r.Segments > 0 && c.service == "coordinator", r.Segments > 0 && c.service == "coordinator-overlord":
		return heapRoom(c.service, coordinatorLeast(r.Segments))
	case r.Segments > 0 && c.service == "overlord":
		return heapRoom(c.service, overlordLeast(r.Segments))
	}
	return 0
}

// divide gives every part its floor and its share of the rest. Both grow with
// the memory, so that a larger server never gives less to anything.
func divide(budget int64, list []claim) room {
	var floors, weights int64
	for _, c := range list {
		floors += c.floor
		weights += c.weight
	}
	rooms := room{}
	for _, c := range list {
		if rooms[c.service] == nil {
			rooms[c.service] = map[PartKind]int64{}
		}
		rooms[c.service][c.use] = c.floor + (budget-floors)/max(1, weights)*c.weight
	}
	return rooms
}

// leastMemory is the smallest server, or container, that the claims fit on.
func leastMemory(list []claim, reserve int64, limited bool) int64 {
	sum := reserve
	for _, c := range list {
		sum += c.floor
	}
	if limited {
		return roundUp((sum+94)/95*100, 64<<20)
	}
	return roundUp((sum+84)/85*100, 512<<20)
}
