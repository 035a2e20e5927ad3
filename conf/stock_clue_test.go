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
