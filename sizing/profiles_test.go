package sizing

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

var update = flag.Bool("update", false, "rewrite docs/sizing.md")

// published is what Druid or Imply ship for a server of known size.
type published struct {
	target, profile, role string
	machine               Machine
	service               string
	// figures are by the keys of a plan; empty where the template leaves it to
	// the default.
	figures [][2]string
}

func readPublished(t *testing.T) []published {
	f, err := os.Open("testdata/profiles.csv")
	require.NoError(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	require.NoError(t, err)
	var list []published
	for _, row := range rows {
		cores, err := strconv.ParseInt(row[3], 10, 64)
		require.NoError(t, err)
		memory, err := strconv.ParseInt(row[4], 10, 64)
		require.NoError(t, err)
		p := published{target: row[0], profile: row[1], role: row[2], machine: Machine{Cores: cores, Memory: memory << 30}, service: row[5]}
		fork, connections := "", "druid.broker.http.numConnections"
		if p.service == "middleManager" {
			fork = forkPrefix
		}
		if p.service == "router" {
			connections = "druid.router.http.numConnections"
		}
		keys := []string{"-Xmx", "-XX:MaxDirectMemorySize", fork + numThreads, fork + numMerge, fork + bufferSize, httpThreads, connections, "druid.worker.capacity", "task -Xmx", "task -XX:MaxDirectMemorySize", cacheSizeBytes}
		for i, key := range keys {
			if text := row[6+i]; text != "" {
				p.figures = append(p.figures, [2]string{key, text})
			}
		}
		list = append(list, p)
	}
	return list
}

// ours is the plan's value for a key and the reason.
func ours(p *Process, key string) (int64, Figure) {
	options, _ := p.Figure("druid.indexer.runner.javaOptsArray")
	switch key {
	case "-Xmx":
		f, _ := p.Figure(key)
		return p.Heap, f
	case "-XX:MaxDirectMemorySize":
		f, _ := p.Figure(key)
		return p.Direct, f
	case "task -Xmx":
		return p.TaskHeap, options
	case "task -XX:MaxDirectMemorySize":
		return p.TaskDirect, options
	}
	f, ok := p.Figure(key)
	if !ok {
		return 0, f
	}
	n, _ := bytesOf(f.Value)
	return n, f
}

func amount(key, given string) int64 {
	if n, ok := schema.ParseBytes(given); ok && !strings.Contains(key, "-X") {
		return n
	}
	n, _ := text.ParseSize(given)
	return n
}

// shown writes a number as people compare it.
func shown(key string, n int64) string {
	if strings.Contains(key, "-X") || strings.Contains(key, "ize") {
		return text.About(n)
	}
	return fmt.Sprint(n)
}

// defence is why a difference from a published figure is meant. The first that fits
// counts.
type defence struct {
	service, key string // empty fits all; key is the end of a figure's
	when         func(p published, theirs, ours int64) bool
	// follows says that ours is theirs but for a unit or a rounding.
	follows bool
	why     string
}

func tiny(p published, _, _ int64) bool { return p.machine.Memory <= 16<<30 }
func nano(p published, _, _ int64) bool { return p.machine.Memory <= 4<<30 }
func less(_ published, t, o int64) bool { return o < t }
func more(_ published, t, o int64) bool { return o > t }
func early(p published, _, _ int64) bool {
	return strings.HasPrefix(p.target, "druid-0.12") || strings.HasPrefix(p.target, "druid-0.14")
}
func near(_ published, t, o int64) bool {
	return 20*max(t, o) <= 21*min(t, o)+20<<20 && max(t, o)-min(t, o) < 1<<30
}
func always(_ published, _, _ int64) bool { return true }

var defences = []defence{
	{"", "buffer.sizeBytes", near, true, "the same 500 or 100 MB, written in MiB"},
	{"", "numMergeBuffers", func(_ published, t, o int64) bool { return t-o == 1 }, true, "the template counts cores, Druid's default its threads: a quarter of them either way"},
	{"", "", nano, false, "the template of this size promises its processes more than the machine has: heaps, direct memory and six JVMs' own memory do not fit into 4 GB, and the kernel ends one of them"},
	{"middleManager", "-Xmx", more, false, "with 64 to 128 MiB it ran out of memory passing on reports and logs of tasks; Druid raised its own floor to 256 MiB (#19582)"},
	{"", "", tiny, false, "the template is for a first look and leaves most of the machine idle; ours takes a larger part of it, and the sum still fits"},
	{"historical", "MaxDirectMemorySize", func(p published, t, o int64) bool { return early(p, t, o) && o > t }, false, "theirs fails Druid's own check, 512 MiB x (7 + 2 + 1) = 5 GiB: the process does not start as shipped"},
	{"broker", "MaxDirectMemorySize", early, false, "with one processing thread the check asks for 2 GiB; half as much again, as Imply grants, is enough"},
	{"router", "MaxDirectMemorySize", less, false, "a Router has no buffers; 128 MiB are what later templates have"},
	{"", "MaxDirectMemorySize", less, false, "beyond the check and what the network takes direct memory has no user; it is worth more as page cache"},
	{"broker", "processing.numThreads", always, false, "a Broker only merges, and each thread costs a buffer; 0.14's own template has 1"},
	{"broker", "cache.sizeInBytes", always, false, "results are cached on the Historicals, where their segments are; a Broker's cache keeps them from merging there"},
	{"", "http.numThreads", more, false, "Druid's own default for these cores; the template's 25 are fewer, for the sake of nothing"},
	{"broker", "http.numThreads", early, false, "its connections are 5, so that its threads need be no more than Druid's default"},
	{"broker", "numConnections", early, false, "as Imply has it: six Brokers may share a data process's 40 threads, not three"},
	{"middleManager", "buffer.sizeBytes", less, false, "a task ingests and needs 100 MB; with the template's 512 MiB every task fails Druid's own check, 2.5 GiB of 2"},
	{"broker", "-Xmx", less, false, "the guide's 8 GiB for up to 15 Historicals; it grows with --data-servers and --segments, and 12 GiB on a server of 32 would not"},
	{"broker", "-Xmx", more, false, "a sixteenth of the machine, as the templates before and after it in the same series have; this one alone has less"},
	{"broker", "numMergeBuffers", always, false, "a quarter of the cores, as the templates before and after it in the same series have; this one alone has half of them"},
	{"coordinator-overlord", "-Xmx", less, false, "a Broker's heap and half of it for the Overlord, as the guide has it; it grows with --data-servers and --segments"},
	{"coordinator-overlord", "-Xmx", more, false, "a fourteenth of the machine, as the other templates of the series"},
	{"historical", "-Xmx", more, false, "the guide's 512 MiB a core, and the query cache on top of it: the template counts the cache as if it took no heap"},
	{"historical", "cache.sizeInBytes", always, false, "Druid's own default, a part of the heap up to 1 GiB, rather than one number for every machine"},
	{"router", "-Xmx", more, false, "as in the larger templates: a Router keeps answers of many clients for a moment, and its heap is a hundredth of the machine"},
}

// defended finds why a difference is meant.
func defended(t *testing.T, p published, key string, theirs, ours int64) defence {
	for _, d := range defences {
		if (d.service == "" || d.service == p.service) && strings.HasSuffix(key, d.key) && d.when(p, theirs, ours) {
			return d
		}
	}
	require.Fail(t, "a difference that nobody defends", "%s %s %s: %d, ours %d", p.target, p.service, key, theirs, ours)
	return defence{}
}

// docs/sizing.md sets ours beside every published profile whose hardware is known:
// what it follows, and what it means to do better.
func TestPublishedProfiles(t *testing.T) {
	var followed, bettered strings.Builder
	same, different := 0, 0
	used := map[string]bool{}
	for _, p := range readPublished(t) {
		plan := planFor(t, p)
		process := processOf(plan, p.service)
		require.NotNil(t, process, p.service)
		for _, figure := range p.figures {
			theirs := amount(figure[0], figure[1])
			n, f := ours(process, figure[0])
			if n == theirs {
				same++
				continue
			}
			different++
			formula := f.Formula + " (" + f.Source + ")"
			value := shown(figure[0], n)
			if f.Key == "" {
				value, formula = "not set", notSet(t, figure[0], p.target)
			}
			d := defended(t, p, figure[0], theirs, n)
			used[d.why] = true
			table := &bettered
			if d.follows {
				table = &followed
			}
			cores := "1 core"
			if n := p.machine.Cores; n > 1 {
				cores = fmt.Sprintf("%d cores", n)
			}
			fmt.Fprintf(table, "| %s %s, %s, %d GB | %s | `%s` | %s | %s | %s | %s |\n", p.target, p.profile, cores, p.machine.Memory>>30,
				p.service, strings.TrimPrefix(figure[0], "druid."), shown(figure[0], theirs), value, d.why, formula)
		}
	}
	for _, d := range defences {
		require.True(t, used[d.why], "nothing needs the defence: %s", d.why)
	}
	text := fmt.Sprintf(profilesHead, same, different) + profilesTable + followed.String() + betteredHead + profilesTable + bettered.String() + startedText(t)
	name := filepath.Join("..", "docs", "sizing.md")
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "run go test ./sizing -update and read what changed")
	require.Greater(t, same, different)
}

