package sizing

import "fmt"

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
		"Not counted: the metadata store and deep storage, which need copies of their own, and a load balancer before the Query servers.",
	}
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
