package rules

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

func memoryRules() []*Rule {
	return []*Rule{memDirect, memPeonDirect, memBufferTooLarge, memCacheHeap}
}

// bufferKey is Druid's name for the size of a buffer; legacyBufferKey the older
// one that it falls back to up to 27.
const (
	bufferKey       = "druid.processing.buffer.sizeBytes"
	legacyBufferKey = "druid.computation.buffer.size"
	threadsKey      = "druid.processing.numThreads"
	mergeKey        = "druid.processing.numMergeBuffers"
)

// buffers are the settings that decide how much direct memory is needed.
type buffers struct {
	size, threads, merge conf.Value
	// cores are those of the machine, 0 where they are not known.
	cores int64
}

// need computes the direct memory that a process demands, as far as it is
// known: threads that nobody sets are the cores less one, and with the cores
// unknown one, the least there can be. ok is false where nothing can be said.
func (b buffers) need(r schema.Release, process string) (sizing.Direct, bool) {
	return b.needOn(r, process, sizing.Runtime{Cores: b.cores})
}

// needOn is need where more is known of the JVM.
func (b buffers) needOn(r schema.Release, process string, j sizing.Runtime) (sizing.Direct, bool) {
	configured := sizing.Buffers{Size: orUnset(b.size), Threads: orUnset(b.threads), Merge: orUnset(b.merge)}
	if b.size.Set && configured.Size == sizing.Unset {
		return sizing.Direct{}, false
	}
	filled, ok := configured.Filled(r, j)
	if !ok || filled.Size <= 0 || filled.Size > math.MaxInt32 || filled.Threads < 0 || filled.Threads > 1<<20 || filled.Merge < 0 || filled.Merge > 1<<20 {
		return sizing.Direct{}, false // mem-buffer-too-large or prop-range says so
	}
	return filled.Need(r, process), true
}

// orUnset is a number, or that there is none to read.
func orUnset(v conf.Value) int64 {
	if n, ok := v.Int64(); ok {
		return n
	}
	return sizing.Unset
}

// direct is how much direct memory a JVM allows, at most.
type direct struct {
	bytes int64
	flag  syntax.Flag
	// explicit tells -XX:MaxDirectMemorySize from the heap that stands in for it.
	explicit bool
}

// directLimitOn is directLimit where the machine, or the limit of the container,
// decides the heap that no flag sets.
func directLimitOn(flags []syntax.Flag, machine sizing.Machine) (direct, bool) {
	limit, ok := directLimit(flags)
	if ok || limit.explicit {
		return limit, ok
	}
	heap, ok := heapOf(flags, machine)
	_, most := sizing.MaxDirectUnset(heap, true)
	return direct{bytes: most}, ok
}

// directLimit reads the limit from a JVM's flags; false if there is none to
// know.
func directLimit(flags []syntax.Flag) (direct, bool) {
	if f, ok := syntax.LastFlag(flags, syntax.Size, "MaxDirectMemorySize"); ok {
		return direct{f.Bytes, f, true}, f.BytesOK
	}
	heap, ok := syntax.LastFlag(flags, syntax.Size, "Xmx", "MaxHeapSize")
	if !ok || !heap.BytesOK {
		return direct{}, false
	}
	_, most := sizing.MaxDirectUnset(heap.Bytes, true)
	return direct{most, heap, false}, true
}