// startedText is the record of real processes that were started from plans.
func startedText(t *testing.T) string {
	data, err := os.ReadFile("testdata/started.csv")
	require.NoError(t, err)
	r := csv.NewReader(strings.NewReader(string(data)))
	r.Comment = '#'
	rows, err := r.ReadAll()
	require.NoError(t, err)
	var b strings.Builder
	b.WriteString(startedHead)
	var plan, resident int64
	for i, row := range rows {
		planned, err := strconv.ParseInt(row[3], 10, 64)
		require.NoError(t, err)
		had, err := strconv.ParseInt(row[4], 10, 64)
		require.NoError(t, err)
		require.LessOrEqual(t, had, planned, "%q", row)
		plan, resident = plan+planned, resident+had
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", row[0], row[1], row[2], grouped(planned), grouped(had))
		if i == len(rows)-1 || rows[i+1][0] != row[0] {
			fmt.Fprintf(&b, "| | | together | %s | %s |\n", grouped(plan), grouped(resident))
			plan, resident = 0, 0
		}
	}
	return b.String()
}

// notSet says why a plan leaves a published figure out.
func notSet(t *testing.T, key, target string) string {
	parsed, err := schema.ParseTarget(target)
	require.NoError(t, err)
	switch {
	case key == cacheSizeBytes:
		return "Brokers merge; Historicals cache"
	case key == numThreads && parsed.Release >= 23:
		return "Brokers have no processing threads from 0.23 on (BrokerProcessingModule)"
	}
	require.Fail(t, "no reason", "%s %s", target, key)
	return ""
}

