package sizing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// Assumption is a number that a plan rests on and nobody asked for. All can be
// set, and all are shown.
type Assumption struct {
	Name string
	// Value is in Unit.
	Value int64
	Unit  Unit
	// Doc says what it is, and Source who says so; a guess is called one.
	Doc, Source string
	// Least is the smallest value that makes sense.
	Least int64
}

// Assumptions are a set of them, by name.
type Assumptions []Assumption

// The names of the assumptions.
const (
	assumeFill            = "fill"
	assumePageCache       = "page-cache"
	assumeHotInMemory     = "hot-in-memory"
	assumeSegmentBytes    = "segment-bytes"
	assumeRowsPerQuery    = "rows-per-query"
	assumeRowsPerCore     = "rows-per-second-per-core"
	assumeUtilisation     = "utilisation"
	assumeIngestPerCore   = "ingest-bytes-per-second-per-core"
	assumeTaskReplicas    = "task-replicas"
	assumeTaskDuration    = "task-duration"
	assumePublishTime     = "publish-time"
	assumeBatchSlots      = "batch-slots"
	assumeCompactionSlots = "compaction-slots"
	assumeDataPerBroker   = "data-servers-per-broker"
	assumeLeastBrokers    = "brokers"
	assumeLeastMasters    = "masters"
	assumeLost            = "lost-servers"
	assumeZones           = "zones"
	assumePeak            = "ingest-peak"
	assumeGrowth          = "growth"
	assumeHorizon         = "horizon"
)

const (
	docTuning       = "docs/operations/basic-cluster-tuning.md"
	docSupervisor   = "docs/ingestion/supervisor.md"
	docWhitepaper   = "the Druid paper of 2014"
	docAvailability = "docs/operations/high-availability.md"
)

var assumptions = Assumptions{
	{assumeFill, 80, UnitPercent, "of a segment cache is used; the rest lets the Coordinator rebalance", "derived: 80 to 90 % are usual", 1},
	{assumePageCache, 90, UnitPercent, "of the memory that processes leave holds pages of segments", "derived: the rest is the kernel's", 1},
	{assumeHotInMemory, 100, UnitPercent, "of hot data is in memory; less does where queries read few columns", "a guess on the safe side", 0},
	{assumeSegmentBytes, 500_000_000, UnitBytes, "are in a segment, some 5 million rows", "segment-optimization.md: 300 to 700 MB", 1},
	{assumeRowsPerQuery, 10_000_000, UnitRows, "are scanned by a query: two segments", "a guess, nobody publishes it: measure yours", 1},
	{assumeRowsPerCore, 36_200_000, UnitRowsPerSecond, "are scanned by a core that sums up one column", docWhitepaper + ", m3.2xlarge: old", 1},
	{assumeUtilisation, 70, UnitPercent, "of the cores may be busy, for peaks", "a guess", 1},
	{assumeIngestPerCore, 10_000_000, UnitBytesPerSecond, "are read by one task: 10,000 events of 1,000 bytes", "events: kafka-simple.md of Druid 0.12, old; bytes: a guess", 1},
	{assumeTaskReplicas, 1, UnitCount, "of each reading task; with 2 a lost server delays no stream", "supervisor.md, default of replicas", 1},
	{assumeTaskDuration, 3600, UnitSeconds, "is how long a task reads before it publishes", "supervisor.md, default of taskDuration", 1},
	{assumePublishTime, 1800, UnitSeconds, "is how long publishing takes at most", "supervisor.md, default of completionTimeout", 1},
	{assumeBatchSlots, 1, UnitCount, "for batch ingestion and clean-up", "derived", 0},
	{assumeCompactionSlots, 10, UnitPercent, "of all task slots are for compaction, one at least", "coordinator.md, default of slotRatio", 0},
	{assumeDataPerBroker, 15, UnitCount, "Data servers for each Broker", "basic-cluster-tuning.md", 1},
	{assumeLeastBrokers, 2, UnitCount, "Query servers at least", "high-availability.md", 1},
	{assumePeak, 100, UnitPercent, "of the usual ingestion comes at peaks, for which tasks are planned", "a guess: measure yours", 1},
	{assumeGrowth, 0, UnitPercent, "more data comes with each year", "yours to say", 0},
	{assumeHorizon, 12, UnitCount, "months that the servers are to be enough for, where data grows", "yours to say", 0},
	{assumeLost, 1, UnitCount, "server of each kind may be lost, or be restarted, while the others do everything; 2 for a loss during a rolling restart", "high-availability.md", 0},
	{assumeZones, 1, UnitCount, "zone of availability; with several, one of them may be lost", "yours to say", 1},
	{assumeLeastMasters, 3, UnitCount, "Master servers; 2 do where 3 ZooKeeper servers run elsewhere", "high-availability.md", 1},
}

// DefaultAssumptions are what a plan assumes unless it is told otherwise.
func DefaultAssumptions() Assumptions { return slices.Clone(assumptions) }

// Set changes one: "fill=0.9" or "segment-bytes=300MB". Its error says which names
// there are, or what the value should look like.
func (a Assumptions) Set(given string) error {
	name, value, ok := strings.Cut(given, "=")
	if !ok {
		return fmt.Errorf("%q sets nothing: write a name and a value, as in fill=90%%", given)
	}
	i := slices.IndexFunc(a, func(x Assumption) bool { return x.Name == name })
	if i < 0 {
		if near, ok := text.Nearest(name, a.Names()); ok {
			return fmt.Errorf("unknown assumption %q: did you mean %s?", name, near)
		}
		return fmt.Errorf("unknown assumption %q: write one of %s", name, strings.Join(a.Names(), ", "))
	}
	n, err := a[i].Unit.Parse(value)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if most := a[i].most(); most > 0 && n > most {
		return fmt.Errorf("%s: %s are too much: write %s or less", name, a[i].Unit.Format(n), a[i].Unit.Format(most))
	}
	if n < a[i].Least {
		return fmt.Errorf("%s: %s are too little: write %s or more", name, a[i].Unit.Format(n), a[i].Unit.Format(a[i].Least))
	}
	a[i].Value, a[i].Source = n, "yours"
	return nil
}

// most is where an assumption ends: a part of something ends at all of it. Peaks and
// growth may be more; 0 is no end.
func (a Assumption) most() int64 {
	switch {
	case a.Name == assumePeak, a.Name == assumeGrowth:
		return 10_000
	case a.Name == assumeHorizon:
		return 120
	case a.Name == assumeZones, a.Name == assumeLost:
		return 100
	case a.Unit == UnitPercent:
		return 100
	}
	return 0
}

// Names lists the assumptions.
func (a Assumptions) Names() []string {
	names := make([]string, len(a))
	for i, x := range a {
		names[i] = x.Name
	}
	return names
}

// assume is the value of an assumption, its default where the demand has none.
func (d Demand) assume(name string) int64 {
	for _, set := range []Assumptions{d.Assumptions, assumptions} {
		for _, x := range set {
			if x.Name == name {
				return x.Value
			}
		}
	}
	panic("no assumption is called " + name)
}
