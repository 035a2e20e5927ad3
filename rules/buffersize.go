package rules

import (
	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

var memAutoBuffer = &Rule{
	ID: "mem-auto-buffer-java9", Severity: finding.Error, Area: Memory, Releases: schema.Range{From: 14, Until: 14},
	Title:  "Druid 0.14 on Java 9 or later, without a size for its buffers.",
	Why:    "It computes the size from a class that Java 9 has hidden.",
	Effect: "The process does not start: No VM class, cannot do memory check.",
	Fix:    "Set druid.processing.buffer.sizeBytes, or run Java 8.",
	Source: "processing/src/main/java/org/apache/druid/query/DruidProcessingConfig.java (intermediateComputeSizeBytes) and java-util RuntimeInfo.java:51, 0.14.2; apache/druid#7606",
	Check: func(p *Pass) {
		if p.Topology.Java < 9 {
			return
		}
		for _, s := range p.Tree.Services {
			if v := p.buffer(s.Get); sizing.UsesDirect(s.Process()) && v.Absent() {
				p.Report(p.Where(s, v), "the %s has no druid.processing.buffer.sizeBytes, and Java %d cannot tell Druid 0.14 one", s.Name, p.Topology.Java)
			}
		}
	},
}

var memBufferSmall = &Rule{
	ID: "mem-buffer-too-small", Severity: finding.Warning, Area: Memory,
	Title:  "Query buffers too small for a cluster, or for any query.",
	Why:    "Each grouped query collects its results in one buffer, and top lists are computed in passes of one buffer.",
	Effect: "groupBy spills to disk, or fails with Not enough aggregation buffer space; topN runs in several passes.",
	Fix:    "Use about 500 MB on Historicals and Brokers, and 100 MB for tasks.",
	Source: "docs/operations/basic-cluster-tuning.md, 0.18",
	Check: func(p *Pass) {
		for _, q := range p.querying() {
			limit := int64(100_000_000)
			if q.file == nil {
				limit = 25_000_000
			}
			if p.Deployment.Single() {
				limit = leastBuffer
			}
			if memory := p.machineOf(q.service).Memory; memory > 0 {
				limit = min(limit, max(leastBuffer, memory/128)) // a small server has no room for more
			}
			if heap, given := q.heap(); given {
				limit = min(limit, max(leastBuffer, heap.Bytes/16)) // nor has a small process
			}
			size, ok := q.set.size.Int64()
			if !q.set.size.Set || !ok || size <= 0 || size >= limit {
				continue
			}
			p.reportSmall(q.service, q.set.size, size, q.name)
		}
		for _, s := range p.Tree.Services {
			size, ok := p.buffer(s.Get).Int64()
			if s.JVM == nil && sizing.UsesDirect(s.Process()) && p.buffer(s.Get).Set && ok && size > 0 && size < leastBuffer {
				p.reportSmall(s, p.buffer(s.Get), size, "the "+s.Name)
			}
		}
	},
}

func (p *Pass) reportSmall(s *conf.Service, v conf.Value, size int64, name string) {
	f := p.Report(Val(v).Of(s), "a buffer of %s for %s is small", text.About(size), name)
	if size < leastBuffer {
		f.Help = "Write a number of bytes, or from 0.20 on a size with its unit: 500MiB."
	}
}

// leastBuffer is less than any query can do with: a number whose unit was
// forgotten.
const leastBuffer = 1 << 20
