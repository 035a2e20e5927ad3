package sizing

import (
	"errors"
	"fmt"
	"math"

	"github.com/implycheck/implycheck/internal/text"
)

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
	data := newFleet(Data, m.Data, d.dataLimits(gives))
	if data.Count > mostServers {
		return Cluster{}, fmt.Errorf("%s Data servers are more than any cluster has; %s: %s", grouped(data.Count), data.Decides().Name, data.Decides().Formula)
	}
	query := newFleet(Query, m.Query, d.queryLimits(data.Count))
	master := newFleet(Master, m.Master, d.masterLimits())
	heap, err := d.coordinatorHeap(m, data.Count, query.Count, segments)
	if err != nil {
		return Cluster{}, err
	}
	data.Losses = d.dataLosses(gives, data.Count)
	query.Losses = d.queryLosses(data.Count, query.Count)
	master.Losses = masterLosses(master.Count)
	notes := append(d.notes(gives, data.Count), fmt.Sprintf("The Coordinator has %s of heap for %s segments.", text.About(heap), grouped(segments)))
	return Cluster{Fleets: []Fleet{data, query, master}, Segments: segments, Notes: notes}, nil
}

// mostServers is where a plan stops: more than that is a slip in a unit.
const mostServers = 100_000

// check reports a demand that cannot be meant.
func (d Demand) check() error {
	switch {
	case d.Data < 1:
		return fmt.Errorf("%d bytes of data: there is nothing to plan for", d.Data)
	case d.Replication < 1:
		return fmt.Errorf("%d copies of the data: it takes one at least", d.Replication)
	case d.Data > math.MaxInt64/d.Replication:
		return fmt.Errorf("%s of data in %d copies are more than can be counted", text.Decimal(d.Data), d.Replication)
	case d.Hot.Part < 0 || d.Hot.Part > d.Hot.Whole:
		return fmt.Errorf("%d of %d is no part of the data", d.Hot.Part, d.Hot.Whole)
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
		Servers: []ServerRequest{{Role: Query, Machine: m.Query}, {Role: Master, Machine: m.Master}},
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
