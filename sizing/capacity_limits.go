package sizing

import (
	"fmt"
	"strconv"

	"github.com/implycheck/implycheck/internal/text"
)

// dataServer is what one Data server of a kind gives.
type dataServer struct {
	// cache is the space for segments, free the memory that processes leave.
	cache, free int64
	// threads scan segments, slots run tasks, and merges is how many groupBy
	// queries can run at once.
	threads, slots, merges int64
}

// dataServer asks Advise what a machine gives.
func (d Demand) dataServer(m Machine) (dataServer, error) {
	plan, err := Advise(Request{Target: d.Target, Servers: []ServerRequest{{Role: Data, Machine: m}}})
	if err != nil {
		return dataServer{}, err
	}
	s := plan.Servers[0]
	gives := dataServer{cache: max(1, s.Segments), free: max(1, s.Free)}
	for _, p := range s.Processes {
		gives.slots += p.Tasks
		if p.Service == "historical" {
			gives.threads = figureInt(p, "druid.processing.numThreads", ProcessingThreads(m.Cores))
			gives.merges = figureInt(p, "druid.processing.numMergeBuffers", MergeBuffers(gives.threads))
		}
	}
	return gives, nil
}

// figureInt is a figure that is a number, or what holds where it is left unset.
func figureInt(p Process, key string, unset int64) int64 {
	f, _ := p.Figure(key)
	if n, err := strconv.ParseInt(f.Value, 10, 64); err == nil {
		return n
	}
	return unset
}

// pages is the part of a server's free memory that holds pages of segments.
func (d Demand) pages(gives dataServer) int64 {
	return max(1, mulDivUp(gives.free, d.assume(assumePageCache), 100))
}

// dataLimits are the reasons for a number of Data servers.
func (d Demand) dataLimits(gives dataServer) []Limit {
	limits := []Limit{
		d.copiesLimit(),
		d.diskLimit(gives),
	}
	if d.hot() > 0 {
		limits = append(limits, d.memoryLimit(gives))
	}
	if d.cores() > 0 {
		limits = append(limits, d.coresLimit(gives))
	}
	return append(limits, d.slotsLimit(gives), d.lossLimit(d.dataNeeds(gives)))
}

func (d Demand) copiesLimit() Limit {
	l := Limit{
		Name: "copies", Count: d.Replication, Formula: copiesText(d.Replication) + " of each segment, on as many servers",
		Source: "DruidServer.DEFAULT_NUM_REPLICANTS is 2",
	}
	if replicas := d.assume(assumeTaskReplicas); d.tasks() > 0 && replicas > d.Replication {
		l.Count = replicas
		l.Formula = copiesText(replicas) + " of each reading task, on as many servers"
		l.Source = docSupervisor
	}
	return l
}

func (d Demand) diskLimit(gives dataServer) Limit {
	part := d.assume(assumeFill)
	return Limit{
		Name: "disk", Count: mulDivUp(d.copies(), 1, max(1, gives.cache/100*part)),
		Formula: fmt.Sprintf("%s x %s / (%s of segment cache x %d %%)", text.Decimal(d.Data), copiesText(d.Replication), text.Decimal(gives.cache), part),
		Source:  "derived: room for all segments",
	}
}

func (d Demand) memoryLimit(gives dataServer) Limit {
	return Limit{
		Name: "memory", Count: mulDivUp(d.hot(), 1, d.pages(gives)),
		Formula: fmt.Sprintf("%s hot x %s x %d %% / (%s of free memory x %d %%)",
			text.About(d.Hot.of(d.Data)), copiesText(d.Replication), d.assume(assumeHotInMemory), text.About(gives.free), d.assume(assumePageCache)),
		Source: docTuning + ": no more segments than free memory, for best latency",
	}
}

