package sizing

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

func targets(t require.TestingT) []schema.Target {
	var list []schema.Target
	for _, name := range schema.TargetNames() {
		target, err := schema.ParseTarget(name)
		require.NoError(t, err)
		list = append(list, target)
	}
	return list
}

// Imply's own numbers for the servers of its guide: r4.2xlarge, and m5.xlarge for
// the Master server. From conf of Imply 2.7.8.
func TestImplysOwnNumbers(t *testing.T) {
	target, err := schema.ParseTarget("imply-2.7.8")
	require.NoError(t, err)
	r4, m5 := Machine{Cores: 8, Memory: 61 << 30}, Machine{Cores: 4, Memory: 16 << 30}
	plan, err := Advise(Request{Target: target, Servers: []ServerRequest{{Role: Data, Machine: r4}, {Role: Query, Machine: r4}, {Role: Master, Machine: m5}}})
	require.NoError(t, err)
	for service, want := range map[string]map[string]string{
		"historical": {
			"-Xms": "8g", "-Xmx": "8g", "-XX:MaxDirectMemorySize": "8g", numThreads: "7", numMerge: "2", bufferSize: "536870912",
			httpThreads: "40", cacheSizeBytes: "2000000000", "druid.server.maxSize": "130000000000",
		},
		"middleManager": {
			"-Xmx": "64m", "druid.worker.capacity": "3", httpThreads: "40",
			forkPrefix + numThreads: "2", forkPrefix + numMerge: "2", forkPrefix + bufferSize: "100000000",
		},
		"broker": {
			"-Xmx": "24g", "-XX:MaxDirectMemorySize": "8g", numThreads: "7", numMerge: "2", bufferSize: "536870912",
			"druid.broker.http.numConnections": "5", httpThreads: "40",
		},
		"coordinator": {"-Xmx": "3g"}, "overlord": {"-Xmx": "3g"}, "zookeeper": {"-Xmx": "2g"},
	} {
		p := processOf(plan, service)
		require.NotNil(t, p, service)
		for key, value := range want {
			f, ok := p.Figure(key)
			require.True(t, ok, "%s %s", service, key)
			require.Equal(t, value, f.Value, "%s %s", service, key)
		}
	}
	require.Equal(t, int64(2<<30), processOf(plan, "middleManager").TaskHeap)
}

func processOf(plan Plan, service string) *Process {
	for _, s := range plan.Servers {
		if p := s.process(service); p != nil {
			return p
		}
	}
	return nil
}

// Every instance type in every role under every release: the plan holds, or the
// error names a server that would do.
func TestEveryInstanceEveryRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	type hardware struct {
		role          string
		cores, memory int64
		disks, size   int64
	}
	all := targets(t)
	seen := map[hardware]bool{}
	for _, i := range Instances() {
		for _, role := range Roles() {
			h := hardware{role: role, cores: i.Cores, memory: i.Memory}
			if role == Data || role == AllInOne {
				h.disks, h.size = i.Local.Count, i.Local.Space // others have no use for them
			}
			if seen[h] {
				continue
			}
			seen[h] = true
			for _, target := range all {
				plan, err := Advise(Request{Target: target, Servers: []ServerRequest{{Role: role, Machine: i.Machine()}}})
				if err != nil {
					require.ErrorContains(t, err, "would do", i.Name)
					continue
				}
				checkPlan(t, fmt.Sprintf("%s %s %s", i.Name, role, target.Name), plan)
			}
		}
	}
	require.Greater(t, len(seen), 1500)
}

// checkPlan checks what must hold of every plan, with arithmetic of its own.
func checkPlan(t require.TestingT, name string, plan Plan) {
	for _, s := range plan.Servers {
		if s.Committed > s.Machine.Memory*85/100 {
			require.Failf(t, "too much", "%s: %d of %d", name, s.Committed, s.Machine.Memory)
		}
		var parts int64
		for _, part := range s.Parts() {
			parts += part.Bytes
		}
		if parts != s.Machine.Memory {
			require.Failf(t, "the memory map does not add up", "%s: %d of %d", name, parts, s.Machine.Memory)
		}
		for _, p := range s.Processes {
			checkProcess(t, name+" "+p.Service, plan.Target, p)
		}
	}
}

