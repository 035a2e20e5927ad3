package sizing

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// builder makes one process: what is asked, the machine, and the room that the
// process has there.
type builder struct {
	Process
	request  Request
	school   school
	machine  Machine
	services []string
	room     map[PartKind]int64
	allInOne bool
}

// The keys that more than one process has.
const (
	numThreads     = "druid.processing.numThreads"
	numMerge       = "druid.processing.numMergeBuffers"
	bufferSize     = "druid.processing.buffer.sizeBytes"
	httpThreads    = "druid.server.http.numThreads"
	cacheSizeBytes = "druid.cache.sizeInBytes"

	tuningGuide = "docs/operations/basic-cluster-tuning.md"
	templates   = "the templates of Druid and Imply"
)

// reason is why a figure is what it is: a formula with the numbers in it, and
// those numbers by name.
type reason struct {
	formula string
	source  string
	inputs  []Input
}

// because is a formula like "max(1, {8} cores - 1)": what stands in braces is an
// input named by the words that follow it.
func because(source, formula string, args ...any) reason {
	text := fmt.Sprintf(formula, args...)
	r := reason{source: source}
	var plain strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		plain.WriteString(before)
		if !ok {
			break
		}
		input, after, _ := strings.Cut(rest, "}")
		value, name, _ := strings.Cut(input, "|")
		plain.WriteString(value)
		if name != "" {
			r.inputs = append(r.inputs, Input{name, value})
		}
		text = after
	}
	r.formula = plain.String()
	return r
}

func (b *builder) set(key, value string, why reason) {
	b.Figures = append(b.Figures, Figure{Key: key, Value: value, Formula: why.formula, Inputs: why.inputs, Source: why.source})
}

func (b *builder) setInt(key string, n int64, why reason) { b.set(key, fmt.Sprint(n), why) }

// mebibytes writes an amount in the unit of the sentence that it stands in.
func mebibytes(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }

