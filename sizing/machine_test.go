package sizing

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is said of a server counts for more than what its instance type has.
func TestDescribed(t *testing.T) {
	m, err := Described("r4.2xlarge", 0, "", "")
	require.NoError(t, err)
	require.Equal(t, int64(8), m.Cores)
	require.Equal(t, int64(61<<30), m.Memory)
	require.Empty(t, m.Disks)

	m, err = Described("r4.2xlarge", 4, "30GiB", "2x1900GB")
	require.NoError(t, err)
	require.Equal(t, "r4.2xlarge", m.Name)
	require.Equal(t, int64(4), m.Cores)
	require.Equal(t, int64(30<<30), m.Memory)
	require.Len(t, m.Disks, 2)

	for want, given := range map[string][3]string{
		"instance: ": {"r4.3xlarge", "", ""}, "memory: ": {"r4.2xlarge", "much", ""}, "disk: ": {"r4.2xlarge", "", "large"},
	} {
		_, err := Described(given[0], 0, given[1], given[2])
		require.ErrorContains(t, err, want)
	}
}