func checkProcess(t require.TestingT, name string, target schema.Target, p Process) {
	number := func(key string) int64 {
		f, ok := p.Figure(key)
		if !ok {
			return 0
		}
		n, err := strconv.ParseInt(f.Value, 10, 64)
		if err != nil {
			n, ok = schema.ParseBytes(f.Value)
			if !ok {
				require.Failf(t, "no number", "%s %s=%s", name, key, f.Value)
			}
		}
		return n
	}
	buffers := number(numThreads) + number(numMerge) + 1
	switch {
	case p.Service == "broker" && target.Release >= 23:
		buffers = number(numMerge) + 1
	case p.Service == "middleManager":
		buffers = 0
		if need := number(forkPrefix+bufferSize) * (number(forkPrefix+numThreads) + number(forkPrefix+numMerge) + 1); need > p.TaskDirect {
			require.Failf(t, "a task has too little direct memory", "%s: %d of %d", name, p.TaskDirect, need)
		}
	}
	if need := number(bufferSize) * buffers; need > p.Direct {
		require.Failf(t, "too little direct memory", "%s: %d of %d", name, p.Direct, need)
	}
	if size := number(bufferSize); size >= 1<<31 {
		require.Failf(t, "a buffer too large", "%s: %d", name, size)
	}
	for _, f := range p.Figures {
		if f.Formula == "" || f.Source == "" {
			require.Failf(t, "no reason", "%s %s", name, f.Key)
		}
		key := strings.TrimPrefix(f.Key, forkPrefix)
		if !strings.HasPrefix(key, "druid.") {
			continue
		}
		property, ok := schema.Lookup(key)
		if !ok || !property.Releases.Has(target.Release) {
			require.Failf(t, "no such property", "%s %s", name, key)
		}
		if err := property.Check(f.Value, target.Release); err != nil {
			require.Failf(t, "a wrong value", "%s %s=%s: %v", name, key, f.Value, err)
		}
	}
}

// More memory or more cores never give less of anything.
func TestMonotone(t *testing.T) {
	all := targets(t)
	rapid.Check(t, func(t *rapid.T) {
		r := Request{
			Target:   rapid.SampledFrom(all).Draw(t, "target"),
			Workload: rapid.SampledFrom([]Workload{Balanced, QueryHeavy, IngestHeavy}).Draw(t, "workload"),
			Lookups:  rapid.Int64Range(0, 2<<30).Draw(t, "lookups"),
			Segments: rapid.Int64Range(0, 1_000_000).Draw(t, "segments"),
			NoCache:  rapid.Bool().Draw(t, "no cache"),
		}
		role := rapid.SampledFrom(append(Roles(), "own")).Draw(t, "role")
		var services []string
		if role == "own" {
			services = []string{"historical"}
			if r.Target.Release >= 16 {
				services = append(services, "indexer")
			}
		}
		small := Machine{
			Cores:  rapid.Int64Range(1, 256).Draw(t, "cores"),
			Memory: rapid.Int64Range(1<<30, 1<<40).Draw(t, "memory"),
		}
		large := small
		if rapid.Bool().Draw(t, "more cores") {
			large.Cores += rapid.Int64Range(0, 64).Draw(t, "cores more")
		} else {
			large.Memory += rapid.OneOf(rapid.Int64Range(0, 64<<20), rapid.Int64Range(0, 1<<38)).Draw(t, "memory more")
		}
		size := func(m Machine) (Plan, error) {
			r.Servers = []ServerRequest{{Role: role, Services: services, Machine: m}}
			return Advise(r)
		}
		before, err := size(small)
		if err != nil {
			return
		}
		after, err := size(large)
		require.NoError(t, err)
		checkPlan(t, "before", before)
		checkPlan(t, "after", after)
		requireNotLess(t, before.Servers[0], after.Servers[0])
	})
}

