package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/sizing"
)

// full says everything that can be said.
const full = `version: 1
target: imply-3.0.19
deployment: cluster
fail-on: warning
baseline: known.json
topology:
  masters: 2
  query-servers: 3
  data-servers: 4
  brokers: 5
  java: 8
  instance: {master: m5.xlarge, query: m5.2xlarge, data: i3.2xlarge}
  cores: {data: 4}
  memory: 16GiB
  disk: {data: 2x100GB}
rules:
  zk-single-node: error
  sec-no-auth: {severity: off, reason: the network is closed}
  meta-derby-in-cluster: {severity: info}
policies: [policies, more/policy.cue]
exclude: ["**/old", "*.tar.gz"]
locked: [seg-locations-missing]
paths:
  - path: [dev/**, test]
    target: druid-28
    topology:
      instance: r4.xlarge
      masters: 1
    rules:
      zk-single-node: {severity: off, reason: one is enough}
  - path: dev/b
    deployment: single
    rules:
      zk-single-node: info
ignore:
  - rule: jvm-heap-over-32g
    path: "**/broker/jvm.config"
    property: Xmx
    reason: measured
    until: 2027-03-31
`

func parse(t *testing.T, text string) *Config {
	c, err := Parse("f.yaml", []byte(text))
	require.NoError(t, err)
	return c
}

func TestForTheWholeFile(t *testing.T) {
	c := parse(t, full)
	s := c.For("prod/conf")
	require.Equal(t, "imply-3.0.19", s.Target.Name)
	require.Equal(t, "cluster", s.Deployment)
	require.Equal(t, finding.Warning, s.FailOn)
	require.Equal(t, "known.json", s.Baseline)
	require.Equal(t, []int64{2, 3, 4, 5, 8}, []int64{s.Topology.Masters, s.Topology.QueryServers, s.Topology.DataServers, s.Topology.Brokers, int64(s.Topology.Java)})
	data := s.Topology.Machines["data"]
	require.Equal(t, int64(4), data.Cores, "cores correct the instance")
	require.Equal(t, int64(200_000_000_000), data.DiskSpace())
	query, err := sizing.LookupInstance("m5.2xlarge")
	require.NoError(t, err)
	require.Equal(t, query.Machine(), s.Topology.Machines["query"])
	require.Equal(t, int64(16<<30), s.Topology.Machines[""].Memory)
	require.Equal(t, []string{"policies f.yaml:20:12", "more/policy.cue f.yaml:20:22"}, []string{
		s.Policies()[0].Path + " " + s.Policies()[0].At.String(), s.Policies()[1].Path + " " + s.Policies()[1].At.String(),
	})
	require.Len(t, s.Policies(), 2)
	require.Equal(t, "known.json", s.BaselineFile().Path)
	require.False(t, s.BaselineFile().Trusted())
	require.False(t, s.Policies()[0].Trusted())
	byFlag := c.For("prod/conf", Fact{Name: "baseline", Value: "/any/where.jsonl", From: Origin{Flag: "baseline"}})
	require.Equal(t, "/any/where.jsonl", byFlag.BaselineFile().Path)
	require.True(t, byFlag.BaselineFile().Trusted())
	require.True(t, s.Locked("seg-locations-missing"))
	require.False(t, s.Locked("zk-single-node"))
	for path, want := range map[string]bool{"a/old": true, "old/conf": true, "a/old/b/c": true, "x.tar.gz": true, "a/x.tar.gz": false, "older": false} {
		require.Equal(t, want, s.Excluded(path), path)
	}
	require.Equal(t, "off: the network is closed", s.Rules["sec-no-auth"].String()+": "+s.Rules["sec-no-auth"].Reason)
	require.Equal(t, finding.Error, s.Rules["zk-single-node"].Severity)
}

// TestLayers: later entries count more than earlier ones, and flags most.
func TestLayers(t *testing.T) {
	c := parse(t, full)
	for path, want := range map[string]string{
		"prod/conf": "imply-3.0.19 cluster error", "test/conf": "druid-28 cluster off", "dev": "druid-28 cluster off",
		"dev/a/conf": "druid-28 cluster off", "dev/b/conf": "druid-28 single info", "testing": "imply-3.0.19 cluster error",
	} {
		s := c.For(path)
		require.Equal(t, want, strings.Join([]string{s.Target.Name, s.Deployment, s.Rules["zk-single-node"].String()}, " "), path)
	}
	s := c.For("dev/b/conf", Fact{Name: "target", Value: "auto", From: Origin{Flag: "target"}}, Fact{Name: "masters", Value: "7", From: Origin{Flag: "masters"}})
	require.Nil(t, s.Target)
	require.Equal(t, int64(7), s.Topology.Masters)
	require.Equal(t, "--masters", s.Origin("masters").String())
	require.Equal(t, "f.yaml:32:17", s.Origin("deployment").String())
	require.Equal(t, "default", (&Config{}).For("x").Origin("deployment").String())
}

// TestInstancesCoverWhatIsBelow: what a lower layer says of hardware does not
// correct the instance of a higher one.
func TestInstancesCoverWhatIsBelow(t *testing.T) {
	r4, err := sizing.LookupInstance("r4.xlarge")
	require.NoError(t, err)
	s := parse(t, full).For("dev/a")
	require.Equal(t, map[string]sizing.Machine{"": r4.Machine()}, map[string]sizing.Machine{"": s.Topology.Machines[""]})
	require.NotContains(t, s.Topology.Machines, "nobody")
	for _, role := range Roles {
		if m, ok := s.Topology.Machines[role]; ok {
			require.Equal(t, r4.Machine(), m, role)
		}
	}
	flags, err := FactsOf(map[string]string{"cores": "3,data=5"})
	require.NoError(t, err)
	s = parse(t, full).For("prod", flags...)
	require.Equal(t, int64(5), s.Topology.Machines["data"].Cores)
	require.Equal(t, int64(3), s.Topology.Machines[""].Cores)
}

// TestFactsOf: what flags say is tried before anything is linted.
func TestFactsOf(t *testing.T) {
	for name, test := range map[string]struct{ value, want string }{
		"target":  {"druid-0.9", `--target: target "druid-0.9" is too old: implycheck knows Druid from 0.12 on`},
		"cores":   {"date=4", `--cores: unknown server "date": write one of master, query, data`},
		"memory":  {"data=lots", "--memory: "},
		"masters": {"-1", "--masters: -1 is not a number of servers"},
		"colour":  {"blue", `--colour: no fact is called "colour"`},
	} {
		_, err := FactsOf(map[string]string{name: test.value})
		require.ErrorContains(t, err, test.want)
	}
	require.ElementsMatch(t, FactNames(), []string{
		"target", "deployment", "masters", "query-servers", "data-servers", "brokers", "java", "fail-on", "baseline",
		"instance", "cores", "memory", "disk",
	})
}

func TestStarter(t *testing.T) {
	c := parse(t, Starter)
	require.Empty(t, c.facts)
	var b strings.Builder
	for line := range strings.Lines(Starter[strings.Index(Starter, "version:"):]) {
		if bare, ok := strings.CutPrefix(line, "#"); ok && !strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "#  ") {
			line = bare
		}
		b.WriteString(line)
	}
	all := parse(t, b.String())
	require.NotEmpty(t, all.facts)
	require.NotEmpty(t, all.rules)
	require.Len(t, all.paths, 1)
	require.Len(t, all.Ignores, 1)
	require.Len(t, all.LockedRules, 1)
	require.Len(t, all.Exclude, 1)
	require.Len(t, all.Policies, 1)
	require.NotEmpty(t, all.Baseline.Name)
}
