package sizing

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
)

// The two versions of start-druid that no release had: tasks came in three sizes, and
// the first divided half of the memory.
func classTasks(medium bool) func(float64, int64) (int64, int64) {
	return func(share float64, cores int64) (count, each int64) {
		switch {
		case share >= 4096:
			count, each = int64(share/2048), 2048
		case medium && share >= 2048:
			count, each = int64(share/1024), 1024
		default:
			count, each = 2, 512
		}
		return min(count, cores), each
	}
}

func versionOf(t *testing.T, name string) startDruid {
	switch {
	case strings.Contains(name, "#13365"):
		half := func(total, least int64) int64 { return max(least, total/2) }
		return startDruid{managerLeast: 64, routerLeast: 128, usable: half, tasks: classTasks(false)}
	case strings.Contains(name, "#13563"):
		return startDruid{managerLeast: 64, routerLeast: 256, routerDirect: 128, usable: fourFifths, tasks: classTasks(true)}
	}
	for prefix, release := range map[string]schema.Release{"25": 25, "26-37": 30, "38+": 38} {
		if strings.HasPrefix(name, prefix+" ") {
			s, ok := startDruidOf(release)
			require.True(t, ok)
			return s
		}
	}
	t.Fatal(name)
	return startDruid{}
}

// What the real script printed for 1,200 machines and sets of services, in all of its
// versions, is what distribute gives.
func TestStartDruidVectors(t *testing.T) {
	shared := os.Getenv("IMPLYCHECK_SHARED")
	if shared == "" {
		t.Skip("IMPLYCHECK_SHARED names no folder")
	}
	data, err := os.ReadFile(filepath.Join(shared, "facts", "vectors", "start-druid-vectors.jsonl"))
	require.NoError(t, err)
	rows := 0
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); rows++ {
		var row struct {
			Version, Memory, Error string
			CPUs                   int64
			Used                   int64 `json:"used_mb"`
			Services               []string
			Result                 map[string]any
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &row))
		var total int64
		_, err := fmt.Sscanf(row.Memory, "%d", &total)
		require.NoError(t, err)
		if strings.HasSuffix(row.Memory, "g") {
			total *= 1024
		}
		result, err := versionOf(t, row.Version).distribute(row.Services, total, row.CPUs)
		if row.Error != "" {
			require.EqualError(t, err, row.Error)
			continue
		}
		require.NoError(t, err)
		require.Len(t, result, len(row.Result))
		for name, want := range row.Result {
			require.Equal(t, want, printed(name, result[name], strings.Contains(row.Version, "never")), "%s of %s", name, lines.Text())
		}
	}
	require.Equal(t, 1200, rows)
}

// printed is an allotment as the script prints it.
func printed(name string, a allotment, classes bool) any {
	memory := fmt.Sprintf("-Xms%dm -Xmx%dm", a.heap, a.heap)
	if a.direct > 0 {
		memory += fmt.Sprintf(" -XX:MaxDirectMemorySize=%dm", a.direct)
	}
	capacity := fmt.Sprintf("-Ddruid.worker.capacity=%d", a.tasks)
	switch name {
	case taskPool:
		options, _ := json.Marshal(startDruidOptions(a))
		text := string(options)
		if classes {
			text = strings.ReplaceAll(text, "1024m", "1g")
		}
		return []any{capacity, "-Ddruid.indexer.runner.javaOptsArray=" + text}
	case "indexer":
		return []any{capacity, memory}
	}
	return memory
}

// A few of those numbers, for those who have no record of all of them.
func TestLikeStartDruid(t *testing.T) {
	target, err := schema.ParseTarget("druid-38")
	require.NoError(t, err)
	ask := func(target schema.Target, services ...string) (Plan, error) {
		return LikeStartDruid(Request{Target: target, Servers: []ServerRequest{{Role: AllInOne, Services: services, Machine: Machine{Cores: 8, Memory: 64 << 30}}}})
	}
	plan, err := ask(target)
	require.NoError(t, err)
	for service, want := range map[string]string{"broker": "7656m", "router": "554m", "coordinator-overlord": "8321m", "historical": "8876m", "middleManager": "277m"} {
		f, ok := plan.Servers[0].process(service).Figure("-Xmx")
		require.True(t, ok)
		require.Equal(t, want, f.Value, service)
	}
	manager := plan.Servers[0].process("middleManager")
	require.Equal(t, []int64{8, 520 << 20, 520 << 20}, []int64{manager.Tasks, manager.TaskHeap, manager.TaskDirect})
	require.Contains(t, strings.Join(plan.Servers[0].Notes, "\n"), "historical: 8.6 GiB of heap, and size would give 4.2 GiB: 512 MiB x 8 cores + ")

	old, err := schema.ParseTarget("druid-24")
	require.NoError(t, err)
	_, err = ask(old)
	require.EqualError(t, err, "druid-24 has no start-druid: it came with Druid 25")
	first, err := schema.ParseTarget("druid-25")
	require.NoError(t, err)
	_, err = ask(first, "historical", "indexer")
	require.EqualError(t, err, "start-druid of druid-25 stops here: not enough values to unpack (expected 3, got 2)")
	_, err = ask(target, "overlord")
	require.EqualError(t, err, "start-druid knows no overlord")
}