func planFor(t *testing.T, p published) Plan {
	target, err := schema.ParseTarget(p.target)
	require.NoError(t, err)
	s := ServerRequest{Role: p.role, Machine: p.machine}
	if p.service == "indexer" {
		s.Services = []string{"historical", "indexer"}
	}
	plan, err := Advise(Request{Target: target, Brokers: 1, DataServers: 1, Servers: []ServerRequest{s}})
	require.NoError(t, err)
	return plan
}

const profilesTable = `
| published for | process | setting | theirs | ours | why | formula |
|---|---|---|---|---|---|---|
`

const profilesHead = `# What size computes, compared with what Druid and Imply ship

` + "`implycheck size`" + ` follows Imply's templates for Imply and for Druid up to 0.14, and Druid's tuning guide from 0.15 on. Every process
has a floor, a share of what is left of 85 %% of the memory, and a wish that comes from cores, disks and the numbers of other
processes; it gets what it wishes as far as its share is enough, and what nobody wishes is left to the page cache. So more memory
or more cores never give less of anything, and the sum always fits. Memory is counted in GiB, as it is sold, disks in GB.

What is counted on top of heap and direct memory is 176 MiB for classes, compiled code and libraries (64 MiB for ZooKeeper) and a
twentieth of the heap: see the last table. In a container the same is its request; its limit has room for the pages of files too,
since the kernel charges them to the container and takes them back first.

Where the numbers of other servers are not said, two Brokers and up to 15 Data servers are assumed, and the plan says which numbers
depend on them and up to how many they hold; what is written records it, and lint reports a cluster that has outgrown it.

In the forms of containers what is kept is on volumes that the image's user, 1000, may write to, and every process has its own. A Historical has a
ninth more than its segments, for the file system, queries that spill to disk and temporary files; tasks have the rest of the disk, or
10 GB each where no disk is known. The druid-operator has a claim for each disk; Docker binds a folder on each, or keeps a
volume; the chart mounts one folder, which takes all. Compose starts everything on one machine: without ` + "`--role`" + ` the plan is for that.
Of the druid-operator 1.3 and the chart druid-helm 37 what is written was held against the schema and the templates, and a Historical
and a MiddleManager of 33.0.0 were started from it by the image's script as user 1000.

Every published profile whose hardware is known was compared: %d figures are the same, %d differ.

## What it follows

The same number in another unit or rounding:
`

const betteredHead = `
## What it means to do better

Each difference with its reason, and the formula that size has in its place (` + "`--explain`" + ` prints them for your hardware):
`

const startedHead = `
## Started

A real Druid was started from exactly what ` + "`size --write`" + ` wrote, where only hosts, disks and extensions that Maven does not have were
replaced; what bin/run-java adds for Java 17 came from the environment. It ran a task that ingested 20,000 rows and answered a groupBy
over them; resident is the most that a process had of memory until then, in MiB, mapped files included, and peon is one task. ` + "`go test -tags druid -run TestSizedDruid ./cmd/implycheck`" + ` does it again.

| plan | Druid | process | planned | resident |
|---|---|---|---|---|
`
