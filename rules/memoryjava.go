package rules

import (
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// From 0.15 to 24 Druid cannot see the limit of direct memory on Java 9 and later:
// it checks nothing, and takes a quarter of the heap where it must guess.

// blind are the releases that cannot see the limit on a later Java.
var blind = schema.Range{From: 15, Until: 24} // as sizing.SeesDirect has it

// blindOn is the Java on which the processes do not see the limit; sure is false
// where they may run on Java 8 as well.
func (p *Pass) blindOn() (version int, sure bool) {
	versions := p.javaVersions()
	last := versions[len(versions)-1]
	if !blind.Has(p.Release()) || last < 9 {
		return 0, false
	}
	return last, versions[0] >= 9
}

// unchecked reports whether buffers fit that Druid would have refused: it asks for
// one to spare where it can see the limit.
func (p *Pass) unchecked(b buffers, need sizing.Direct, limit direct) bool {
	size, ok := b.size.Int64()
	_, sure := p.blindOn()
	return ok && sure && need.Bytes-size <= limit.bytes
}

var memQuarter = &Rule{
	ID: "mem-buffer-from-heap", Severity: finding.Error, Area: Memory, Releases: blind,
	Title:    "Buffers that are cut from a quarter of the heap, and do not fit into the direct memory.",
	Why:      "On Java 9 and later, releases up to 24 cannot see -XX:MaxDirectMemorySize; without druid.processing.buffer.sizeBytes they divide a quarter of -Xmx among the buffers.",
	Effect:   "The process stops at start: java.lang.OutOfMemoryError: Direct buffer memory. A larger heap makes it worse.",
	Fix:      "Set druid.processing.buffer.sizeBytes, or -XX:MaxDirectMemorySize to a quarter of -Xmx or more.",
	Source:   "processing/src/main/java/org/apache/druid/query/DruidProcessingConfig.java (computeMaxMemoryFromMaxHeapSize), 0.15.1 to 24; RuntimeInfo.java asks Java 9 and later from 25 on (apache/druid#13207)",
	DefersTo: []string{"mem-direct-insufficient"},
	Check: func(p *Pass) {
		version, sure := p.blindOn()
		if version == 0 {
			return
		}
		for _, j := range p.druids() {
			if sizing.UsesDirect(j.service.Process()) {
				p.checkQuarter(j, p.buffersOf(j.service), j.service.Process(), version, sure)
			}
		}
		for _, j := range p.tasks() {
			p.checkQuarter(j, p.taskBuffers(j.service, j.flags), "peon", version, sure)
		}
	},
}

func (p *Pass) checkQuarter(j java, b buffers, process string, version int, sure bool) {
	heap, ok := j.heap()
	limit, given := syntax.LastFlag(j.flags, syntax.Size, "MaxDirectMemorySize")
	if !ok || !given || !limit.BytesOK || limit.Bytes <= 0 || b.size.Set {
		return
	}
	need, ok := b.needOn(p.Release(), process, sizing.Runtime{Cores: b.cores, Heap: heap.Bytes, Java: version})
	if !ok || need.Bytes-need.Buffer <= limit.Bytes { // the one to spare is not allocated
		return
	}
	f := p.Report(j.at(limit), "on Java %d the buffers of %s are cut from a quarter of its heap: %s, and %s of direct memory are allowed", version, j.name, text.Amount(heap.Bytes/4), text.Amount(limit.Bytes))
	if j.file != nil {
		relate(f, j.at(heap), "the heap")
	}
	for _, v := range []string{threadsKey, mergeKey} {
		if at := j.service.Get(v); at.Set {
			relate(f, Val(at), "%s=%s", at.Key, at.Text)
		}
	}
	if !sure {
		f.Severity = finding.Info
		f.Effect = "None on Java 8. On later ones: java.lang.OutOfMemoryError: Direct buffer memory at start."
	}
}
