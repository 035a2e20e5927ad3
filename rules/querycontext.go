package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

const contextKey = "druid.query.default.context"

// contextKinds are how queries read what their context holds: int, long, bool, or
// the names to choose from.
var contextKinds = lazy.Value[map[string]string]{New: func() map[string]string {
	kinds := map[string]string{"vectorize": "false|true|force", "vectorizeVirtualColumns": "false|true|force"}
	for _, key := range strings.Fields(`timeout defaultTimeout maxScatterGatherBytes maxQueuedBytes joinFilterRewriteMaxSize`) {
		kinds[key] = "long"
	}
	for _, key := range strings.Fields(`priority vectorSize maxSubqueryRows uncoveredIntervalsLimit parallelMergeInitialYieldRows
		parallelMergeSmallBatchRows parallelMergeParallelism numRetriesOnMissingSegments minTopNThreshold inSubQueryThreshold`) {
		kinds[key] = "int"
	}
	for _, key := range strings.Fields(`useCache populateCache useResultLevelCache populateResultLevelCache finalize bySegment debug
		serializeDateTimeAsLong serializeDateTimeAsLongInner enableParallelMerge enableJoinFilterPushDown enableJoinFilterRewrite
		enableJoinFilterRewriteValueColumnFilters useFilterCNF returnPartialResults secondaryPartitionPruning enableJoinLeftTableScanDirect
		sqlStringifyArrays enableTimeBoundaryPlanning`) {
		kinds[key] = "bool"
	}
	return kinds
}}

var queryContext = &Rule{
	ID: "query-context-default", Severity: finding.Error, Area: Properties, Releases: schema.Range{From: 19},
	Title:    "A default for the context of queries that no query can read.",
	Why:      "druid.query.default.context takes anything, and each query reads its timeout, priority and the rest from it: numbers are plain numbers, timeouts are milliseconds.",
	Effect:   "The Broker starts, and every query that does not say otherwise fails: Value is not a number, or No enum constant.",
	Fix:      "Write the value as in the context of a query.",
	Source:   "processing/src/main/java/org/apache/druid/query/QueryContexts.java (parseLong, parseInt, parseBoolean), 28 to 38; run on Druid 33",
	DefersTo: []string{"prop-json-for-text", "props-json-invalid", "props-inline-comment", "props-trailing-space", "props-quoted-scalar", "props-continuation-swallows-next"},
	Check: func(p *Pass) {
		for _, s := range p.settings {
			key, ok := strings.CutPrefix(innerKey(s.Key), contextKey)
			switch {
			case !ok || !s.Known():
			case key != "":
				p.checkContext(Val(s.Value), strings.TrimPrefix(key, "."), s.Text)
			case s.JSON() != nil:
				for _, m := range s.JSON().Members {
					if m.Value.Kind == syntax.String {
						p.checkContext(itemAt(s, m.Value), m.Key, m.Value.Text)
					}
				}
			}
		}
	},
}

// checkContext judges a text as queries read it.
func (p *Pass) checkContext(at Place, key, value string) {
	kind := contextKinds.Get()[key]
	if syntax.HasPlaceholder(value) {
		return
	}
	switch kind {
	case "":
	case "int", "long":
		if _, err := strconv.ParseInt(value, 10, map[string]int{"int": 32, "long": 64}[kind]); err != nil {
			f := p.Report(at, "queries get %s=%q, expected a whole number", key, value)
			if strings.HasSuffix(strings.ToLower(key), "timeout") {
				f.Help = "Write milliseconds, without a unit."
			}
		}
	case "bool":
		if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
			f := p.Report(at, "queries get %s=%q, expected true or false", key, value)
			f.Severity, f.Effect = finding.Warning, "Every query silently takes it for false."
		}
	default:
		if choices := strings.Split(kind, "|"); !slices.Contains(choices, strings.ToLower(value)) {
			p.Report(at, "queries get %s=%q, expected one of %s", key, value, strings.Join(choices, ", "))
		}
	}
}
