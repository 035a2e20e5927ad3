package sizing_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// The containers of a server fit on its disks, and each keeps a tenth of its volume free
// of segments; in other folders a Historical may hold as much as before.
func TestVolumesOfContainers(t *testing.T) {
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	for _, disks := range [][]sizing.Disk{
		nil, {{Size: 100e9}}, {{Size: 1900e9}, {Size: 1900e9}}, {{Size: 2e12, Used: 5e11, Mount: "/data"}, {Size: 50e9, Mount: "/"}},
	} {
		plan, err := sizing.Advise(sizing.Request{Target: target, Servers: []sizing.ServerRequest{{Role: sizing.Data, Machine: sizing.Machine{Cores: 8, Memory: 61 << 30, Disks: disks}}}})
		require.NoError(t, err)
		server := plan.Servers[0]
		require.Len(t, server.Roots(), max(1, len(disks)))
		used := make([]int64, max(1, len(disks)))
		for _, p := range server.Processes {
			volumes := server.Volumes(p)
			require.Len(t, volumes, len(used), p.Service)
			for i, size := range volumes {
				require.Positive(t, size, "%s %v", p.Service, disks)
				used[i] += size
			}
			require.Equal(t, server.Segments*boolInt(p.Service == "historical"), held(t, server.Moved(p, []string{"/one"}, "/one/tmp"), "/one/segment-cache"))
			moved := server.Moved(p, []string{"/one", "/two"}[:len(used)], "/tmp1")
			require.Equal(t, server.Segments*boolInt(p.Service == "historical"), held(t, moved, "/one/segment-cache", "/two/segment-cache"))
			tmp, ok := moved.Figure("-Djava.io.tmpdir")
			require.True(t, ok)
			require.Equal(t, "/tmp1", tmp.Value)
			if p.Service == "historical" {
				require.LessOrEqual(t, server.Segments, sum(volumes)*9/10)
			}
		}
		for i, d := range disks {
			require.LessOrEqual(t, used[i], d.Free(), "%v", disks)
		}
	}
}

func boolInt(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

func sum(list []int64) (n int64) {
	for _, size := range list {
		n += size
	}
	return n
}

// held is what the locations of a process may hold, which are all in some folders.
func held(t *testing.T, p sizing.Process, folders ...string) (n int64) {
	f, ok := p.Figure("druid.segmentCache.locations")
	if !ok {
		return 0
	}
	var list []struct {
		Path    string
		MaxSize int64
	}
	require.NoError(t, json.Unmarshal([]byte(f.Value), &list))
	for _, l := range list {
		require.Contains(t, folders, l.Path)
		n += l.MaxSize
	}
	return n
}
