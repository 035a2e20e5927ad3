package rules

import (
	"github.com/implycheck/implycheck/finding"
)

var threadRules = []*Rule{thrNumThreads}

var thrNumThreads = &Rule{
	ID: "thr-numthreads-zero", Severity: finding.Error, Area: Threads,
	Title:  "A processing pool without threads.",
	Why:    "Queries are answered by this pool; up to 32 only -1 means the default.",
	Effect: "The process stops at start with a bare java.lang.IllegalArgumentException.",
	Fix:    "Write 1 or more, or delete the line: the default is the number of cores less one.",
	Source: "processing/src/main/java/org/apache/druid/query/PrioritizedExecutorService.java (create) and java-util ExecutorServiceConfig.java (DEFAULT_NUM_THREADS), 0.14.2; DruidProcessingConfig.java, 38; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			switch {
			case s.Process() == "historical", s.Process() == "indexer", s.Process() == "broker" && p.Release() <= 18:
				v := s.Get(threadsKey)
				if n, ok := v.Int64(); v.Set && ok && (n < -1 || n == 0 || n == -1 && p.Release() >= 33) {
					p.Report(Val(v).Of(s), "the %s has %d processing threads", s.Name, n)
				}
			case s.Name == "middleManager":
				v := taskValue(s, threadsKey)
				if n, ok := v.Int64(); v.Set && ok && (n < -1 || n == 0 || n == -1 && p.Release() >= 33) {
					f := p.Report(Val(v), "tasks have %d processing threads", n)
					f.Effect = "The MiddleManager runs, and every task stops at start with a bare java.lang.IllegalArgumentException."
				}
			}
		}
	},
}
