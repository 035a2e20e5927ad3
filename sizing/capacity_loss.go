package sizing

import (
	"fmt"
	"math"
)

// dataLosses are what is left of n Data servers without one.
func (d Demand) dataLosses(gives dataServer, n int64) []Loss {
	left := func(each int64) int64 { return mulDivUp(n-1, each, 1) }
	losses := []Loss{
		{"a copy of every segment", d.Replication - 1, 1, UnitCount},
		{"room for all copies", left(gives.cache), d.copies(), UnitBytes},
		{"a server for each copy", n - 1, d.Replication, UnitCount},
	}
	if d.hot() > 0 {
		losses = append(losses, Loss{"hot data in memory", left(d.pages(gives)), d.hot(), UnitMemory})
	}
	if d.cores() > 0 {
		losses = append(losses, Loss{"cores", left(gives.threads * 100), d.cores(), UnitHundredths})
	}
	return append(losses, Loss{"task slots", left(gives.slots), d.slots(), UnitCount})
}

// queryLosses are what is left without one Broker: Data servers that the others
// are good for.
func (d Demand) queryLosses(data, n int64) []Loss {
	return []Loss{
		{"a Broker", n - 1, 1, UnitCount},
		{"Brokers for all Data servers", mulDivUp(n-1, d.assume(assumeDataPerBroker), 1), data, UnitCount},
	}
}

// masterLosses are what is left without one Master; where there are but two,
// ZooKeeper runs elsewhere.
func masterLosses(n int64) []Loss {
	losses := []Loss{{"a Coordinator and an Overlord", n - 1, 1, UnitCount}}
	if n > 2 {
		losses = append(losses, Loss{"a majority of ZooKeepers", n - 1, n/2 + 1, UnitCount})
	}
	return losses
}

// notes are what the counts do not say.
func (d Demand) notes(gives dataServer, n int64) []string {
	inMemory := percentOf(mulDivUp(n, d.pages(gives), 1), d.copies())
	pages := fmt.Sprintf("The memory of %s Data servers holds %d %% of all segments; the rest is read from disk.", grouped(n), inMemory)
	if inMemory == 100 {
		pages = fmt.Sprintf("The memory of %s Data servers holds all segments.", grouped(n))
	}
	notes := []string{
		pages,
		fmt.Sprintf("No more than %d groupBy queries run at once: each takes a merge buffer of every Data server.", gives.merges),
	}
	notes = append(notes, "Not counted: the metadata store and deep storage, which need copies of their own, and a load balancer before the Query servers.")
	if d.Ingest > 0 && d.Tasks > 0 && d.tasks() > d.Tasks {
		notes = append(notes, fmt.Sprintf("%s for %d tasks is more than %s each: the plan is for %d tasks, and as many partitions must be there to read.",
			UnitBytesPerSecond.Format(d.Ingest), d.Tasks, UnitBytesPerSecond.Format(d.assume(assumeIngestPerCore)), d.tasks()))
	}
	if d.Replication == 1 {
		notes = append(notes, "With one copy, a lost server's segments cannot be queried until others have loaded them.")
	}
	if d.tasks() > 0 && d.assume(assumeTaskReplicas) == 1 {
		notes = append(notes, "A lost server's reading tasks start again elsewhere from what was published last; until then what they had read cannot be queried.")
	}
	return notes
}

// addUp adds, and stops at the largest number.
func addUp(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// percentOf is how much of a whole a part is, rounded down, and all of it at most.
func percentOf(part, whole int64) int64 {
	return 100 - mulDivUp(max(0, whole-part), 100, whole)
}
