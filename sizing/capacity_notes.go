package sizing

import (
	"fmt"

	"github.com/implycheck/implycheck/internal/text"
)

// dataNotes are what the counts of the Data servers of a tier do not say.
func (t tierPlan) dataNotes(gives dataServer, n int64, first bool) []string {
	servers := "Data servers"
	if t.tier != "" {
		servers = "Data servers of tier " + t.tier
	}
	inMemory := percentOf(mulDivUp(n, t.pages(gives), 1), t.copies())
	pages := fmt.Sprintf("The memory of %s %s holds %d %% of their segments; the rest is read from disk.", grouped(n), servers, inMemory)
	if inMemory == 100 {
		pages = fmt.Sprintf("The memory of %s %s holds all their segments.", grouped(n), servers)
	}
	notes := []string{pages}
	if first {
		notes = append(notes, fmt.Sprintf("No more than %d groupBy queries run at once: each takes a merge buffer of every Data server.", gives.merges))
	}
	if t.Replication == 1 {
		notes = append(notes, fmt.Sprintf("With one copy, the segments of a lost server among the %s cannot be queried until others have loaded them.", servers))
	}
	return notes
}

// notes are what the counts do not say.
func (d Demand) notes() []string {
	notes := []string{"Not counted: the metadata store and deep storage, which need copies of their own, and a load balancer before the Query servers."}
	if d.Ingest > 0 && d.Tasks > 0 && d.tasks() > d.Tasks {
		notes = append(notes, fmt.Sprintf("%s for %d tasks is more than %s each: the plan is for %d tasks, and as many partitions must be there to read.",
			UnitBytesPerSecond.Format(d.peak()), d.Tasks, UnitBytesPerSecond.Format(d.assume(assumeIngestPerCore)), d.tasks()))
	}
	if d.tasks() > 0 && d.assume(assumeTaskReplicas) == 1 {
		notes = append(notes, "A lost server's reading tasks start again elsewhere from what was published last; until then what they had read cannot be queried.")
	}
	if growth := d.assume(assumeGrowth); growth > 0 {
		notes = append(notes, fmt.Sprintf("The data grows by %d %% a year: the plan is for %s, in %d months.", growth, text.Decimal(d.Data), d.assume(assumeHorizon)))
	}
	if zones := d.assume(assumeZones); zones > 1 {
		notes = append(notes, fmt.Sprintf("Druid does not know zones: it may put all copies of a segment into one of the %d. A tier for each zone, with a copy in each, keeps them apart.", zones))
	}
	if d.assume(assumeLost) < 2 {
		notes = append(notes, "A rolling restart takes one server out at a time, as a loss does: --assume lost-servers=2 leaves enough when another is lost meanwhile.")
	}
	return notes
}
