package ports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// The keys that say where tasks listen.
const (
	startKey    = "druid.indexer.runner.startPort"
	endKey      = "druid.indexer.runner.endPort"
	listKey     = "druid.indexer.runner.ports"
	tlsStartKey = "druid.indexer.runner.tlsStartPort"
	capacityKey = "druid.worker.capacity"
)

// Peon is the process of a task.
const Peon = "peon"

// guideTasks is how many ports Imply's guide opens for tasks, 8100 to 8199.
const guideTasks = 100

// PeonRange is where the tasks of a process may listen: from First to Last, or
// on the ports of a list.
type PeonRange struct {
	First, Last int64
	List        []int64
	// At is what bounds the range.
	At conf.Value
}

// Count is how many ports the range has.
func (r PeonRange) Count() int64 {
	if len(r.List) > 0 {
		return int64(len(r.List))
	}
	return r.Last - r.First + 1
}

// PeonPorts is the range of a process that starts tasks; false if it is not
// known. A list counts before a range.
func PeonPorts(s *conf.Service) (PeonRange, bool) {
	start, end, list := s.Get(startKey), s.Get(endKey), s.Get(listKey)
	if list.Set {
		array := list.JSON()
		if array == nil || array.Kind != syntax.Array {
			return PeonRange{At: list}, false
		}
		if len(array.Items) > 0 {
			return PeonRange{List: numbers(array.Items), At: list}, true
		}
	}
	r := PeonRange{At: start}
	if end.Set {
		r.At = end
	}
	var okFirst, okLast bool
	r.First, okFirst = start.Int64()
	r.Last, okLast = end.Int64()
	if !knowsEnd(s.Tree()) {
		r.Last, okLast, r.At = schema.PeonPortEnd, true, start
	}
	return r, okFirst && okLast
}

// knowsEnd is false up to 0.12, where the range has no end and TLS a range of
// its own.
func knowsEnd(t *conf.Tree) bool { return t.Target.Release >= 13 }

func numbers(items []*syntax.Node) []int64 {
	list := make([]int64, len(items))
	for i, item := range items {
		list[i], _ = strconv.ParseInt(item.Text, 10, 64) // What is no number has no port: 0.
	}
	return list
}

// PortsPerTask are the ports that a task opens: one in plain text, one with TLS.
func PortsPerTask(s *conf.Service) int64 {
	each := int64(0)
	for _, c := range connectors {
		if isOn(s, c.enabled) {
			each++
		}
	}
	return each
}

// peons are the ports that the tasks of a process take: the lowest that are
// free, in the order of PortFinder.java, so many as tasks run at a time.
func peons(t *conf.Tree, s *conf.Service, taken []Listener) []Listener {
	r, ok := PeonPorts(s)
	if !ok || !s.RunsTasks() {
		return nil
	}
	capacity := s.Get(capacityKey)
	tasks, known := capacity.Int64()
	if !known || tasks < 1 {
		tasks = guideTasks
	}
	why := fmt.Sprintf("the lowest free ports of the range, for %d tasks at a time", tasks)
	if !known {
		why = fmt.Sprintf("%s is not set and follows the cores, which are not known here: %d ports, as Imply's guide opens", capacityKey, guideTasks)
	}
	var list []Listener
	for _, need := range portNeeds(s, r, tasks) {
		for _, run := range runs(need.take(taken)) {
			l := Listener{
				Role: s.ServerRole(), Process: Peon, Name: "tasks" + need.suffix, Port: run[0], LastPort: run[1],
				TLS: need.tls, Needed: true, Why: why, service: s,
			}
			list = append(list, l.at(t.Where(s, need.from), need.from.Set))
		}
	}
	return list
}

// portNeed is a number of ports out of a range.
type portNeed struct {
	PeonRange
	from   conf.Value
	count  int64
	tls    bool
	suffix string
}

// portNeeds are the ranges of a process: one for plain text and TLS together;
// up to 0.12 one for each, and two ports a task with an endpoint for events.
func portNeeds(s *conf.Service, r PeonRange, tasks int64) []portNeed {
	from := s.Get(startKey)
	if len(r.List) > 0 {
		from = r.At
	}
	if knowsEnd(s.Tree()) {
		need := portNeed{PeonRange: r, from: from, count: tasks * PortsPerTask(s), tls: isOn(s, "druid.enableTlsPort")}
		switch {
		case need.tls && isOn(s, "druid.enablePlaintextPort"):
			need.suffix = " (plain and TLS)"
		case need.tls:
			need.suffix = " (TLS)"
		}
		return []portNeed{need}
	}
	var list []portNeed
	if isOn(s, "druid.enablePlaintextPort") {
		count := tasks
		if isOn(s, "druid.indexer.runner.separateIngestionEndpoint") {
			count *= 2
		}
		list = append(list, portNeed{PeonRange: r, from: from, count: count})
	}
	tls := s.Get(tlsStartKey)
	if first, ok := tls.Int64(); ok && isOn(s, "druid.enableTlsPort") {
		list = append(list, portNeed{PeonRange: PeonRange{First: first, Last: schema.PeonPortEnd}, from: tls, count: tasks, tls: true, suffix: " (TLS)"})
	}
	return list
}

// take are the ports that tasks find free on a server.
func (n portNeed) take(taken []Listener) []int64 {
	free := func(port int64) bool {
		return conf.IsPort(port) && !slices.ContainsFunc(taken, func(l Listener) bool { return l.Needed && l.Port <= port && port <= l.LastPort })
	}
	var got []int64
	for _, port := range n.List {
		if int64(len(got)) < n.count && free(port) {
			got = append(got, port)
		}
	}
	if len(n.List) > 0 {
		slices.Sort(got)
		return slices.Compact(got)
	}
	for port := max(n.First, 1); port <= min(n.Last, schema.PeonPortEnd) && int64(len(got)) < n.count; port++ {
		if free(port) {
			got = append(got, port)
		}
	}
	return got
}

// runs are the stretches of sorted ports without a gap.
func runs(list []int64) [][2]int64 {
	var all [][2]int64
	for _, port := range list {
		if n := len(all); n > 0 && all[n-1][1]+1 == port {
			all[n-1][1] = port
			continue
		}
		all = append(all, [2]int64{port, port})
	}
	return all
}

// peonFlags are the flags that a process gives to its tasks.
func peonFlags(s *conf.Service) ([]syntax.Flag, conf.Value) {
	opts := s.Get("druid.indexer.runner.javaOpts")
	texts := syntax.SplitJavaOpts(opts.Text)
	if array, ok := s.Get("druid.indexer.runner.javaOptsArray").Strings(); ok {
		texts = append(texts, array...)
	}
	words := make([]syntax.Word, len(texts))
	for i, text := range texts {
		words[i] = syntax.Word{Text: strings.TrimSpace(text)}
	}
	return syntax.ParseFlags(words), opts
}
