package retune

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// This file repairs what would contradict a plan that is applied: flags that take of
// the new heap what the old one had, collectors that Java no longer has, a misspelt
// key of the plan, a limit of segments that is not the sum of the locations. And it
// leaves what is more than a plan asks for and costs next to nothing.

const (
	serverThreads = "druid.server.http.numThreads"
	connections   = "druid.broker.http.numConnections"
	serverMaxSize = "druid.server.maxSize"
	locationsKey  = "druid.segmentCache.locations"
)

// oldCollector tells the flags of collectors that Java 10 and 14 removed, which are
// refused or ignored there: ParNew, and the concurrent one with all its options.
func oldCollector(f syntax.Flag) bool {
	return strings.HasPrefix(f.Text, "-XX:") && (strings.Contains(f.Name, "CMS") || strings.Contains(f.Name, "ConcMarkSweep") || strings.Contains(f.Name, "ParNew"))
}

// young tells the flags that set the size of the young generation.
func young(f syntax.Flag) bool {
	return f.Kind == syntax.Size && slices.Contains([]string{"Xmn", "NewSize", "MaxNewSize"}, f.Name)
}

// repairFlags deletes what does not go with the heap and the collector of a plan.
func (e *editor) repairFlags(f *conf.File, p sizing.Process) {
	collector := "-XX:+UseG1GC"
	for _, flag := range flagsOf(f) {
		switch {
		case flag.Comment || syntax.HasPlaceholder(flag.Text):
		case young(flag) && flag.BytesOK && flag.Bytes > p.Heap/2:
			e.delete(f, flag)
			e.note("%s: %s is deleted: it is more than half of the new heap of %s, and the collector finds a better one", f.Path, flag.Text, text.About(p.Heap))
		case oldCollector(flag) && collector != "":
			e.replace(f, edit{flag.Span.Start.Offset, flag.Span.Start.Offset + len(strings.TrimRight(flag.Raw, "\r")), collector})
			e.note("%s: %s gives way to %s: Java 10 and 14 have removed that collector", f.Path, flag.Text, collector)
			collector = ""
		case oldCollector(flag):
			e.delete(f, flag)
		}
	}
}

// delete takes a flag out, and its line where it has one for itself.
func (e *editor) delete(f *conf.File, flag syntax.Flag) {
	start, end := flag.Span.Start.Offset, flag.Span.End.Offset
	for start > 0 && (f.Data[start-1] == ' ' || f.Data[start-1] == '\t') {
		start--
	}
	alone := start == 0 || f.Data[start-1] == '\n'
	if end < len(f.Data) && f.Data[end] == '\r' {
		end++
	}
	if alone && end < len(f.Data) && f.Data[end] == '\n' {
		end++
	}
	e.replace(f, edit{start, end, ""})
}

// misspelt is the entry of a service's own file whose key nobody knows and which can
// only mean this key.
func (e *editor) misspelt(s *conf.Service, key string) *syntax.Entry {
	if f := s.Runtime; f != nil && f.Properties != nil && f.Err == nil {
		for i := range f.Properties.Entries {
			entry := &f.Properties.Entries[i]
			if _, known := schema.Lookup(entry.Key); !known && text.Distance(entry.Key, key, 3) <= 2 {
				return entry
			}
		}
	}
	return nil
}

// rename gives a misspelt key its right name, and the value that it needs.
func (e *editor) rename(s *conf.Service, entry *syntax.Entry, f sizing.Figure) {
	v := conf.Value{Key: f.Key, Text: entry.Value, Set: true}
	if f = e.bounded(v, f); !same(v, f.Value) && f.Value != entry.Value {
		value := syntax.EscapeValue(f.Value)
		if !entry.HasSeparator {
			value = "=" + value
		}
		e.replace(s.Runtime, edit{entry.ValueSpan.Start.Offset, entry.ValueSpan.End.Offset, value})
	}
	e.replace(s.Runtime, edit{entry.KeySpan.Start.Offset, entry.KeySpan.End.Offset, f.Key})
	e.note("%s: %s is not a property, and was meant as %s", s.Runtime.Path, entry.Key, f.Key)
}

// bounded is a figure with what a tree has instead, where that is as good: threads
// that answer may be more than are needed, and connections as many as the threads of
// the data processes are enough for.
func (e *editor) bounded(v conf.Value, f sizing.Figure) sizing.Figure {
	have, ok := v.Int64()
	want, err := strconv.ParseInt(f.Value, 10, 64)
	if !ok || !v.Set || err != nil {
		return f
	}
	switch f.Key {
	case serverThreads:
		if have > want && have <= 4*want { // beyond that it is a slip, and each has a stack
			f.Value = v.Text
		}
	case connections:
		threads, brokers := e.threads("historical", "middleManager", "indexer"), max(1, e.brokers)
		fit := (threads - 10) / brokers
		if own := e.threads("broker"); own > 0 {
			fit = min(fit, own) // more would wait for a thread of the Broker
		}
		if have > want && fit > want {
			f.Value = strconv.FormatInt(min(have, fit), 10)
			f.Formula = fmt.Sprintf("(%d threads of the data processes - 10) / %d Brokers, at most the Broker's own threads", threads, brokers)
		}
	}
	return f
}

// threads is how many threads answer in some processes, the fewest of them, when the
// plan has been applied.
func (e *editor) threads(services ...string) int64 {
	least := int64(0)
	for s, p := range e.planned {
		if !slices.Contains(services, p.Service) {
			continue
		}
		figure, _ := p.Figure(serverThreads)
		n, _ := strconv.ParseInt(figure.Value, 10, 64)
		for _, key := range spellings(s, serverThreads) {
			if have, ok := s.Get(key).Int64(); ok && s.Get(key).Set {
				if have <= 4*n {
					n = max(n, have)
				}
				break
			}
		}
		if least == 0 || n < least {
			least = n
		}
	}
	return least
}

// maxSize brings the limit of a Historical's segments to the sum of its locations,
// where the tree has one and the release would compute it.
func (e *editor) maxSize(s *conf.Service, p sizing.Process) {
	v := s.Get(serverMaxSize)
	_, planned := p.Figure(serverMaxSize)
	list, has := p.Figure(locationsKey)
	if planned || !has || !v.Set || !v.Known() {
		return
	}
	var sum int64
	if node := parse(list.Value); node != nil {
		for _, item := range node.Items {
			if size, ok := item.Get("maxSize"); ok {
				n, _ := nodeBytes(size)
				sum += n
			}
		}
	}
	f := sizing.Figure{Key: serverMaxSize, Value: fmt.Sprint(sum), Formula: "the sum of the locations", Source: "DruidServerConfig"}
	if have, ok := v.Int64(); ok && have != sum {
		e.set(s, v, f, f.Value)
	}
}

// record brings what a tree says of the numbers that it was sized for to those of the
// plan; of what the plan has nothing it leaves what was there.
func (e *editor) record(p sizing.Peers) {
	f := e.tree.Common
	if f == nil || f.Properties == nil || f.Err != nil {
		return
	}
	for _, c := range f.Comments() {
		old, ok := sizing.ParseRecord(c.Text)
		if !ok {
			continue
		}
		if p.MostBrokers == 0 {
			p.MostBrokers = old.MostBrokers
		}
		if p.MostDataServers == 0 {
			p.MostDataServers = old.MostDataServers
		}
		if p.MostBrokers != old.MostBrokers || p.MostDataServers != old.MostDataServers {
			e.replace(f, edit{c.Span.Start.Offset, c.Span.End.Offset, "# " + p.Record()})
		}
		return
	}
}