func requireNotLess(t require.TestingT, before, after Server) {
	require.LessOrEqual(t, before.Segments, after.Segments, "segment cache")
	for i, p := range before.Processes {
		q := after.Processes[i]
		require.LessOrEqual(t, p.Heap, q.Heap, p.Service+" heap")
		require.LessOrEqual(t, p.Direct, q.Direct, p.Service+" direct")
		require.LessOrEqual(t, p.Tasks, q.Tasks, p.Service+" tasks")
		require.LessOrEqual(t, p.TaskHeap, q.TaskHeap, p.Service+" task heap")
		require.LessOrEqual(t, p.TaskDirect, q.TaskDirect, p.Service+" task direct")
		for _, f := range p.Figures {
			was, ok := bytesOf(f.Value)
			if !ok {
				continue
			}
			g, ok := q.Figure(f.Key)
			require.True(t, ok, f.Key)
			is, ok := bytesOf(g.Value)
			require.True(t, ok, f.Key)
			require.LessOrEqual(t, was, is, "%s %s", p.Service, f.Key)
		}
	}
}

func bytesOf(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	return schema.ParseBytes(text)
}

func TestAdviseRefuses(t *testing.T) {
	for _, c := range []struct {
		request ServerRequest
		want    string
	}{
		{ServerRequest{Role: Data, Machine: Machine{Cores: 0, Memory: 64 << 30}}, "the data server: 0 cores: it needs one at least"},
		{ServerRequest{Role: Data, Machine: Machine{Cores: 4, Memory: 512 << 20}}, "the data server: 512 MiB of memory are not enough for historical, middleManager: 2.5 GiB would do"},
		{ServerRequest{Role: "queen", Machine: Machine{Cores: 4, Memory: 64 << 30}}, `the queen server: unknown role "queen": write one of data, query, master, all-in-one`},
		{ServerRequest{Role: "mine", Services: []string{"router", "router"}, Machine: Machine{Cores: 4, Memory: 64 << 30}}, "the mine server: router is there twice"},
		{ServerRequest{Role: "mine", Services: []string{"histrical"}, Machine: Machine{Cores: 4, Memory: 64 << 30}}, `the mine server: unknown service "histrical"`},
		{ServerRequest{Role: "mine", Services: []string{"indexer"}, Machine: Machine{Cores: 4, Memory: 64 << 30}}, `imply-3.0.19 has no Indexer: it came with Druid 0.16`},
		{ServerRequest{Role: Data, Machine: Machine{Cores: 4, Memory: 64 << 30, Disks: []Disk{{Size: 300_000_000}}}}, "a disk of 300 MB holds no segments to speak of"},
	} {
		_, err := Advise(Request{Target: schema.DefaultTarget, Servers: []ServerRequest{c.request}})
		require.ErrorContains(t, err, c.want)
	}
}

// The server that an error names does, and one of 512 MiB less does not.
func TestSmallestServer(t *testing.T) {
	for _, role := range Roles() {
		for _, segments := range []int64{0, 5_000_000} {
			r := Request{Target: schema.DefaultTarget, Segments: segments, Lookups: 1 << 30}
			claims := r.claimsOf(ServerRequest{Role: role}, must(ServicesOf(role, r.Target)))
			least := leastMemory(claims, r.Reserve, false)
			r.Servers = []ServerRequest{{Role: role, Machine: Machine{Cores: 2, Memory: least}}}
			plan, err := Advise(r)
			require.NoError(t, err, role)
			checkPlan(t, role, plan)
			r.Servers[0].Machine.Memory -= 512 << 20
			_, err = Advise(r)
			require.ErrorContains(t, err, text.About(least))
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
