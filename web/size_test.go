package web

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/sizing"
)

// TestBlame: of each field that is wrong, its name and what to write.
func TestBlame(t *testing.T) {
	right := SizeRequest{Target: "druid-33", Instance: "i3.2xlarge", Form: "conf", Workload: "balanced"}
	_, err := Size(right)
	require.NoError(t, err)
	for _, c := range []struct {
		field, why string
		change     func(r *SizeRequest)
	}{
		{"target", "druid-999", func(r *SizeRequest) { r.Target = "druid-999" }},
		{"instance", `unknown instance type "i3.2xlrage"`, func(r *SizeRequest) { r.Instance = "i3.2xlrage" }},
		{"workload", `"query-heavy": write one of query, balanced, ingest`, func(r *SizeRequest) { r.Workload = "query-heavy" }},
		{"cores", `"sixteen": write a number from 1 to 100000`, func(r *SizeRequest) { r.Cores = "sixteen" }},
		{"cores", `"1e3": write a number`, func(r *SizeRequest) { r.Cores = "1e3" }},
		{"cores", `"0": write a number`, func(r *SizeRequest) { r.Cores = "0" }},
		{"cores", `"100001": write a number`, func(r *SizeRequest) { r.Cores = "100001" }},
		{"cores", "write how many there are", func(r *SizeRequest) { r.Instance, r.Memory = "", "64GiB" }},
		{"memory", "such as 128GiB", func(r *SizeRequest) { r.Instance, r.Cores = "", "4" }},
		{"memory", "elephants", func(r *SizeRequest) { r.Memory = "128 elephants" }},
		{"disk", "is not a number of disks", func(r *SizeRequest) { r.Disk = "0x2TB" }},
		{"brokers", `"-1": write a number from 1 to 10000`, func(r *SizeRequest) { r.Brokers = "-1" }},
		{"data-servers", "write a number from 1 to 100000", func(r *SizeRequest) { r.DataServers = "9999999999999999999" }},
		{"zookeeper", "port", func(r *SizeRequest) { r.ZooKeeper = "zk1:port" }},
		{"metadata", "is none of mysql://", func(r *SizeRequest) { r.Metadata = "oracle://db/druid" }},
		{"deep-storage", "deep storage is one of", func(r *SizeRequest) { r.DeepStorage = "ftp://x/y" }},
	} {
		r := right
		c.change(&r)
		_, err := Size(r)
		require.Error(t, err, c.field)
		field, why := Blame(err)
		require.Equal(t, c.field, field)
		require.Contains(t, why, c.why)
	}
	most := right
	most.Cores, most.Brokers, most.DataServers, most.Memory = "100000", "10000", "100000", "1TiB"
	_, err = Size(most)
	require.NoError(t, err)
}

// TestForms: a plan in each form has files, and what is left to do is that of the form:
// with Compose everything is on one machine, and no container has a user made for it.
func TestForms(t *testing.T) {
	for _, form := range NewChoices().Forms {
		a, err := Size(SizeRequest{Target: "druid-33", Instance: "i3.2xlarge", Form: form, ZooKeeper: "zk1", Metadata: "postgresql://db/druid", DeepStorage: "s3://b/p"})
		require.NoError(t, err, form)
		require.NotEmpty(t, a.Files)
		require.Equal(t, form == "compose", strings.Contains(string(a.Plan), `"role": "all-in-one"`), form)
		todo, err := json.Marshal(a.Todo)
		require.NoError(t, err)
		require.Equal(t, form == "conf", strings.Contains(string(todo), "useradd"), form)
	}
}

// TestWorkloads: what the form offers is what sizing knows, and makes another plan.
func TestWorkloads(t *testing.T) {
	page, err := os.ReadFile("page/index.html")
	require.NoError(t, err)
	var offered []string
	list := regexp.MustCompile(`<select name="workload">(.*?)</select>`).FindSubmatch(page)[1]
	for _, option := range regexp.MustCompile(`value="([^"]*)"`).FindAllSubmatch(list, -1) {
		offered = append(offered, string(option[1]))
	}
	require.ElementsMatch(t, sizing.Workloads(), offered)
	plans := map[string]bool{}
	for _, name := range offered {
		a, err := Size(SizeRequest{Target: "druid-33", Instance: "i3.2xlarge", Form: "conf", Workload: name})
		require.NoError(t, err)
		plans[string(a.Plan)] = true
	}
	require.Len(t, plans, len(offered))
}
