package diff

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/rules"
)

func TestConsequences(t *testing.T) {
	base := map[string]string{
		"druid/_common/common.runtime.properties": "druid.zk.service.host=a\n",
		"druid/historical/runtime.properties":     "druid.service=druid/historical\ndruid.processing.buffer.sizeBytes=536870912\ndruid.processing.numThreads=7\ndruid.processing.numMergeBuffers=2\n",
		"druid/historical/jvm.config":             "-server\n-Xms8g\n-Xmx8g\n-XX:MaxDirectMemorySize=5g\n",
		"druid/broker/runtime.properties":         "druid.service=druid/broker\ndruid.plaintextPort=8082\n",
		"druid/broker/jvm.config":                 "-server\n-Xms8g\n-Xmx8g\n",
	}
	after := map[string]string{}
	for name, text := range base {
		after[name] = text
	}
	after["druid/historical/jvm.config"] = "-server\n-Xms12g\n-Xmx12g\n-XX:MaxDirectMemorySize=4g\n"
	after["druid/broker/runtime.properties"] = "druid.service=druid/broker\ndruid.plaintextPort=18082\n"
	c := compared(t, tree(t, base), tree(t, after), Options{}).Consequences

	require.Equal(t, []string{"broker", "historical"}, c.Restart)
	// 4 GiB of heap more, and what Java adds to them; 1 GiB of direct memory less.
	require.Len(t, c.Memory, 1)
	require.Equal(t, "historical", c.Memory[0].Process)
	require.Greater(t, c.Memory[0].After-c.Memory[0].Before, int64(3<<30))
	require.Less(t, c.Memory[0].After-c.Memory[0].Before, int64(4<<30))
	require.Equal(t, []Port{{Process: "broker", Name: "plain", Before: 8082, After: 18082}}, c.Ports)
	require.Len(t, c.Appear, 1)
	require.Equal(t, "mem-direct-insufficient", c.Appear[0].Rule)
	require.Empty(t, c.Disappear)

	back := compared(t, tree(t, after), tree(t, base), Options{}).Consequences
	require.Empty(t, back.Appear)
	require.Len(t, back.Disappear, 1)
}

// TestFindingsMove keeps a finding that a move takes to another file and line.
func TestFindingsMove(t *testing.T) {
	before := tree(t, map[string]string{
		"_common/common.runtime.properties": "druid.zk.service.host=a\n",
		"historical/runtime.properties":     "druid.service=h\ndruid.server.maxSiez=5\n",
	})
	after := tree(t, map[string]string{
		"_common/common.runtime.properties": "druid.zk.service.host=a\n\n\ndruid.server.maxSiez=5\n",
		"historical/runtime.properties":     "druid.service=h\n",
	})
	c := compared(t, before, after, Options{})
	require.Empty(t, said(c))
	require.Empty(t, c.Consequences.Appear)
	require.Empty(t, c.Consequences.Disappear)
}

func TestServices(t *testing.T) {
	a := tree(t, map[string]string{
		"historical/runtime.properties": "druid.service=h\ndruid.processing.numThreads=7\n",
		"historical/jvm.config":         "-Xmx8g\n",
		"broker/runtime.properties":     "druid.service=b\ndruid.processing.numThreads=7\n",
		"broker/jvm.config":             "-Xmx24g\n",
	})
	c, err := Services(t.Context(), a.Service("historical"), a.Service("broker"), Options{})
	require.NoError(t, err)
	require.Equal(t, []string{
		"historical -> broker: changed druid.service h b",
		"historical -> broker: changed -Xmx -Xmx8g -Xmx24g",
	}, said(c))
	require.Empty(t, c.Consequences.Restart)
	require.Equal(t, []Port{{Process: "historical -> broker", Name: "plain", Before: 8083, After: 8082}}, c.Consequences.Ports)
	c, err = Services(t.Context(), a.Service("broker"), a.Service("broker"), Options{})
	require.NoError(t, err)
	require.Empty(t, said(c))
}

// brokerOnly is a cluster of one process.
var brokerOnly = map[string]string{"druid/broker/runtime.properties": "druid.service=druid/broker\n"}

// A panic in a rule is an error of the comparison, and names the rule.
func TestPanic(t *testing.T) {
	broken := &rules.Rule{ID: "x-broken", Check: func(*rules.Pass) { panic("oops") }}
	before, after := tree(t, brokerOnly), tree(t, brokerOnly)
	_, err := Trees(t.Context(), before, after, Options{Lint: rules.Options{Rules: []*rules.Rule{broken}}})
	var bug *rules.Bug
	require.ErrorAs(t, err, &bug)
	require.Equal(t, "x-broken oops", bug.Rule+" "+bug.Reason)
}

// A comparison ends with its context.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := All(ctx, "a", []*conf.Tree{tree(t, brokerOnly)}, "b", []*conf.Tree{tree(t, brokerOnly)}, Options{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestClustersByName(t *testing.T) {
	one := func(name, value string) map[string]string {
		return map[string]string{name + "/_common/common.runtime.properties": "a=" + value, name + "/broker/runtime.properties": "druid.service=b"}
	}
	merge := func(maps ...map[string]string) map[string]string {
		all := map[string]string{}
		for _, m := range maps {
			for name, text := range m {
				all[name] = text
			}
		}
		return all
	}
	before, as := trees(t, merge(one("imply-3.0.18/dc1/conf", "1"), one("imply-3.0.18/dc2/conf", "1")))
	after, bs := trees(t, merge(one("imply-3.0.19/dc2/conf", "2"), one("imply-3.0.19/dc3/conf", "1")))
	clusters, err := All(t.Context(), before, as, after, bs, quiet)
	require.NoError(t, err)
	var got []string
	for _, c := range clusters {
		got = append(got, c.Name+" "+string(c.Kind))
	}
	require.Equal(t, []string{"dc1/conf removed", "dc2/conf changed", "dc3/conf added"}, got)
}
