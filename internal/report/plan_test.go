package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/sizing"
)

// TestPlanGolden compares whole plans with testdata, as TestGolden does.
func TestPlanGolden(t *testing.T) {
	tests := []struct {
		name    string
		format  PlanFormat
		plan    *sizing.Plan
		options PlanOptions
	}{
		{"plan-table", PlanTable, smallCluster(), PlanOptions{}},
		{"plan-table-80", PlanTable, smallCluster(), PlanOptions{Width: 80}},
		{"plan-table-40", PlanTable, smallCluster(), PlanOptions{Width: 40}},
		{"plan-table-color", PlanTable, smallCluster(), PlanOptions{Width: 100, Color: true}},
		{"plan-table-explain", PlanTable, smallCluster(), PlanOptions{Width: 100, Explain: true}},
		{"plan-table-hostile", PlanTable, hostilePlan(), PlanOptions{Width: 100}},
		{"plan-markdown", PlanMarkdown, smallCluster(), PlanOptions{}},
		{"plan-markdown-hostile", PlanMarkdown, hostilePlan(), PlanOptions{}},
		{"plan-html", PlanHTML, smallCluster(), PlanOptions{}},
		{"plan-html-hostile", PlanHTML, hostilePlan(), PlanOptions{Explain: true}},
		{"plan-properties", PlanProperties, smallCluster(), PlanOptions{}},
		{"plan-properties-hostile", PlanProperties, hostilePlan(), PlanOptions{}},
		{"plan-json", PlanJSON, smallCluster(), PlanOptions{}},
		{"plan-json-empty", PlanJSON, &sizing.Plan{}, PlanOptions{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			requireGolden(t, test.name, renderPlan(t, test.format, test.plan, test.options))
		})
	}
}

func renderPlan(t require.TestingT, format PlanFormat, p *sizing.Plan, o PlanOptions) string {
	var b bytes.Buffer
	require.NoError(t, format(&b, p, o))
	return b.String()
}

func TestPlanFormatsAreSortedAndComplete(t *testing.T) {
	require.True(t, slices.IsSortedFunc(PlanFormats, func(a, b Named[PlanFormat]) int { return strings.Compare(a.Name, b.Name) }))
	for _, f := range PlanFormats {
		require.NotEmpty(t, f.Doc, f.Name)
		found, err := LookupPlan(f.Name)
		require.NoError(t, err)
		require.NotNil(t, found)
	}
	_, err := LookupPlan("markdwon")
	require.EqualError(t, err, `unknown format "markdwon": did you mean markdown? the formats are html, json, markdown, properties, table`)
}

func TestPlanWriteErrorsAreReturned(t *testing.T) {
	for _, f := range PlanFormats {
		for _, room := range []int{0, 1000} {
			require.ErrorIs(t, f.Write(&fullDisk{room}, smallCluster(), PlanOptions{}), errDiskFull, f.Name)
		}
	}
}

func TestPlanIsLeftAlone(t *testing.T) {
	for _, f := range PlanFormats {
		p := smallCluster()
		renderPlan(t, f.Write, p, PlanOptions{Width: 60, Explain: true})
		require.Equal(t, smallCluster(), p, f.Name)
	}
}

// TestPageIsAlone: the page loads nothing, and runs nothing but its own script.
func TestPageIsAlone(t *testing.T) {
	for _, p := range []*sizing.Plan{smallCluster(), hostilePlan()} {
		text := renderPlan(t, PlanHTML, p, PlanOptions{})
		for _, loads := range []string{"<script ", "<link", "<img", "src=", "href=", "http:", "https:", "@import"} {
			require.False(t, strings.Contains(text, loads), loads)
		}
		require.Equal(t, 1, strings.Count(text, "<script>"))
	}
}

// TestTerseFigures: what no one explains has no empty place for a reason.
func TestTerseFigures(t *testing.T) {
	terse := figure("druid.x", "1", "", "")
	p := &sizing.Plan{Servers: []sizing.Server{{Processes: []sizing.Process{{Service: "s", Figures: []sizing.Figure{terse}}}}}}
	require.NotContains(t, renderPlan(t, PlanHTML, p, PlanOptions{}), "<details")
	require.Contains(t, renderPlan(t, PlanProperties, p, PlanOptions{}), "\n# s/runtime.properties\ndruid.x=1\n")
	require.Contains(t, renderPlan(t, PlanTable, p, PlanOptions{Explain: true}), "\ns\n  druid.x=1\n")
}

func TestMeaning(t *testing.T) {
	tests := []struct{ key, value, want string }{
		{"-Xmx", "8g", "8 GiB"},
		{"-Xms", "64M", "64 MiB"},
		{"-Xss", "1536k", "1.5 MiB"},
		{"-XX:MaxDirectMemorySize", "5632m", "5.5 GiB"},
		{"-XX:MaxDirectMemorySize", "8388607t", ""},
		{"-XX:+UseG1GC", "", ""},
		{"-XX:MaxGCPauseMillis", "100", ""},
		{"druid.processing.buffer.sizeBytes", "536870912", "512 MiB"},
		{"druid.processing.buffer.sizeBytes", "100000000", "100 MB"},
		{"druid.processing.buffer.sizeBytes", "123456789", "about 117.7 MiB"},
		{"druid.segmentCache.locations", "[]", ""},
		{"druid.server.maxSize", "1710000000000", "about 1.7 TB"},
		{"druid.broker.http.maxQueuedBytes", "5242880", "5 MiB"},
		{"druid.query.groupBy.maxOnDiskStorage", "1073741824", "1 GiB"},
		{"druid.processing.numThreads", "536870912", ""},
		{"druid.cache.numBackgroundThreads", "4096", ""},
		{"druid.metadata.storage.connector.user", "druid", ""},
		{"druid.storage.segments", "99999", ""},
		{"druid.indexer.poolSize", "10", ""},
	}
	for _, test := range tests {
		require.Equal(t, test.want, meaning(&sizing.Figure{Key: test.key, Value: test.value}), "%s=%s", test.key, test.value)
	}
}
