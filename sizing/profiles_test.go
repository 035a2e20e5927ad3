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

// docs/sizing.md sets ours beside every published profile whose hardware is
// known. Differences are meant; this test shows them, and that each has a reason.
func TestPublishedProfiles(t *testing.T) {
	var b strings.Builder
	same, different := 0, 0
	b.WriteString(profilesHead)
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
			reason := f.Formula + " (" + f.Source + ")"
			value := shown(figure[0], n)
			if f.Key == "" {
				value, reason = "not set", notSet(t, figure[0], p.target)
			}
			fmt.Fprintf(&b, "| %s %s, %d cores, %d GB | %s | `%s` | %s | %s | %s |\n", p.target, p.profile, p.machine.Cores, p.machine.Memory>>30,
				p.service, strings.TrimPrefix(figure[0], "druid."), shown(figure[0], theirs), value, reason)
		}
	}
	fmt.Fprintf(&b, "\n%d published figures are the same, %d differ.\n", same, different)
	name := filepath.Join("..", "docs", "sizing.md")
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "run go test ./sizing -update and read what changed")
	require.Greater(t, same, different)
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

const profilesHead = `# What size computes, beside what Druid and Imply ship

` + "`implycheck size`" + ` follows Imply's templates for Imply and for Druid up to 0.14, and Druid's tuning guide from 0.15 on. Every process
has a floor, a share of what is left of 85 % of the memory, and a wish that comes from cores, disks and the numbers of other
processes; it gets what it wishes as far as its share is enough, and what nobody wishes is left to the page cache. So more memory
or more cores never give less of anything, and the sum always fits.

Every published profile whose hardware is known was compared. These are the differences, each with the formula that size has in
its place (` + "`--explain`" + ` prints them for your hardware). On the smallest servers ours are smaller: Druid's templates for them
count nothing for what a JVM takes beside its heap.

| published for | process | setting | theirs | ours | ours because |
|---|---|---|---|---|---|
`
