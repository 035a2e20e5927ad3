package sizing

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/schema"
)

// instance is a machine of the table.
func instance(t require.TestingT, name string) Machine {
	i, err := LookupInstance(name)
	require.NoError(t, err)
	return i.Machine()
}

// onAll are the same servers for every role.
func onAll(m Machine) Machines { return Machines{Data: m, Query: m, Master: m} }

func counts(c Cluster) (data, query, master int64) {
	return c.Fleets[0].Count, c.Fleets[1].Count, c.Fleets[2].Count
}

func limitCounts(f Fleet) map[string]int64 {
	counts := map[string]int64{}
	for _, l := range f.Limits {
		counts[l.Name] = l.Count
	}
	return counts
}

// roundUpDiv is a through b, rounded up, with the library's large numbers.
func roundUpDiv(a, b *big.Int) int64 {
	q, r := new(big.Int).DivMod(a, b, new(big.Int))
	if r.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return q.Int64()
}

func product(factors ...int64) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, big.NewInt(f))
	}
	return p
}

// What one server gives is taken from Advise; the rest is worked out anew.
func TestPlanCluster(t *testing.T) {
	m := instance(t, "i3.2xlarge")
	demand := Demand{
		Target: schema.DefaultTarget, Data: 20_000_000_000_000, Replication: 2, Hot: Share{30, 365},
		Ingest: 200_000_000, Tasks: 12, Queries: 50,
	}
	cluster, err := PlanCluster(demand, onAll(m))
	require.NoError(t, err)
	plan, err := Advise(Request{Target: schema.DefaultTarget, Servers: []ServerRequest{{Role: "data", Machine: m}}})
	require.NoError(t, err)
	server := plan.Servers[0]

	limits := limitCounts(cluster.Fleets[0])
	require.EqualValues(t, 2, limits["copies"])
	// 20 TB twice, on four fifths of each cache.
	require.Equal(t, roundUpDiv(product(20_000_000_000_000, 2, 100), product(server.Segments, 80)), limits["disk"])
	// Thirty days of them in nine tenths of what is free.
	require.Equal(t, roundUpDiv(product(20_000_000_000_000, 2, 30, 100), product(365, server.Free, 90)), limits["memory"])
	// 50 x 10 million rows a second are 13.82 cores of 36.2 million, 200 MB are 20
	// tasks of 10 MB, and 7 threads may be busy for 70 %: 33.82 / 4.9 = 6.9.
	require.EqualValues(t, 7, limits["cores"])
	// 20 tasks that read, 20 that publish and one for batch are nine tenths of 46.
	require.Equal(t, roundUpDiv(product(46), product(tasksOf(server))), limits["task slots"])

	// One more than memory asks for, so that the hot data is in it without any one.
	require.Equal(t, limits["memory"]+1, limits["one lost"])
	data, query, master := counts(cluster)
	require.Equal(t, limits["one lost"], data)
	require.Equal(t, "one lost", cluster.Fleets[0].Decides().Name)
	require.Contains(t, cluster.Fleets[0].Decides().Formula, "hot data in memory: ")
	require.Equal(t, 1+roundUpDiv(product(data), product(15)), query)
	require.EqualValues(t, 3, master)
	require.EqualValues(t, 40_000, cluster.Segments)
	require.Contains(t, cluster.Notes, "200 MB/s for 12 tasks is more than 10 MB/s each: the plan is for 20 tasks, and as many partitions must be there to read.")
}

func tasksOf(s Server) (n int64) {
	for _, p := range s.Processes {
		n += p.Tasks
	}
	return n
}

// A small cluster is as small as high availability lets it be.
func TestPlanClusterSmallest(t *testing.T) {
	demand := Demand{Target: schema.DefaultTarget, Data: 1_000_000_000, Replication: 2}
	cluster, err := PlanCluster(demand, onAll(instance(t, "i3.2xlarge")))
	require.NoError(t, err)
	data, query, master := counts(cluster)
	require.Equal(t, [3]int64{2, 2, 3}, [3]int64{data, query, master})
	require.NotContains(t, limitCounts(cluster.Fleets[0]), "memory", "nothing is hot")
	require.NotContains(t, limitCounts(cluster.Fleets[0]), "cores", "no queries and no streams are known")
}

