package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNoClueInAnImage has an image without a tag, of which the newest is taken: what that brings
// tells nothing of the release.
func TestNoClueInAnImage(t *testing.T) {
	trees, err := Open(t.Context(), write(t, map[string]string{
		"compose.yaml": "services:\n  broker:\n    image: apache/druid\n    command: [broker]\n  historical:\n    image: apache/druid\n    command: [historical]\n",
	}), Options{})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	require.False(t, trees[0].Told, trees[0].TargetReason)
	require.Contains(t, trees[0].TargetReason, "nothing tells the release")
}

// TestReasonOfOneLine has one line that is left over, which proves nothing.
func TestReasonOfOneLine(t *testing.T) {
	trees, err := Open(t.Context(), write(t, map[string]string{
		"conf/druid/_common/common.runtime.properties": "druid.sql.planner.useFallback=true\n",
		"conf/druid/broker/runtime.properties":         "druid.service=druid/broker\n",
	}), Options{})
	require.NoError(t, err)
	require.False(t, trees[0].Told)
	require.Equal(t, "the release is not known; pass --target to be sure", trees[0].TargetReason)
}

// TestLikelyImage has containers of releases that a value bounds: the newest of them is the
// likely one, as it is where nothing tells.
func TestLikelyImage(t *testing.T) {
	trees, err := Open(t.Context(), write(t, map[string]string{
		"environment": "DRUID_NEWSIZE=250m\ndruid_coordinator_balancer_strategy=cachingCost\ndruid_zk_service_host=zk\n",
	}), Options{})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	require.Equal(t, "druid-27", trees[0].Target.Name)
	require.Equal(t, "0.12 - 27", trees[0].Possible.String())
}