var memDirect = &Rule{
	ID: "mem-direct-insufficient", Severity: finding.Error, Area: Memory,
	Title:  "Less direct memory than the query buffers take.",
	Why:    "Every processing thread and every merge buffer holds one buffer outside the heap, and one more is kept to spare.",
	Effect: "The process stops at start: Not enough direct memory. Please adjust -XX:MaxDirectMemorySize, druid.processing.buffer.sizeBytes, druid.processing.numThreads, or druid.processing.numMergeBuffers.",
	Fix:    "Raise -XX:MaxDirectMemorySize, or lower the size or the number of the buffers.",
	Source: "server/src/main/java/org/apache/druid/guice/DruidProcessingModule.java:143, 0.14.2; BrokerProcessingModule.java:150, 38; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			if s.JVM == nil || s.JVM.Problem != "" || s.Runtime == nil || !sizing.UsesDirect(s.Process()) {
				continue
			}
			limit, ok := directLimitOn(s.JVM.SureFlags(), p.machineOf(s))
			if !ok || !limit.explicit && (s.JVM.Open() || s.JVM.Doubtful()) {
				continue
			}
			b := p.buffersOf(s)
			need, ok := b.need(p.Release(), s.Process())
			if !ok || need.Bytes <= limit.bytes || p.unchecked(b, need, limit) {
				continue
			}
			f := p.Report(limit.at(s).Of(s), "%s", lacking("the "+s.Name, need, limit))
			f.Help = fmt.Sprintf("Write -XX:MaxDirectMemorySize=%s, or lower the buffers.", jvmText(need.Bytes))
			if limit.explicit {
				f.Suggestion = "-XX:MaxDirectMemorySize=" + jvmText(need.Bytes)
				f.Fix = edit(false, At(s.JVM, limit.flag.Span), f.Suggestion)
			}
			b.relate(f)
		}
	},
}

// lacking says that a process needs more direct memory than it may have.
func lacking(who string, need sizing.Direct, limit direct) string {
	format := "%s needs %s of direct memory and may have %s: %s x %s"
	if !limit.explicit {
		format = "%s needs %s of direct memory, and without -XX:MaxDirectMemorySize it may have at most its heap, %s: %s x %s"
	}
	return text.Sprintf(format, who, text.Amount(need.Bytes), text.Amount(limit.bytes), text.Amount(need.Buffer), need.Times)
}

// buffersOf are the settings of a process behind what it needs.
func (p *Pass) buffersOf(s *conf.Service) buffers {
	cores := p.machineOf(s).Cores
	if s.JVM != nil {
		cores = coresSeen(s.JVM.SureFlags(), cores)
	}
	return buffers{p.buffer(s.Get), s.Get(threadsKey), s.Get(mergeKey), cores}
}

// at is the flag behind a limit, or the file that has none.
func (d direct) at(s *conf.Service) Place {
	if d.flag.Text == "" {
		return In(s.JVM)
	}
	return At(s.JVM, d.flag.Span)
}

// taskBuffers are the settings of a process's tasks. From 24 on a MiddleManager
// divides the cores among them.
func (p *Pass) taskBuffers(s *conf.Service, flags []syntax.Flag) buffers {
	get := func(key string) conf.Value { return taskValue(s, key) }
	cores := p.machineOf(s).Cores
	if p.Release() >= 24 && cores > 0 {
		capacity, ok := s.Get("druid.worker.capacity").Int64()
		if !ok || capacity < 1 {
			capacity = max(1, cores-1)
		}
		cores = (cores + capacity - 1) / capacity
	}
	return buffers{p.buffer(get), get(threadsKey), get(mergeKey), coresSeen(flags, cores)}
}

// coresSeen are the cores that Java counts: what it is told, or the machine's.
func coresSeen(flags []syntax.Flag, cores int64) int64 {
	if f, ok := syntax.LastFlag(flags, syntax.Option, "ActiveProcessorCount"); ok {
		if n, err := strconv.ParseInt(f.Value, 10, 64); err == nil && n > 0 {
			return n
		}
	}
	return cores
}

// buffer is the size of a buffer: the property, else its older name.
func (p *Pass) buffer(get func(string) conf.Value) conf.Value {
	v := get(bufferKey)
	if !v.Set && p.Release() <= 27 {
		if old := get(legacyBufferKey); old.Set {
			return old
		}
	}
	return v
}

// relate points at the settings behind a need.
func (b buffers) relate(f *finding.Finding) {
	for _, v := range []conf.Value{b.size, b.threads, b.merge} {
		if v.Set {
			relate(f, Val(v), "%s=%s", v.Key, v.Text)
		}
	}
}

