package sizing

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// assuming is a demand with some assumptions of its own.
func assuming(t *testing.T, d Demand, given ...string) Demand {
	d.Assumptions = DefaultAssumptions()
	for _, text := range given {
		require.NoError(t, d.Assumptions.Set(text))
	}
	return d
}

// TestPlanByHand works out each limit of a plan by hand: 1 TB in two copies, 4 reading
// tasks, 10 queries a second, and servers that give 7 threads, 1 TB of cache and 100 GB of
// free memory.
func TestPlanByHand(t *testing.T) {
	const tb = 1_000_000_000_000
	gives := dataServer{cache: tb, free: tb / 10, threads: 7, slots: 3}
	d := assuming(t, Demand{Data: tb, Replication: 2, Tasks: 4, Queries: 10, Hot: Share{1, 10}})
	// supervisor.md: a task reads for an hour, and publishes for half an hour while the next one reads.
	require.EqualValues(t, 2, d.generations())
	require.EqualValues(t, 2, assuming(t, d, "publish-time=3600s").generations())
	require.EqualValues(t, 3, assuming(t, d, "publish-time=3601s").generations())
	require.EqualValues(t, 4, d.readers())
	require.EqualValues(t, 8, assuming(t, d, "task-replicas=2").readers())
	// 4 x 2 and one for batch are 9 of ten tenths less one for compaction: 10.
	require.EqualValues(t, 10, d.slots())
	require.EqualValues(t, 9, assuming(t, d, "compaction-slots=0%").slots())
	require.EqualValues(t, 18, assuming(t, d, "compaction-slots=50%").slots())
	require.EqualValues(t, 10, assuming(t, d, "compaction-slots=1%").slots(), "one at least")
	// 10 x 10,000,000 rows at 36,200,000 a second are 2.7624 cores; each reading task takes one.
	require.EqualValues(t, 277, d.queryCores())
	require.EqualValues(t, 400, d.taskCores())
	for name, want := range map[string]int64{
		"copies": 2, "disk": 3 /* 2 TB / 0.8 TB */, "memory": 3 /* 200 GB / 90 GB */, "cores": 2 /* 6.77 / (7 x 0.7) */, "task slots": 4, /* 10 / 3 */
	} {
		for _, l := range d.dataLimits(gives) {
			if l.Name == name {
				require.Equal(t, want, l.Count, l.Formula)
				name = ""
			}
		}
		require.Empty(t, name, "no such limit")
	}
	needs := d.dataNeeds(gives)
	require.Equal(t, []need{
		{"room for all copies", tb, 2 * tb, UnitBytes}, {"hot data in memory", tb / 100 * 9, tb / 5, UnitMemory},
		{"cores", 700, 677, UnitHundredths}, {"task slots", 3, 10, UnitCount},
	}, needs)
	require.EqualValues(t, 5, d.lossLimit(needs).Count, "four for the slots, and one more")
	require.EqualValues(t, 2, Demand{Data: tb, Replication: 1, Assumptions: assuming(t, d, "task-replicas=2").Assumptions, Tasks: 1}.copiesLimit().Count)

	for data, want := range map[int64]int64{1: 2, 15: 2, 16: 3, 31: 4} { // 15 for each Broker, and one more
		counts := newFleet(Query, Machine{}, d.queryLimits(data))
		require.Equal(t, want, counts.Count, data)
	}
	for given, want := range map[string]int64{"lost-servers=0": 3, "lost-servers=1": 3, "lost-servers=2": 5, "zones=3": 3, "masters=2": 2, "masters=7": 7} {
		fleet := newFleet(Master, Machine{}, assuming(t, d, given).masterLimits())
		require.Equal(t, want, fleet.Count, given)
	}
	require.Len(t, assuming(t, d, "masters=2").masterLimits(), 1, "ZooKeeper runs elsewhere")
	for given, want := range map[string][2]string{
		"lost-servers=0": {"0 lost", "with none lost"}, "lost-servers=1": {"one lost", "and one more"}, "lost-servers=2": {"2 lost", "and 2 more"}, "zones=3": {"a zone of 3 lost", "on the servers of 2 of 3 zones"},
	} {
		got := assuming(t, d, given)
		require.Equal(t, want, [2]string{got.lost(), got.more()})
	}
}

// TestMastersLeft: a majority of 3 is 2, and of 5 it is 3.
func TestMastersLeft(t *testing.T) {
	d := assuming(t, Demand{Data: 1, Replication: 2})
	require.Len(t, d.masterLosses(2), 1)
	require.Equal(t, Loss{"a majority of ZooKeepers", 2, 2, UnitCount}, d.masterLosses(3)[1])
	require.Equal(t, Loss{"a majority of ZooKeepers", 4, 3, UnitCount}, d.masterLosses(5)[1])
	require.Equal(t, Loss{"Brokers for all Data servers", 15, 16, UnitCount}, d.queryLosses(16, 2)[1])
	require.Equal(t, Loss{"a Broker", 1, 1, UnitCount}, d.queryLosses(16, 2)[0])
	require.True(t, Loss{Left: 2, Need: 2}.Survives())
	require.False(t, Loss{Left: 1, Need: 2}.Survives())
	losses := d.dataLosses(dataServer{cache: 10, slots: 0}, 3)
	require.Equal(t, Loss{"a copy of every segment", 1, 1, UnitCount}, losses[0])
	require.Equal(t, Loss{"a server for each copy", 2, 2, UnitCount}, losses[1])
	require.Equal(t, Loss{"room for all copies", 20, 2, UnitBytes}, losses[2])
}