func TestPlanClusterAssumes(t *testing.T) {
	m := onAll(instance(t, "i3.2xlarge"))
	with := func(settings ...string) Cluster {
		d := Demand{
			Target: schema.DefaultTarget, Data: 20_000_000_000_000, Replication: 2, Hot: Share{30, 365},
			Tasks: 12, Queries: 50, Assumptions: DefaultAssumptions(),
		}
		for _, s := range settings {
			require.NoError(t, d.Assumptions.Set(s))
		}
		c, err := PlanCluster(d, m)
		require.NoError(t, err)
		return c
	}
	usual := with()
	for _, test := range []struct {
		setting, limit string
		fleet          int
	}{
		{"fill=40%", "disk", 0},
		{"page-cache=0.45", "memory", 0},
		{"rows-per-query=20,000,000", "cores", 0},
		{"rows-per-second-per-core=18100000", "cores", 0},
		{"utilisation=35%", "cores", 0},
		{"task-replicas=2", "task slots", 0},
		{"task-duration=15m", "task slots", 0},
		{"publish-time=3h", "task slots", 0},
		{"batch-slots=30", "task slots", 0},
		{"compaction-slots=50%", "task slots", 0},
		{"data-servers-per-broker=5", "Data servers", 1},
		{"brokers=4", "availability", 1},
		{"masters=5", "ZooKeeper", 2},
		{"lost-servers=2", "one lost", 0},
		{"lost-servers=2", "ZooKeeper", 2},
		{"zones=3", "Data servers", 1},
		{"growth=50%", "disk", 0},
	} {
		before, after := limitCounts(usual.Fleets[test.fleet]), limitCounts(with(test.setting).Fleets[test.fleet])
		for _, renamed := range []string{"2 lost", "a zone of 3 lost"} {
			after["one lost"] = max(after["one lost"], after[renamed])
		}
		require.Greater(t, after[test.limit], before[test.limit], test.setting)
	}
	require.Less(t, limitCounts(with("hot-in-memory=10%").Fleets[0])["memory"], limitCounts(usual.Fleets[0])["memory"])
	require.Less(t, with("segment-bytes=1GB").Segments, usual.Segments)
	require.Equal(t, Fleet{Role: "master", Machine: m.Master, Count: 2}, trimmed(with("masters=2").Fleets[2]))
}

func trimmed(f Fleet) Fleet { return Fleet{Role: f.Role, Machine: f.Machine, Count: f.Count} }

func TestPlanClusterRefuses(t *testing.T) {
	m := onAll(instance(t, "i3.2xlarge"))
	good := Demand{Target: schema.DefaultTarget, Data: 1e12, Replication: 2}
	for want, change := range map[string]func(*Demand, *Machines){
		"0 bytes of data: there is nothing to plan for":                    func(d *Demand, _ *Machines) { d.Data = 0 },
		"0 copies of the data: it takes one at least":                      func(d *Demand, _ *Machines) { d.Replication = 0 },
		"4000000 TB of data in 3 copies are more than can be counted":      func(d *Demand, _ *Machines) { d.Data, d.Replication = 4e18, 3 },
		"13 of 12 is not a part of the data":                               func(d *Demand, _ *Machines) { d.Hot = Share{13, 12} },
		"ingestion, tasks and queries cannot be negative":                  func(d *Demand, _ *Machines) { d.Tasks = -1 },
		"Data servers are more than any cluster has; disk: 4000000 TB x 2": func(d *Demand, _ *Machines) { d.Data = 4e18 },
		"the data server: ":   func(_ *Demand, m *Machines) { m.Data.Memory = 1 << 28 },
		"the query server: ":  func(_ *Demand, m *Machines) { m.Query = Machine{Cores: 1, Memory: 1 << 28} },
		"the master server: ": func(_ *Demand, m *Machines) { m.Master.Cores = 0 },
	} {
		d, machines := good, m
		change(&d, &machines)
		_, err := PlanCluster(d, machines)
		require.ErrorContains(t, err, want)
	}
}

// drawDemand is anything that somebody may ask for.
func drawDemand(t *rapid.T) Demand {
	return Demand{
		Target:      schema.DefaultTarget,
		Data:        rapid.Int64Range(1, 40_000_000_000_000).Draw(t, "data"),
		Replication: rapid.Int64Range(1, 4).Draw(t, "replication"),
		Hot:         Share{rapid.Int64Range(0, 365).Draw(t, "hot days"), 365},
		Ingest:      rapid.Int64Range(0, 2_000_000_000).Draw(t, "ingest"),
		Tasks:       rapid.Int64Range(0, 100).Draw(t, "tasks"),
		Queries:     rapid.Int64Range(0, 1000).Draw(t, "queries"),
	}
}

