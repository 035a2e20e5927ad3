package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// sampleClusters are two answers to one demand.
func sampleClusters(t *testing.T) Clusters {
	d := sizing.Demand{Target: schema.DefaultTarget, Data: 1e12, Replication: 2, Assumptions: sizing.DefaultAssumptions()}
	c := Clusters{Demand: d, Prices: map[string]float64{"small": 0.5}}
	for _, m := range []sizing.Machine{{Name: "small", Cores: 8, Memory: 61 << 30}, {Name: "large<b>", Cores: 16, Memory: 122 << 30}} {
		cluster, err := sizing.PlanCluster(d, sizing.Machines{Data: m, Query: m, Master: m})
		require.NoError(t, err)
		c.Plans = append(c.Plans, ClusterPlan{Name: m.Name, Cluster: cluster, Next: "implycheck size"})
	}
	return c
}

// The page has the whole comparison without its script, and nothing of a name runs.
func TestClustersPage(t *testing.T) {
	var b strings.Builder
	require.NoError(t, ClustersHTML(&b, sampleClusters(t)))
	text := b.String()
	require.Equal(t, 4, strings.Count(text, `<table class="sortable">`))
	require.Contains(t, text, "large&lt;b&gt;")
	require.NotContains(t, text, "large<b>")
	for _, loads := range []string{"src=", "href=", "http:", "https:", "@import"} {
		require.NotContains(t, text, loads)
	}
}

// Hours are counted for every kind of server, and cost only where a price was said.
func TestClustersCost(t *testing.T) {
	c := sampleClusters(t)
	rows := comparisonRows(c)
	small := c.Plans[0].Cluster
	require.Len(t, rows, 8)
	require.Equal(t, "all", rows[3][1])
	hours := small.Servers() * sizing.HoursPerMonth
	require.Equal(t, grouped(hours), rows[3][3])
	require.Equal(t, c.cost(small.Fleets), rows[3][4])
	require.Equal(t, "no price of large<b>", rows[7][4])
	c.Prices = nil
	require.Empty(t, comparisonRows(c)[3][4])
}

func TestClustersWriteErrorsAreReturned(t *testing.T) {
	require.ErrorIs(t, ClustersHTML(&fullDisk{100}, sampleClusters(t)), errDiskFull)
}

// Its script runs under its own policy: headings become buttons that sort.
func TestClustersPageInABrowser(t *testing.T) {
	var b strings.Builder
	require.NoError(t, ClustersHTML(&b, sampleClusters(t)))
	require.Contains(t, browser(t, pageFile(t, b.String())), `<th scope="col"><button type="button">count</button></th>`)
}
