package scaffold_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// machines are a laptop, the machine of Imply's guide, and a large one.
var machines = []sizing.Machine{
	{Cores: 4, Memory: 16 << 30},
	{Cores: 8, Memory: 61 << 30},
	{Cores: 96, Memory: 768 << 30, Disks: []sizing.Disk{{Size: 7_500_000_000_000}}},
}

var roles = map[string][]string{
	"cluster": {"data", "query", "master"}, "data": {"data"}, "query": {"query"}, "master": {"master"}, "all-in-one": {sizing.AllInOne},
}

// advise is a plan for roles, or for processes by themselves.
func advise(t testing.TB, target schema.Target, machine sizing.Machine, roles []string) sizing.Plan {
	request := sizing.Request{Target: target}
	for _, role := range roles {
		server := sizing.ServerRequest{Role: role, Machine: machine}
		if !slices.Contains(sizing.Roles(), role) {
			server.Services = []string{role}
		}
		request.Servers = append(request.Servers, server)
	}
	plan, err := sizing.Advise(request)
	require.NoError(t, err)
	return plan
}

// pack puts the files into an archive, which is much faster than a folder.
func pack(t require.TestingT, name string, plan sizing.Plan, a scaffold.Addresses) {
	site, err := scaffold.ParseSite(a)
	require.NoError(t, err)
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, f := range scaffold.Files(plan, site) {
		w, err := archive.Create(f.Path)
		require.NoError(t, err)
		_, err = w.Write([]byte(f.Text))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, os.WriteFile(name, b.Bytes(), 0o644))
}

// lint judges with the hardware, and the numbers of servers that were said.
func lint(t require.TestingT, archive string, plan sizing.Plan) []finding.Finding {
	return lintAs(t, archive, plan, rules.Topology{Brokers: said(plan.Peers.BrokersSaid, plan.Peers.Brokers), DataServers: said(plan.Peers.DataServersSaid, plan.Peers.DataServers)})
}

func said(yes bool, n int64) int64 {
	if yes {
		return n
	}
	return 0
}

func lintAs(t require.TestingT, archive string, plan sizing.Plan, topology rules.Topology) []finding.Finding {
	target := plan.Target
	machines := map[string]sizing.Machine{}
	for _, s := range plan.Servers {
		role := s.Role
		if role == sizing.AllInOne {
			role = ""
		}
		machines[role] = s.Machine
	}
	topology.Machines = machines
	trees, err := conf.Open(context.Background(), archive, conf.Options{Target: &target})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	require.Empty(t, trees[0].Problems)
	result, err := rules.Lint(context.Background(), trees[0], rules.Options{Topology: topology})
	require.NoError(t, err)
	return result.Findings
}

// eachTarget runs a test for every target, machine and role.
func eachTarget(t *testing.T, machines []sizing.Machine, test func(t *testing.T, archive string, plan sizing.Plan)) {
	for i, name := range schema.TargetNames() {
		if testing.Short() && i%8 != 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target, err := schema.ParseTarget(name)
			require.NoError(t, err)
			dir := t.TempDir()
			for i, machine := range machines {
				for role, servers := range roles {
					test(t, filepath.Join(dir, fmt.Sprint(role, i, ".zip")), advise(t, target, machine, servers))
				}
			}
		})
	}
}

// advice are the infos that written trees do have: they ask for a decision that
// is not ours.
var advice = map[string]string{
	"sec-no-auth":               "who may log in is the site's to decide",
	"pivot-open-access":         "and so is that",
	"prop-deprecated":           "tasks of 0.12 would inherit the successor",
	"cleanup-off":               "what is deleted, and when, too",
	"thr-processing-over-cores": "fewer threads than half the cores: the plan says that memory decides",
	"ha-single-master":          "so it was said",
	"mem-broker-heap-small":     "a small machine has no more to give",
	"mem-historical-heap-rule":  "a heap ends before 32 GiB",
}

func TestWrittenTreesAreClean(t *testing.T) {
	addresses := scaffold.Addresses{ZooKeeper: "zk1.internal,zk2.internal,zk3.internal", Metadata: "postgresql://db.internal:5432/druid", DeepStorage: "s3://acme-druid/prod"}
	eachTarget(t, machines, func(t *testing.T, archive string, plan sizing.Plan) {
		pack(t, archive, plan, addresses)
		for _, f := range lint(t, archive, plan) {
			require.Contains(t, advice, f.Rule, "%s:%d: %s: %s", f.File, f.Line, f.Severity, f.Message)
			require.Equal(t, finding.Info, f.Severity)
		}
	})
}