// jvmText writes an amount as JVM flags take it, rounded up to whole MiB.
func jvmText(bytes int64) string {
	if bytes%(1<<30) == 0 {
		return fmt.Sprintf("%dg", bytes>>30)
	}
	return fmt.Sprintf("%dm", (bytes+1<<20-1)>>20)
}

// taskValue is what a task of a MiddleManager sees for a key: the fork
// property, else the MiddleManager's own setting, which is handed on.
func taskValue(s *conf.Service, key string) conf.Value {
	if v := s.Get(conf.ForkPrefix + key); v.Set {
		v.Key = key // so that units are read as the key's
		return v
	}
	return s.Get(key)
}

// taskFlags are the JVM flags of a task: javaOpts, then javaOptsArray.
func taskFlags(s *conf.Service) (flags []syntax.Flag, opts conf.Value, known bool) {
	opts = s.Get(javaOptsKey)
	array := s.Get(javaOptsArrayKey)
	if !opts.Known() && opts.Set || array.Set && !array.Known() {
		return nil, opts, false
	}
	var words []syntax.Word
	for _, text := range syntax.SplitJavaOpts(opts.Text) {
		words = append(words, syntax.Word{Text: text})
	}
	if list, ok := array.Strings(); ok {
		for _, text := range list {
			words = append(words, syntax.Word{Text: text, SplitFrom: fromArray})
		}
		if !opts.Set {
			opts = array
		}
	}
	return syntax.ParseFlags(words), opts, true
}

var memPeonDirect = &Rule{
	ID: "mem-peon-direct", Severity: finding.Error, Area: Memory,
	Title:  "Tasks get less direct memory than their buffers take.",
	Why:    "Tasks inherit the MiddleManager's druid.processing.* unless druid.indexer.fork.property.* says otherwise, and check their direct memory as a Historical does.",
	Effect: "The MiddleManager runs, and every task stops at start with: Not enough direct memory.",
	Fix:    "Add -XX:MaxDirectMemorySize to druid.indexer.runner.javaOpts, or lower the buffers with druid.indexer.fork.property.druid.processing.*.",
	Source: "indexing-service/src/main/java/org/apache/druid/indexing/overlord/ForkingTaskRunner.java:310 and DruidProcessingModule.java:143, 0.14.2; apache/druid#7085",
	Check: func(p *Pass) {
		for _, s := range p.taskRunners() {
			flags, opts, known := taskFlags(s)
			if !known {
				continue
			}
			limit, ok := directLimitOn(flags, p.machineOf(s))
			if !ok {
				continue
			}
			b := p.taskBuffers(s, flags)
			need, ok := b.need(p.Release(), "peon")
			if !ok || need.Bytes <= limit.bytes || p.unchecked(b, need, limit) {
				continue
			}
			f := p.Report(p.Where(s, opts), "%s", lacking("each task", need, limit))
			f.Help = fmt.Sprintf("Put -XX:MaxDirectMemorySize=%s into %s, or lower the buffers with %sdruid.processing.*.", jvmText(need.Bytes), opts.Key, conf.ForkPrefix)
			b.relate(f)
		}
	},
}

// taskRunners are the processes that start tasks as processes of their own.
func (p *Pass) taskRunners() []*conf.Service {
	var list []*conf.Service
	for _, s := range p.Tree.Services {
		switch {
		case s.Name == "middleManager":
			list = append(list, s)
		case s.Plays("overlord") && s.Get("druid.indexer.runner.type").Is("local"):
			list = append(list, s)
		}
	}
	return list
}