// plural writes a word for one or several.
func plural(n int64, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// setBytes writes a size with its unit, where the release reads units and the
// size has one.
func (b *builder) setBytes(key string, bytes int64, why reason) {
	b.set(key, bytesText(key, bytes, b.request.Target.Release), why)
}

func bytesText(key string, bytes int64, r schema.Release) string {
	p, ok := schema.Lookup(strings.TrimPrefix(key, forkPrefix))
	if !ok || p.Units == 0 || r < p.Units || bytes%(1<<20) != 0 || bytes == 0 {
		return fmt.Sprint(bytes)
	}
	if bytes%(1<<30) == 0 {
		return fmt.Sprintf("%dGiB", bytes>>30)
	}
	return fmt.Sprintf("%dMiB", bytes>>20)
}

// heap takes what is wanted, as far as there is room, and writes the flags.
func (b *builder) heap(want calc, source string) {
	want = want.atMost(roundHeap(heapWithin(b.Service, b.room[PartHeap])), b.share())
	b.Heap = want.n
	b.set("-Xms", JVM(b.Heap), because(tuningGuide, "as -Xmx: a heap that need not grow"))
	b.set("-Xmx", JVM(b.Heap), want.because(source))
}

// share is what a process may have of its machine, for people.
func (b *builder) share() string {
	if b.machine.Limited {
		return "its share of the container"
	}
	return "its share of the server"
}

// flags are those that every JVM of Druid should have, whatever its size.
var flags = []Figure{
	{Key: "-XX:+UseG1GC", Formula: "short pauses on large heaps; Java 8 would take another collector", Source: tuningGuide},
	{Key: "-XX:+ExitOnOutOfMemoryError", Formula: "a process out of memory stops and is started again", Source: tuningGuide},
	{Key: "-Duser.timezone", Value: "UTC", Formula: "Druid's times are in UTC", Source: tuningGuide},
	{Key: "-Dfile.encoding", Value: "UTF-8", Formula: "texts are read alike everywhere", Source: tuningGuide},
	{Key: "-Djava.util.logging.manager", Value: "org.apache.logging.log4j.jul.LogManager", Formula: "all logs go through log4j2", Source: templates},
}

// networkDirect is what a Router, which has no buffers, is given in the templates.
const networkDirect = 128 << 20

// direct grants the direct memory that a need asks for, and some more: what Imply
// grants, or what the connections take.
func (b *builder) direct(need Direct) {
	want := need.calc()
	if percent := b.school.directPercent; percent > 0 {
		want = want.percent(percent, "as Imply grants")
	} else {
		want = want.plus(min(networkDirect, need.Bytes/4), " for the network, a quarter up to 128 MiB")
	}
	unit := int64(1 << 24)
	if need.Bytes >= 2<<30 {
		unit = b.school.directUnit
	}
	want = want.up(unit).atMost(max(need.Bytes, b.room[PartDirect]>>20<<20), b.share())
	b.Direct = want.n
	b.set("-XX:MaxDirectMemorySize", JVM(b.Direct), want.because(need.Source+" (verifyDirectMemory)"))
}

// buffers is how large the buffers of a process are and how many there is room
// for: at least so many, and larger rather than more until they are as large as
// they should be.
func (b *builder) buffers(want, least int64) (size, count int64) {
	have := b.room[PartDirect]
	size = min(want, have/least>>20<<20)
	return size, max(least, have/size)
}

// bufferReason says whether a buffer is as large as it should be.
func (b *builder) bufferReason(size, least int64) reason {
	why := because(b.school.name, "{%s|buffer} for each thread and merge buffer", text.Size(b.school.buffer))
	if size < b.school.buffer {
		why.formula += fmt.Sprintf(" would be too much; there is memory for %d of %s", least, text.Size(size))
	}
	return why
}

// threadsWithin is how many processing threads a number of buffers is enough
// for, beside their merge buffers and the spare one.
func threadsWithin(buffers int64) int64 {
	threads := buffers*4/5 - 1
	for threads > 1 && threads+MergeBuffers(threads)+1 > buffers {
		threads--
	}
	for threads+1+MergeBuffers(threads+1)+1 <= buffers {
		threads++
	}
	return max(1, threads)
}

// connections of one Broker to each data process. On a machine that runs
// everything few cores have few.
func (b *builder) connections() int64 {
	n := b.school.connections
	if b.school.connectionsAll {
		n = max(5, n/b.brokers())
	}
	if b.allInOne {
		n = min(n, 5*b.machine.Cores)
	}
	return n
}

// DefaultHTTPThreads is the default of druid.server.http.numThreads.
func DefaultHTTPThreads(cores int64) int64 { return max(10, cores*17/16+2) + 30 }

// http sets the threads that answer: 10 more than the connections that Brokers
// open, for everything else, and on servers of their own no less than Druid's
// default.
func (b *builder) http(connections int64, formula string, args ...any) {
	n := connections + 10
	why := because(tuningGuide, formula, args...)
	if least := DefaultHTTPThreads(b.machine.Cores); !b.allInOne && n < least {
		n = least
		why = because("ServerConfig", "Druid's default for {%d|cores} %s; more than %s", b.machine.Cores, plural(b.machine.Cores, "core"), why.formula)
	}
	b.setInt(httpThreads, n, why)
}

// dataHTTP is for the processes that Brokers ask.
func (b *builder) dataHTTP() {
	n := b.connections()
	b.http(n*b.brokers(), "{%d|connections} connections x {%d|brokers} %s + 10", n, b.brokers(), plural(b.brokers(), "Broker"))
}

// groupBy lets large groupBys spill instead of failing, and bounds their
// dictionaries where Druid does not do that itself.
func (b *builder) groupBy() {
	if b.request.Target.Release < 24 {
		b.setInt("druid.query.groupBy.maxMergingDictionarySize", min(100_000_000, b.Heap/16),
			because("GroupByQueryConfig", "a sixteenth of {%s|heap}, at most 100,000,000 bytes: each groupBy that runs may have as much", text.Size(b.Heap)))
	}
	b.setInt("druid.query.groupBy.maxOnDiskStorage", spill, because("GroupByQueryConfig", "1 GB to spill to: without it large groupBys fail"))
}

const spill = 1_000_000_000