func TestPlaceholdersAreReportedAndNothingElse(t *testing.T) {
	eachTarget(t, machines[1:2], func(t *testing.T, archive string, plan sizing.Plan) {
		pack(t, archive, plan, scaffold.Addresses{})
		placeholders := 0
		for _, f := range lint(t, archive, plan) {
			if f.Rule == "props-template-placeholder" {
				placeholders++
				continue
			}
			require.Contains(t, advice, f.Rule, "%s:%d: %s: %s", f.File, f.Line, f.Severity, f.Message)
		}
		want := 1
		if plan.Servers[0].Role == sizing.AllInOne {
			want = 0 // everything is on the one machine
		}
		require.Equal(t, want, placeholders)
	})
}

// drawnPlan is a plan for any role, release, kind of instance and numbers of
// servers, said or not.
func drawnPlan(t *rapid.T) (sizing.Plan, bool) {
	target, err := schema.ParseTarget(rapid.SampledFrom(schema.TargetNames()).Draw(t, "target"))
	require.NoError(t, err)
	request := sizing.Request{
		Target:      target,
		Brokers:     rapid.SampledFrom([]int64{0, 1, 2, 3, 5, 8, 40}).Draw(t, "brokers"),
		DataServers: rapid.SampledFrom([]int64{0, 1, 3, 6, 20, 90}).Draw(t, "data servers"),
		Segments:    rapid.SampledFrom([]int64{0, 0, 40_000, 1_000_000}).Draw(t, "segments"),
		Workload:    rapid.SampledFrom([]sizing.Workload{sizing.Balanced, sizing.QueryHeavy, sizing.IngestHeavy}).Draw(t, "workload"),
	}
	instances := sizing.Instances()
	kinds := rapid.SampledFrom([][]string{{"data", "query", "master"}, {"data"}, {"query"}, {"master"}, {sizing.AllInOne}}).Draw(t, "servers")
	if kinds[0] == sizing.AllInOne {
		request.Brokers, request.DataServers = 0, 0
	}
	for _, role := range kinds {
		i := instances[rapid.IntRange(0, len(instances)-1).Draw(t, "instance")]
		request.Servers = append(request.Servers, sizing.ServerRequest{Role: role, Machine: i.Machine()})
	}
	plan, err := sizing.Advise(request)
	return plan, err == nil && !tiny(plan)
}

// tiny servers have buffers that lint calls small, and too small a server is too
// small however it is divided.
func tiny(plan sizing.Plan) bool {
	return slices.ContainsFunc(plan.Servers, func(s sizing.Server) bool {
		return s.Machine.Memory < 15<<30 || s.Role == sizing.AllInOne && s.Machine.Memory < 30<<30
	})
}

// What size writes lint finds nothing wrong with, told the same numbers; told more
// than the plan holds for, it says so and nothing else.
func TestWrittenTreesAreCleanForTheirNumbers(t *testing.T) {
	addresses := scaffold.Addresses{ZooKeeper: "zk1.internal,zk2.internal,zk3.internal", Metadata: "postgresql://db.internal:5432/druid", DeepStorage: "s3://acme-druid/prod"}
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		plan, ok := drawnPlan(t)
		if !ok {
			return
		}
		archive := filepath.Join(dir, "plan.zip")
		pack(t, archive, plan, addresses)
		for _, f := range lint(t, archive, plan) {
			require.Contains(t, advice, f.Rule, "%s:%d: %s: %s", f.File, f.Line, f.Severity, f.Message)
			require.Equal(t, finding.Info, f.Severity)
		}
		p := plan.Peers
		if p.MostBrokers == 0 || plan.Servers[0].Role == sizing.AllInOne {
			return
		}
		found := map[string]int{}
		for _, f := range lintAs(t, archive, plan, rules.Topology{Brokers: p.MostBrokers + 1, DataServers: said(p.MostDataServers > 0, p.MostDataServers+1)}) {
			found[f.Rule]++
		}
		want := 1
		if p.MostDataServers > 0 {
			want = 2
		}
		require.Equal(t, want, found["size-plan-outgrown"])
		for rule := range found {
			require.True(t, rule == "size-plan-outgrown" || advice[rule] != "", rule)
		}
	})
}