var memBufferTooLarge = &Rule{
	ID: "mem-buffer-too-large", Severity: finding.Error, Area: Memory,
	Title:    "A processing buffer of 2 GiB or more.",
	Why:      "A buffer is one Java ByteBuffer, and those end at 2147483647 bytes.",
	Effect:   "The process stops at start: NumberFormatException up to 0.19, Number overflow in 0.20, druid.processing.buffer.sizeBytes must be less than 2GiB after.",
	Fix:      "Write at most 1 GiB: larger buffers do not make queries faster.",
	Source:   "DruidProcessingConfig.java: int up to 0.19, line 109 in 38; HumanReadableBytes.java (getBytesInInt), 0.20; run on Imply 2.7.8",
	DefersTo: []string{"props-inline-comment"},
	Check: func(p *Pass) {
		for _, s := range p.settings {
			key := innerKey(s.Key)
			if key != bufferKey && key != legacyBufferKey || !s.Known() {
				continue
			}
			value := s.Value
			value.Key = key
			n, ok := value.Int64()
			if !ok || n <= math.MaxInt32 {
				continue
			}
			f := p.Report(Val(s.Value), "a buffer of %s is more than Java can hold in one piece", text.About(n))
			switch {
			case !p.Used(s):
				f.Severity = finding.Info
				f.Effect = p.unused(s)
			case p.onlyForTasks(s):
				f.Effect = strings.Replace(f.Effect, "The process stops", "The MiddleManager runs, and every task stops", 1)
			}
			f.Suggestion = "1073741824"
			f.Help = "Write 1073741824 (1 GiB) or less."
		}
	},
}

// onlyForTasks reports whether a setting of the buffers counts in tasks alone: a
// MiddleManager holds none, and hands its own on.
func (p *Pass) onlyForTasks(s Setting) bool {
	return innerKey(s.Key) != s.Key || len(s.Services) > 0 && !slices.ContainsFunc(s.Services, func(svc *conf.Service) bool {
		return sizing.UsesDirect(svc.Process())
	})
}

var memCacheHeap = &Rule{
	ID: "mem-cache-vs-heap", Severity: finding.Error, Area: Memory,
	Title:  "A query cache that takes more heap than there is, or most of it.",
	Why:    "The caffeine and local caches live on the heap, with everything else that the process keeps there.",
	Effect: "The process runs until the cache has filled, then stops with java.lang.OutOfMemoryError: Java heap space.",
	Fix:    "Lower druid.cache.sizeInBytes below half of -Xmx, or raise -Xmx.",
	Source: "server/src/main/java/org/apache/druid/client/cache/CaffeineCache.java:74 and LocalCacheProvider.java, 0.14.2; docs/operations/basic-cluster-tuning.md, 0.18",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			size, v, on := p.heapCache(s)
			if !on || s.JVM == nil {
				continue
			}
			heap, ok := syntax.LastFlag(s.JVM.SureFlags(), syntax.Size, "Xmx", "MaxHeapSize")
			if !ok || !heap.BytesOK || size <= heap.Bytes/2 {
				continue
			}
			f := p.Report(Val(v).Of(s), "the cache of the %s may grow to %s on a heap of %s", s.Name, text.Amount(size), text.Amount(heap.Bytes))
			if size < heap.Bytes {
				f.Severity = finding.Warning
			}
			relate(f, At(s.JVM, heap.Span), "the heap")
		}
	},
}

// heapCache is the size of a process's query cache, where it has one on its
// heap and the cache is used.
func (p *Pass) heapCache(s *conf.Service) (int64, conf.Value, bool) {
	prefix := map[string]string{"historical": "druid.historical.cache.", "broker": "druid.broker.cache.", "peon": "druid.realtime.cache."}[s.Process()]
	if prefix == "" {
		return 0, conf.Value{}, false
	}
	used := false
	for _, key := range []string{"populateCache", "populateResultLevelCache"} {
		if strings.EqualFold(s.Get(prefix+key).Text, "true") {
			used = true
		}
	}
	kind := s.Get("druid.cache.type")
	if !used || !onHeap(kind) {
		return 0, conf.Value{}, false
	}
	v := s.Get("druid.cache.sizeInBytes")
	size, ok := v.Int64()
	return size, v, ok && v.Set && size > 0
}
