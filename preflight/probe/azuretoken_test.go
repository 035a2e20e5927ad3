package probe

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A workload has the client's ID of the configuration, where the environment has none.
func TestWorkloadIdentity(t *testing.T) {
	t.Setenv("AZURE_TENANT_ID", "meadow")
	t.Setenv("AZURE_FEDERATED_TOKEN_FILE", filepath.Join(t.TempDir(), "token"))
	for _, one := range azureChain {
		if one.name == "the workload's identity" {
			_, err := one.make("shepherd")
			require.NoError(t, err)
			_, err = one.make("")
			require.ErrorContains(t, err, "no client ID")
			return
		}
	}
	require.Fail(t, "workloads are not asked")
}
