package sizing

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInstances(t *testing.T) {
	list := Instances()
	require.Len(t, list, 3072)
	seen := map[string]bool{}
	for _, i := range list {
		require.False(t, seen[i.Provider+i.Name], i.Name)
		seen[i.Provider+i.Name] = true
		require.Contains(t, []string{"aws", "azure", "gcp"}, i.Provider)
		require.GreaterOrEqual(t, i.Cores, int64(1), i.Name)
		require.GreaterOrEqual(t, i.Memory, int64(500<<20), i.Name)
		require.Contains(t, []string{"amd64", "arm64"}, i.Arch)
		require.Equal(t, i.Disks > 0, i.DiskKind != "", i.Name)
	}
}

// The figures are those that the clouds publish.
func TestLookupInstance(t *testing.T) {
	for _, want := range []Instance{
		{Provider: "aws", Name: "r4.2xlarge", Cores: 8, Memory: 61 << 30, Arch: "amd64"},
		{Provider: "aws", Name: "i3.2xlarge", Cores: 8, Memory: 61 << 30, Arch: "amd64", Disks: 1, DiskSize: 1_900_000_000_000, DiskKind: "nvme-ssd"},
		{Provider: "aws", Name: "m5.xlarge", Cores: 4, Memory: 16 << 30, Arch: "amd64"},
		{Provider: "gcp", Name: "n2-standard-8", Cores: 8, Memory: 32 << 30, Arch: "amd64"},
	} {
		got, err := LookupInstance(strings.ToUpper(want.Name))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := LookupInstance("r4.2xlrage")
	require.EqualError(t, err, `unknown instance type "r4.2xlrage": did you mean r4.2xlarge?`)
	_, err = LookupInstance("a server under my desk")
	require.ErrorContains(t, err, "unknown instance type")
}
