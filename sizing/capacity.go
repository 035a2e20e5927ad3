package sizing

import (
	"fmt"

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
	Queries int64
	// Tiers divide the data by its age, from the newest to the oldest; none is one for
	// all.
	Tiers       []Tier
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
	Role string
	// Tier is the tier that they keep, empty where there is one.
	Tier    string
	Machine Machine
	// Count is the largest of the limits' counts.
	Count  int64
	Limits []Limit
	// Lost is the loss that it is planned for, and Losses say what is left then.
	Lost   string
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

// HoursPerMonth are those of a twelfth of a year.
const HoursPerMonth = 730

// Hours are the hours of all its servers in a month.
func (f Fleet) Hours() int64 { return mulDivUp(f.Count, HoursPerMonth, 1) }

// Of are the fleets of a role.
func (c Cluster) Of(role string) (list []Fleet) {
	for _, f := range c.Fleets {
		if f.Role == role {
			list = append(list, f)
		}
	}
	return list
}

// Count is how many servers there are of a role.
func (c Cluster) Count(role string) (n int64) {
	for _, f := range c.Of(role) {
		n += f.Count
	}
	return n
}

// Servers is how many there are of all kinds.
func (c Cluster) Servers() (n int64) {
	for _, f := range c.Fleets {
		n += f.Count
	}
	return n
}
