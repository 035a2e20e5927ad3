package sizing

import (
	"errors"
	"fmt"
	"math"

	"github.com/implycheck/implycheck/schema"
)

// Demand is what a cluster has to hold and to do.
type Demand struct {
	Target schema.Target
	// Data is the size of all segments, each counted once, in bytes.
	Data int64
	// Replication is how many servers hold each segment.
	Replication int64
	// Hot is the part of the data that is to be served from memory.
	Hot Share
	// Ingest is what streams bring, in bytes per second.
	Ingest int64
	// Tasks is how many tasks read streams at once: taskCount, summed over all
	// supervisors.
	Tasks int64
	// Queries are those that come in a second.
	Queries     int64
	Assumptions Assumptions
}

// Machines are the servers that a cluster is made of, one kind for each role.
type Machines struct {
	Data, Query, Master Machine
}

// Cluster is the answer to a demand: how many servers of each kind, and why.
type Cluster struct {
	// Fleets are the Data, the Query and the Master servers.
	Fleets []Fleet
	// Segments is how many there are, copies not counted.
	Segments int64
	// Notes are what else there is to know.
	Notes []string
}

// Fleet is all servers of one role.
type Fleet struct {
	Role    string
	Machine Machine
	// Count is the largest of the limits' counts.
	Count  int64
	Limits []Limit
	// Losses say what is left when one server is lost.
	Losses []Loss
}

// Limit is one reason for a number of servers.
type Limit struct {
	Name string `json:"name"`
	// Count is how many servers it asks for.
	Count int64 `json:"count"`
	// Formula is how the count came about, with the numbers in it.
	Formula string `json:"formula"`
	// Source says who says so.
	Source string `json:"source"`
}

// Loss is one thing that a cluster needs, and what is left of it without one of
// its servers.
type Loss struct {
	Name       string
	Left, Need int64
	Unit       Unit
}

// Survives reports whether enough is left.
func (l Loss) Survives() bool { return l.Left >= l.Need }

// String says it for people.
func (l Loss) String() string {
	switch {
	case l.Survives():
		return fmt.Sprintf("yes, %s for %s", l.Unit.Format(l.Left), l.Unit.Format(l.Need))
	case l.Unit == UnitCount:
		return fmt.Sprintf("no, %s for %s", l.Unit.Format(l.Left), l.Unit.Format(l.Need))
	}
	return fmt.Sprintf("no, %d %% of %s", percentOf(l.Left, l.Need), l.Unit.Format(l.Need))
}

// Decides is the limit that asks for the most servers.
func (f Fleet) Decides() Limit {
	most := f.Limits[0]
	for _, l := range f.Limits[1:] {
		if l.Count > most.Count {
			most = l
		}
	}
	return most
}

// newFleet counts the servers that all limits together ask for.
func newFleet(role string, m Machine, limits []Limit) Fleet {
	f := Fleet{Role: role, Machine: m, Limits: limits}
	f.Count = f.Decides().Count
	return f
}

// PlanCluster says how many servers of each kind meet a demand. What one server
// gives is what Advise would set on it, so that a plan and the sizes of its
// servers agree.
func PlanCluster(d Demand, m Machines) (Cluster, error) {
	if err := d.check(); err != nil {
		return Cluster{}, err
	}
	gives, err := d.dataServer(m.Data)
	if err != nil {
		return Cluster{}, err
	}
	segments := mulDivUp(d.Data, 1, d.assume(assumeSegmentBytes))
	data := newFleet("data", m.Data, d.dataLimits(gives))
	if data.Count > mostServers {
		return Cluster{}, fmt.Errorf("%s Data servers are more than any cluster has; %s: %s", grouped(data.Count), data.Decides().Name, data.Decides().Formula)
	}
	query := newFleet("query", m.Query, d.queryLimits(data.Count))
	master := newFleet("master", m.Master, d.masterLimits())
	heap, err := d.coordinatorHeap(m, data.Count, query.Count, segments)
	if err != nil {
		return Cluster{}, err
	}
	data.Losses = d.dataLosses(gives, data.Count)
	query.Losses = d.queryLosses(data.Count, query.Count)
	master.Losses = masterLosses(master.Count)
	notes := append(d.notes(gives, data.Count), fmt.Sprintf("The Coordinator has %s of heap for %s segments.", About(heap), grouped(segments)))
	return Cluster{Fleets: []Fleet{data, query, master}, Segments: segments, Notes: notes}, nil
}

// Servers is how many there are of all kinds.
func (c Cluster) Servers() (n int64) {
	for _, f := range c.Fleets {
		n += f.Count
	}
	return n
}

// mostServers is where a plan stops: the largest clusters have some thousands.
const mostServers = 100_000

// check reports a demand that cannot be meant.
func (d Demand) check() error {
	switch {
	case d.Data < 1:
		return fmt.Errorf("%d bytes of data: there is nothing to plan for", d.Data)
	case d.Replication < 1:
		return fmt.Errorf("%d copies of the data: it takes one at least", d.Replication)
	case d.Data > math.MaxInt64/d.Replication:
		return fmt.Errorf("%s of data in %d copies are more than can be counted", Decimal(d.Data), d.Replication)
	case d.Ingest < 0 || d.Tasks < 0 || d.Queries < 0:
		return errors.New("ingestion, tasks and queries cannot be negative")
	}
	return nil
}

// coordinatorHeap asks Advise for the Query and Master servers of a cluster of
// that size, and answers what has to grow with its segments.
func (d Demand) coordinatorHeap(m Machines, data, query, segments int64) (int64, error) {
	plan, err := Advise(Request{
		Target: d.Target, Brokers: query, DataServers: data, Segments: segments,
		Servers: []ServerRequest{{Role: "query", Machine: m.Query}, {Role: "master", Machine: m.Master}},
	})
	if err != nil {
		return 0, err
	}
	return plan.Servers[1].Processes[0].Heap, nil
}

// copies is the size of all segments with their copies.
func (d Demand) copies() int64 { return d.Data * d.Replication }

// hot is the size of what is to be in memory, with its copies.
func (d Demand) hot() int64 {
	return mulDivUp(d.Hot.of(d.Data)*d.Replication, d.assume(assumeHotInMemory), 100)
}

// tasks is how many tasks read streams at once: what was asked for, or more where
// each can only read so much.
func (d Demand) tasks() int64 {
	return max(d.Tasks, mulDivUp(d.Ingest, 1, d.assume(assumeIngestPerCore)))
}
