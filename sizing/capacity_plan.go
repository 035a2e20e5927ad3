package sizing

import (
	"errors"
	"fmt"
	"math"

	"github.com/implycheck/implycheck/internal/text"
)

// PlanCluster says how many servers of each kind meet a demand. What one server
// gives is what Advise would set on it, so that a plan and the sizes of its
// servers agree. Its error says what the demand lacks, or which machine cannot do its
// part.
func PlanCluster(d Demand, m Machines) (Cluster, error) {
	if err := d.check(); err != nil {
		return Cluster{}, err
	}
	d = d.grown()
	if err := d.check(); err != nil {
		return Cluster{}, err
	}
	var c Cluster
	var count int64
	for i, tier := range d.tiers(m) {
		fleet, notes, err := tier.plan(i == 0)
		if err != nil {
			return Cluster{}, err
		}
		c.Fleets, c.Notes = append(c.Fleets, fleet), append(c.Notes, notes...)
		count = addUp(count, fleet.Count)
	}
	c.Segments = mulDivUp(d.Data, 1, d.assume(assumeSegmentBytes))
	query := newFleet(Query, m.Query, d.queryLimits(count))
	master := newFleet(Master, m.Master, d.masterLimits())
	broker, coordinator, err := d.heaps(m, count, query.Count, c.Segments)
	if err != nil {
		return Cluster{}, err
	}
	query.Lost, master.Lost = d.lost(), d.lost()
	query.Losses, master.Losses = d.queryLosses(count, query.Count), d.masterLosses(master.Count)
	c.Fleets = append(c.Fleets, query, master)
	c.Notes = append(append(c.Notes, d.notes()...), fmt.Sprintf("For %s segments on %s Data servers each Broker gets %s of heap and the Coordinator %s.",
		grouped(c.Segments), grouped(count), text.About(broker), text.About(coordinator)))
	return c, nil
}

// grown is the demand at the end of what it is planned for.
func (d Demand) grown() Demand {
	percent := mulDivUp(d.assume(assumeGrowth), d.assume(assumeHorizon), 12)
	if d.Data > 0 && percent > 0 {
		d.Data = addUp(d.Data, mulDivUp(d.Data, percent, 100))
	}
	return d
}

// heaps asks Advise for the Query and Master servers of a cluster of that size, and
// answers what grows with its segments and servers: a Broker's heap and the
// Coordinator's.
func (d Demand) heaps(m Machines, data, query, segments int64) (broker, coordinator int64, err error) {
	plan, err := Advise(Request{
		Target: d.Target, Brokers: query, DataServers: data, Segments: segments,
		Servers: []ServerRequest{{Role: Query, Machine: m.Query}, {Role: Master, Machine: m.Master}},
	})
	if err != nil {
		return 0, 0, err
	}
	return plan.Servers[0].Processes[0].Heap, plan.Servers[1].Processes[0].Heap, nil
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
		return fmt.Errorf("%d of %d is not a part of the data", d.Hot.Part, d.Hot.Whole)
	case len(d.Tiers) > 0 && d.tierErr() != nil:
		return d.tierErr()
	case d.Ingest < 0 || d.Tasks < 0 || d.Queries < 0:
		return errors.New("ingestion, tasks and queries cannot be negative")
	}
	return nil
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
	return max(d.Tasks, mulDivUp(d.peak(), 1, d.assume(assumeIngestPerCore)))
}

// peak is what streams bring at peaks.
func (d Demand) peak() int64 { return mulDivUp(d.Ingest, d.assume(assumePeak), 100) }