// drawMachine is a server that Druid fits on.
func drawMachine(t *rapid.T) Machine {
	cores := rapid.Int64Range(4, 64).Draw(t, "cores")
	return Machine{
		Cores: cores, Memory: cores * rapid.Int64Range(4, 16).Draw(t, "GiB per core") << 30,
		Disks: []Disk{{Size: rapid.Int64Range(100, 20_000).Draw(t, "GB of disk") * 1_000_000_000}},
	}
}

// More of anything never needs fewer servers.
func TestPlanClusterMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := onAll(drawMachine(t))
		less := drawDemand(t)
		more := less
		more.Data += rapid.Int64Range(0, 10_000_000_000_000).Draw(t, "more data")
		more.Replication += rapid.Int64Range(0, 1).Draw(t, "more copies")
		more.Hot.Part = min(365, more.Hot.Part+rapid.Int64Range(0, 30).Draw(t, "more hot days"))
		more.Ingest += rapid.Int64Range(0, 100_000_000).Draw(t, "more ingest")
		more.Tasks += rapid.Int64Range(0, 10).Draw(t, "more tasks")
		more.Queries += rapid.Int64Range(0, 100).Draw(t, "more queries")
		a, err := PlanCluster(less, m)
		require.NoError(t, err)
		b, err := PlanCluster(more, m)
		require.NoError(t, err)
		for i := range a.Fleets {
			require.LessOrEqual(t, a.Fleets[i].Count, b.Fleets[i].Count, a.Fleets[i].Role)
		}
	})
}

// Servers that are larger in every way are never more.
func TestPlanClusterLargerServers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		demand, small := drawDemand(t), drawMachine(t)
		times := rapid.Int64Range(2, 4).Draw(t, "times")
		large := Machine{Cores: small.Cores * times, Memory: small.Memory * times, Disks: []Disk{{Size: small.Disks[0].Size * times}}}
		a, err := PlanCluster(demand, onAll(small))
		require.NoError(t, err)
		b, err := PlanCluster(demand, onAll(large))
		require.NoError(t, err)
		for i := range a.Fleets {
			require.GreaterOrEqual(t, a.Fleets[i].Count, b.Fleets[i].Count, a.Fleets[i].Role)
		}
	})
}

// What a plan says of the loss of a server is true when one is taken away and
// the rest is added up.
func TestPlanClusterLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		demand, m := drawDemand(t), drawMachine(t)
		cluster, err := PlanCluster(demand, onAll(m))
		require.NoError(t, err)
		plan, err := Advise(Request{Target: demand.Target, Servers: []ServerRequest{{Role: "data", Machine: m}}})
		require.NoError(t, err)
		server := plan.Servers[0]
		data, query, master := counts(cluster)

		claims := map[string]bool{}
		for _, f := range cluster.Fleets {
			for _, l := range f.Losses {
				claims[l.Name] = l.Survives()
			}
		}
		var room, slots int64
		for range data - 1 {
			room += server.Segments
			slots += tasksOf(server)
		}
		require.Equal(t, room >= demand.Data*demand.Replication, claims["room for all copies"])
		require.True(t, claims["room for all copies"], "a plan always leaves room")
		require.Equal(t, demand.Replication > 1, claims["a copy of every segment"])
		require.Equal(t, data > demand.Replication, claims["a server for each copy"])
		tasks := max(demand.Tasks, (demand.Ingest+9_999_999)/10_000_000)
		need := max(2*tasks+2, ((2*tasks+1)*10+8)/9)
		require.Equal(t, slots >= need, claims["task slots"])
		require.Equal(t, query >= 2, claims["a Broker"])
		require.Equal(t, (query-1)*15 >= data, claims["Brokers for all Data servers"])
		// A plan agrees with itself: what it is for is never short when one is lost. With
		// one copy a segment is gone, and two servers have no third for a second copy.
		for name, survives := range claims {
			require.True(t, survives || name == "a copy of every segment" || name == "a server for each copy", name)
		}
		require.Equal(t, master-1 > master/2, claims["a majority of ZooKeepers"])
		require.True(t, claims["a Coordinator and an Overlord"])
		require.GreaterOrEqual(t, data, demand.Replication)
		require.GreaterOrEqual(t, data*server.Segments/100*80, demand.Data*demand.Replication, "and room to rebalance")
	})
}

