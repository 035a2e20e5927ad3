package sizing

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/schema"
)

// The containers of a server fit into it, and each may use what its process and its
// tasks may take.
func TestContainersFit(t *testing.T) {
	all := targets(t)
	rapid.Check(t, func(t *rapid.T) {
		cores := rapid.Int64Range(1, 96).Draw(t, "cores")
		m := Machine{Cores: cores, Memory: cores * rapid.Int64Range(2, 16).Draw(t, "GiB per core") << 30}
		plan, err := Advise(Request{Target: rapid.SampledFrom(all).Draw(t, "target"), Servers: []ServerRequest{{Role: rapid.SampledFrom(Roles()).Draw(t, "role"), Machine: m}}})
		if err != nil {
			return
		}
		s := plan.Servers[0]
		var memory, limits, cpu int64
		for i, c := range s.Containers() {
			require.Equal(t, s.Processes[i].Service, c.Service)
			require.GreaterOrEqual(t, c.Request.Memory, s.Processes[i].Memory())
			require.Less(t, c.Request.Memory-s.Processes[i].Memory(), int64(1<<20))
			require.GreaterOrEqual(t, c.Limit.Memory, c.Request.Memory)
			require.Zero(t, c.Limit.Memory%(1<<20))
			require.Equal(t, cores*1000, c.Limit.CPU)
			require.Positive(t, c.Request.CPU)
			memory, limits, cpu = memory+c.Request.Memory, limits+c.Limit.Memory, cpu+c.Request.CPU
		}
		require.LessOrEqual(t, memory, m.Memory)
		require.LessOrEqual(t, limits, m.Memory+int64(len(s.Processes))<<20)
		require.LessOrEqual(t, cpu, cores*1000+int64(len(s.Processes))*100)
	})
}

func TestContainerOfAHistorical(t *testing.T) {
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	plan, err := Advise(Request{Target: target, Servers: []ServerRequest{{Role: "historical", Services: []string{"historical"}, Machine: Machine{Cores: 2, Memory: 4 << 30, Limited: true}}}})
	require.NoError(t, err)
	c := plan.Servers[0].Containers()[0]
	require.Equal(t, int64(4<<30), c.Limit.Memory, "the pages get all that is left of the limit")
	require.Equal(t, "4Gi", c.Figures[1].Value)
	require.Equal(t, "2", c.Figures[3].Value)
	require.Contains(t, c.Figures[1].Formula, "for the pages of segments")
}

func TestQuantities(t *testing.T) {
	require.Equal(t, []string{"4Gi", "1537Mi", "1Mi"}, []string{Quantity(4 << 30), Quantity(1537 << 20), Quantity(1)})
	require.Equal(t, []string{"2", "1500m", "100m"}, []string{CPUs(2000), CPUs(1500), CPUs(100)})
}