// queryCores and taskCores are what queries and reading tasks keep busy, in
// hundredths of a core.
func (d Demand) queryCores() int64 {
	rows := mulDivUp(d.Queries, d.assume(assumeRowsPerQuery), 1)
	return mulDivUp(rows, 100, d.assume(assumeRowsPerCore))
}

func (d Demand) taskCores() int64 { return mulDivUp(d.readers(), 100, 1) }

func (d Demand) cores() int64 { return addUp(d.queryCores(), d.taskCores()) }

// readers are the reading tasks with their copies.
func (d Demand) readers() int64 { return mulDivUp(d.tasks(), d.assume(assumeTaskReplicas), 1) }

func (d Demand) coresLimit(gives dataServer) Limit {
	used := d.assume(assumeUtilisation)
	return Limit{
		Name: "cores", Count: mulDivUp(d.cores(), 1, gives.threads*used),
		Formula: fmt.Sprintf("(%s cores for %s queries/s of %s rows + %s for reading tasks) / (%d processing threads x %d %%)",
			UnitHundredths.Format(d.queryCores()), grouped(d.Queries), grouped(d.assume(assumeRowsPerQuery)), UnitHundredths.Format(d.taskCores()), gives.threads, used),
		Source: "derived, an upper bound",
	}
}

// slots is how many task slots the cluster needs: for every reading task one
// that reads and those that still publish, and the others' part.
func (d Demand) slots() int64 {
	streams := mulDivUp(d.readers(), d.generations(), 1)
	own := addUp(streams, d.assume(assumeBatchSlots))
	part := d.assume(assumeCompactionSlots)
	if part == 0 {
		return own
	}
	return max(addUp(own, 1), mulDivUp(own, 100, max(1, 100-part)))
}

// generations is how many tasks a reading one becomes: it reads, and those before
// it publish as long as that takes.
func (d Demand) generations() int64 {
	return 1 + mulDivUp(d.assume(assumePublishTime), 1, d.assume(assumeTaskDuration))
}

func (d Demand) slotsLimit(gives dataServer) Limit {
	return Limit{
		Name: "task slots", Count: mulDivUp(d.slots(), 1, max(1, gives.slots)),
		Formula: fmt.Sprintf("%s slots / %d; (%s reading tasks x %s x %d, as those before still publish, + %d for batch) / %d %%, the rest is for compaction",
			grouped(d.slots()), gives.slots, grouped(d.tasks()), copiesText(d.assume(assumeTaskReplicas)), d.generations(), d.assume(assumeBatchSlots), 100-d.assume(assumeCompactionSlots)),
		Source: docSupervisor + ", capacity planning",
	}
}

func copiesText(n int64) string {
	if n == 1 {
		return "1 copy"
	}
	return fmt.Sprintf("%d copies", n)
}

// queryLimits are the reasons for a number of Query servers, which have a Broker
// each.
func (d Demand) queryLimits(data int64) []Limit {
	each := d.assume(assumeDataPerBroker)
	return []Limit{
		{"availability", max(d.assume(assumeLeastBrokers), d.surviving(1)), "one may be lost", docAvailability},
		{"Data servers", d.surviving(mulDivUp(data, 1, each)), fmt.Sprintf("%s Data servers / %d for each Broker, %s", grouped(data), each, d.more()), docTuning},
	}
}

// masterLimits are the reasons for a number of Master servers, which have a
// Coordinator and an Overlord each, and a ZooKeeper unless they are but two.
func (d Demand) masterLimits() []Limit {
	limits := []Limit{{"availability", d.surviving(1), "one Coordinator and one Overlord lead, the others stand by", docAvailability}}
	if n := d.assume(assumeLeastMasters); n > 2 {
		n = max(n, 2*d.assume(assumeLost)+1, min(3, d.assume(assumeZones)))
		limits = append(limits, Limit{"ZooKeeper", n, fmt.Sprintf("a majority of %d survives the loss of %d", n, (n-1)/2), docAvailability})
	}
	return limits
}