func TestLossString(t *testing.T) {
	for want, loss := range map[string]Loss{
		"yes, 41 TB for 40 TB": {"room", 41_000_000_000_000, 40_000_000_000_000, UnitBytes},
		"no, 99 % of 2 TiB":    {"memory", 2<<40 - 1, 2 << 40, UnitMemory},
		"no, 90 for 1,099":     {"Brokers", 90, 1099, UnitCount},
		"yes, 2,688 for 33.8":  {"cores", 268_800, 3382, UnitHundredths},
		"no, 50 % of 33.8":     {"cores", 1691, 3382, UnitHundredths},
		"yes, 0 for 0":         {"nothing", 0, 0, UnitCount},
		"no, 0 for 1":          {"a copy", 0, 1, UnitCount},
	} {
		require.Equal(t, want, loss.String())
	}
}

// Tiers divide the data by age; tasks and queries are those of the first.
func TestPlanClusterTiers(t *testing.T) {
	m := onAll(instance(t, "i3.2xlarge"))
	hot, err := ParseTier("hot=73d/1y:3@memory")
	require.NoError(t, err)
	cold, err := ParseTier("cold=1y/1y:1")
	require.NoError(t, err)
	cold.Machine = instance(t, "i3en.3xlarge")
	d := Demand{Target: schema.DefaultTarget, Data: 20_000_000_000_000, Replication: 2, Ingest: 200_000_000, Tiers: []Tier{hot, cold}}
	c, err := PlanCluster(d, m)
	require.NoError(t, err)
	require.Len(t, c.Fleets, 4)
	require.Equal(t, []string{"hot", "cold", "", ""}, []string{c.Fleets[0].Tier, c.Fleets[1].Tier, c.Fleets[2].Tier, c.Fleets[3].Tier})
	// A fifth of the year in three copies is in memory, the rest in one on disks.
	server, err := d.dataServer(m.Data)
	require.NoError(t, err)
	require.Equal(t, roundUpDiv(product(20_000_000_000_000, 3), product(5, d.pages(server))), limitCounts(c.Fleets[0])["memory"])
	large, err := d.dataServer(cold.Machine)
	require.NoError(t, err)
	require.Equal(t, roundUpDiv(product(16_000_000_000_000), product(large.cache/100*80)), limitCounts(c.Fleets[1])["disk"])
	require.Contains(t, limitCounts(c.Fleets[0]), "task slots")
	require.NotContains(t, limitCounts(c.Fleets[1]), "task slots")
	require.Equal(t, c.Fleets[0].Count+c.Fleets[1].Count, c.Count(Data))
	require.Equal(t, 1+roundUpDiv(product(c.Count(Data)), product(15)), c.Count(Query))
	require.Equal(t, c.Fleets[0].Count*730, c.Fleets[0].Hours())

	cold.Name = "hot"
	_, err = PlanCluster(Demand{Target: d.Target, Data: d.Data, Replication: 2, Tiers: []Tier{hot, cold}}, m)
	require.EqualError(t, err, "two tiers are called hot: Druid would take them for one")

	d.Hot = Share{1, 2}
	_, err = PlanCluster(d, m)
	require.ErrorContains(t, err, "hot data and tiers say the same")
	for text, want := range map[string]string{
		"hot": "is no tier", "=1d/1y": "is no tier", "hot=1y": "is no tier", "hot=1d/1y:0": "0 is not a number of copies", "hot=1d/1y:x": "x is not a number of copies",
	} {
		_, err := ParseTier(text)
		require.ErrorContains(t, err, want, text)
	}
}

// What is left after a loss is enough, whatever the loss.
func TestSurviving(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Demand{Assumptions: DefaultAssumptions()}
		for i, a := range d.Assumptions {
			switch a.Name {
			case assumeLost:
				d.Assumptions[i].Value = rapid.Int64Range(0, 5).Draw(t, "lost")
			case assumeZones:
				d.Assumptions[i].Value = rapid.Int64Range(1, 6).Draw(t, "zones")
			}
		}
		n := rapid.Int64Range(1, 1000).Draw(t, "n")
		count := d.surviving(n)
		require.GreaterOrEqual(t, d.left(count), n)
		require.Less(t, d.left(count-1), n, "one fewer would not do")
	})
}
