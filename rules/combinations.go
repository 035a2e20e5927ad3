package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// What single values do not tell: settings that a process takes one by one and
// refuses together.

func combinationRules() []*Rule {
	return []*Rule{refusedTogether, dutyGroups, routerDefaultBroker, routerStrategies, sqlTimeZone, queryContext, jvmVariable}
}

// combination is what a process refuses to have together.
type combination struct {
	releases  schema.Range
	processes []string // that check it; all, if empty
	// when are the conditions: key=value, key=* for any, key!=one|another, key~item for
	// one of a list, and key>number or key>key. A default counts, but not for *.
	when []string
	// message is for people, says what Druid prints, help what to do.
	message, says, help string
}

var combinations = [...]combination{
	{
		releases: schema.Range{From: 23}, processes: []string{"broker"},
		when:    []string{"druid.broker.segment.ignoredTiers=*", "druid.broker.segment.watchedTiers=*"},
		message: "a Broker watches some tiers or ignores some, not both",
		says:    "At most one of 'druid.broker.segment.watchedTiers' and 'druid.broker.segment.ignoredTiers' can be configured.",
	},
	{
		when:    []string{"druid.lookup.lookupTierIsDatasource=true", "druid.lookup.lookupTier=*"},
		message: "the lookup tier is a name or the data source, not both",
		says:    "Cannot specify both `lookupTier` and `lookupTierIsDatasource`.",
	},
	{
		when:    []string{"druid.monitoring.monitors~HttpEmittingMonitor", "druid.emitter!=http|parametrized|composing|switching"},
		message: "HttpEmittingMonitor watches the http emitter, which is not in use",
		says:    "Unable to use HttpEmittingMonitor with emitter other than HttpPostEmitter or ParametrizedUriEmitter.",
		help:    "Take the monitor out of the list.",
	},
	{
		releases: schema.Range{From: 23}, processes: []string{"historical"},
		when:    []string{"druid.monitoring.monitors~SegmentStatsMonitor", "druid.segmentCache.lazyLoadOnStart=true"},
		message: "SegmentStatsMonitor cannot count segments that are loaded lazily",
		says:    "Monitor doesn't support working with lazy loading on start.",
	},
	{
		releases: schema.Range{From: 27, Until: 28}, processes: []string{"broker"},
		when:    []string{"druid.sql.enable=false", loadListKey + "~druid-multi-stage-query"},
		message: "druid-multi-stage-query needs SQL, which is switched off",
		says:    "No implementation for SqlToolbox was bound.",
	},
	{
		releases: schema.Range{From: 34}, processes: []string{"coordinator"},
		when:    []string{"druid.manager.segments.killUnused.enabled=true", "druid.manager.segments.useIncrementalCache=never"},
		message: "unused segments are found in the cache of segment metadata, which is off",
		says:    "Segment metadata cache must be enabled to allow killing of unused segments.",
		help:    "Set druid.manager.segments.useIncrementalCache=always.",
	},
	{
		releases: schema.Range{From: 18}, processes: []string{"broker"},
		when:    []string{"druid.query.scheduler.laning.lanes.total=*", "druid.query.scheduler.laning.strategy=manual"},
		message: "a lane of queries may not be called total",
		says:    "Lane cannot be named 'total'.",
		help:    "Give the lane another name.",
	},
	{
		releases: schema.Range{From: 18}, processes: []string{"broker"},
		when:    []string{"druid.query.scheduler.laning.lanes.default=*", "druid.query.scheduler.laning.strategy=manual"},
		message: "a lane of queries may not be called default",
		says:    "Lane cannot be named 'default'.",
		help:    "Give the lane another name.",
	},
	{
		releases: schema.Range{From: 38}, processes: []string{"broker"},
		when:    []string{"druid.query.scheduler.laning.lanes.total.minCost=*", "druid.query.scheduler.laning.strategy=weighted"},
		message: "a lane of queries may not be called total",
		says:    "Lane cannot be named 'total'.",
		help:    "Give the lane another name.",
	},
	{
		releases: schema.Range{From: 38}, processes: []string{"broker"},
		when:    []string{"druid.query.scheduler.laning.lanes.default.minCost=*", "druid.query.scheduler.laning.strategy=weighted"},
		message: "a lane of queries may not be called default",
		says:    "Lane cannot be named 'default'.",
		help:    "Give the lane another name.",
	},
	{
		processes: []string{"broker", "historical", "indexer"},
		when:      []string{"druid.server.http.numThreads=1", "druid.server.http.enableRequestLimit=true"},
		message:   "a limit on requests needs two threads or more, and there is one",
		says:      "numThreads must be > 1 to enable Request Limit Filter.",
		help:      "Set druid.server.http.numThreads higher, or druid.server.http.enableRequestLimit=false.",
	},
	{
		processes: []string{"historical", "indexer"},
		when:      []string{"druid.processing.numThreads>druid.processing.buffer.poolCacheMaxCount"},
		message:   "each processing thread needs a query buffer, and fewer may be kept",
		says:      "initCount must be less/equal to objectsCacheMaxCount.",
		help:      "Set druid.processing.buffer.poolCacheMaxCount to the number of threads, or delete it.",
	},
	{
		releases: schema.Range{From: 23}, processes: []string{"broker"},
		when:    []string{"druid.processing.buffer.poolCacheInitialCount>druid.processing.buffer.poolCacheMaxCount"},
		message: "more query buffers are made at start than may be kept",
		says:    "initCount must be less/equal to objectsCacheMaxCount.",
		help:    "Set druid.processing.buffer.poolCacheMaxCount to as many at least, or delete it.",
	},
	{
		releases: schema.Range{From: 32}, processes: []string{"historical"},
		when:    []string{"druid.msq.dart.worker.concurrentQueries>druid.processing.numMergeBuffers", "druid.msq.dart.enabled=true"},
		message: "each Dart query needs a merge buffer, and there are fewer",
		says:    "concurrentQueries must be less than numMergeBuffers.",
		help:    "Set druid.processing.numMergeBuffers to as many at least, or druid.msq.dart.worker.concurrentQueries lower.",
	},
	{
		releases: schema.Range{From: 35}, processes: []string{"historical"},
		when:    []string{"druid.segmentCache.numThreadsToLoadSegmentsIntoPageCacheOnDownload>0", "druid.segmentCache.virtualStorage=true"},
		message: "segments are loaded when a query needs them, so none can be read into memory before",
		says:    "Invalid configuration: virtualStorage is incompatible with numThreadsToLoadSegmentsIntoPageCacheOnDownload",
	},
	{
		releases: schema.Range{From: 35}, processes: []string{"historical"},
		when:    []string{"druid.segmentCache.numThreadsToLoadSegmentsIntoPageCacheOnBootstrap>0", "druid.segmentCache.virtualStorage=true"},
		message: "segments are loaded when a query needs them, so none can be read into memory before",
		says:    "Invalid configuration: virtualStorage is incompatible with numThreadsToLoadSegmentsIntoPageCacheOnBootstrap",
	},
}

var refusedTogether = &Rule{
	ID: "prop-refused-together", Severity: finding.Error, Area: Properties,
	Title:    "Settings that a process refuses together.",
	Why:      "Each is right by itself and contradicts the other, and Druid refuses to start.",
	Effect:   "The process stops at start.",
	Fix:      "Keep one of the two.",
	Source:   "BrokerServerView.java:200, LookupListeningAnnouncerConfig.java:48, HttpEmittingMonitor, SegmentStatsMonitor, HybridCacheProvider and ManualQueryLaningStrategy, 0.15 to 38; CliBroker, DartWorkerMemoryManagementModule and SegmentLocalCacheManager; run on Druid 25 and 33",
	DefersTo: []string{"obs-monitor-class", "ext-removed-or-renamed"},
	Check: func(p *Pass) {
		for i := range combinations {
			if combinations[i].releases.Has(p.Release()) {
				p.checkCombination(&combinations[i])
			}
		}
	},
}

func (p *Pass) checkCombination(c *combination) {
	services := p.Services(c.processes...)
	seen := map[Place]bool{}
	for _, s := range services {
		values, ok := meet(s, c.when)
		if !ok {
			continue
		}
		at := Val(values[0])
		if seen[at] {
			continue
		}
		seen[at] = true
		f := p.Report(at.Of(s), "%s", c.message)
		f.Effect = "The process stops at start: " + c.says
		if c.help != "" {
			f.Help = c.help
		}
		for _, other := range values[1:] {
			if other.Set && other.Span != values[0].Span {
				relate(f, Key(other), "%s", other.Key)
			}
		}
	}
}

// meet is what a process has for the keys of some conditions, and whether all
// apply and the first is written by somebody.
func meet(s *conf.Service, conditions []string) ([]conf.Value, bool) {
	var values []conf.Value
	for _, condition := range conditions {
		i := strings.IndexAny(condition, "=~!>")
		v, want := s.Get(condition[:i]), condition[i+1:]
		value := strings.TrimSpace(v.Text)
		applies := v.Known()
		switch condition[i] {
		case '~':
			items, _ := v.Strings()
			applies = applies && slices.ContainsFunc(items, func(item string) bool { return item == want || className(item) == want })
		case '>':
			applies = greater(s, v, want)
		case '!':
			applies = applies && !slices.Contains(strings.Split(want[1:], "|"), value)
		default:
			applies = applies && (want == "*" && v.Set && value != "" || want != "*" && strings.EqualFold(value, want))
		}
		if !applies {
			return nil, false
		}
		values = append(values, v)
	}
	return values, values[0].Set
}

// greater reports whether a number is known to be greater than another, which is
// written out or that of a key.
func greater(s *conf.Service, v conf.Value, than string) bool {
	n, ok := v.Int64()
	limit, err := strconv.ParseInt(than, 10, 64)
	known := err == nil
	if !known {
		limit, known = s.Get(than).Int64()
	}
	return ok && known && n > limit
}

// duties are what groups of one's own may consist of, as long as no extension
// brings more.
var duties = [...]string{"compactSegments", "killSupervisors"}

var dutyGroups = &Rule{
	ID: "coordinator-duty-groups", Severity: finding.Error, Area: Properties, Releases: schema.Range{From: 22},
	Title:    "A group of Coordinator duties without its duties or its period.",
	Why:      "druid.coordinator.dutyGroups names groups; each needs druid.coordinator.<group>.duties, a JSON array, and druid.coordinator.<group>.period.",
	Effect:   "The Coordinator stops at start: Coordinator custom duty group given without any duty, or Run period for coordinator custom duty group must be set.",
	Fix:      "Set both, or delete the group.",
	Source:   "services/src/main/java/org/apache/druid/cli/CliCoordinator.java:347, 33; run on Druid 33",
	DefersTo: []string{"prop-json-for-text", "props-json-invalid"},
	Check: func(p *Pass) {
		for _, s := range p.Services("coordinator") {
			groups := s.Get("druid.coordinator.dutyGroups")
			names, _ := groups.Strings()
			switch {
			case groups.Set && groups.Known() && groups.Text != "" && !strings.HasPrefix(strings.TrimSpace(groups.Text), "["):
				f := p.Report(Val(groups).Of(s), "%s is %q, expected a JSON array of names", groups.Key, groups.Text)
				f.Help = `Write ["` + groups.Text + `"].`
			default:
				for _, name := range names {
					p.checkDuties(s, groups, name)
				}
			}
		}
	},
}

func (p *Pass) checkDuties(s *conf.Service, groups conf.Value, group string) {
	prefix := "druid.coordinator." + group
	list, period := s.Get(prefix+".duties"), s.Get(prefix+".period")
	for _, v := range []conf.Value{list, period} {
		if v.Absent() || v.Set && v.Known() && v.Text == "" {
			f := p.Report(Val(groups).Of(s), "the duty group %s needs %s, which is not set", group, v.Key)
			f.Help = "Set " + v.Key + "."
			return
		}
	}
	if period.Known() && !dutyPeriod(period.Text) {
		f := p.Report(Val(period).Of(s), "%s is %q, expected a duration in seconds such as PT60S", period.Key, period.Text)
		f.Effect = `The Coordinator stops at start: Invalid format.`
		f.Help = "Write seconds: PT60S."
	}
	names, _ := list.Strings()
	for _, name := range names {
		if kind := s.Get(prefix + ".duty." + name + ".type"); kind.Set {
			f := p.Report(Key(kind).Of(s), "%s is filled in by Druid, with the name of the duty", kind.Key)
			f.Severity = finding.Warning
			f.Effect = "The line is silently ignored."
			f.Help = "Delete the line."
		}
		if name == "killSupervisors" {
			p.checkRetained(s, list, prefix+".duty."+name)
		}
		if slices.Contains(duties[:], name) {
			continue
		}
		f := p.Report(Val(list).Of(s), "%s is not a duty that Druid knows", name)
		f.Effect = "The Coordinator stops at start: Could not resolve type id."
		f.Help = "Write one of " + strings.Join(duties[:], ", ") + "."
		if p.someForeign() {
			f.Severity = finding.Warning
			f.Effect = "None, if an extension of your own offers the duty; else " + lowerFirst(f.Effect)
		}
	}
}

// checkRetained looks for how long a duty keeps what it deletes, without which it is
// refused up to 30.
func (p *Pass) checkRetained(s *conf.Service, list conf.Value, prefix string) {
	key := prefix + ".durationToRetain"
	if p.Release() < 28 {
		key = prefix + ".retainDuration"
	}
	if p.Release() > 30 || !s.Get(key).Absent() {
		return
	}
	f := p.Report(Val(list).Of(s), "the duty killSupervisors needs %s, which is not set", key)
	f.Effect = "The Coordinator stops at start: (Custom Duty) Coordinator supervisor kill retainDuration must be >= 0."
	f.Help = "Set " + key + "=P90D."
}

// dutyPeriod reports whether Joda-Time reads a text as a Duration, which knows
// seconds only.
func dutyPeriod(period string) bool {
	upper := strings.ToUpper(period)
	seconds, ok := strings.CutPrefix(upper, "PT")
	_, valid := text.ParsePeriod(upper)
	return ok && valid && strings.HasSuffix(seconds, "S") && !strings.ContainsAny(seconds, "HM")
}

// strategies are those of druid.router.strategies.
var strategies = [...]string{"timeBoundary", "priority", "manual", "javascript"}

var routerStrategies = &Rule{
	ID: "router-strategies", Severity: finding.Error, Area: Properties,
	Title:    "A strategy that the Router does not have or may not run.",
	Why:      "druid.router.strategies is a JSON array of objects, each with a type; one in JavaScript runs only where JavaScript is enabled.",
	Effect:   "The Router stops at start: Could not resolve type id, or JavaScript is disabled.",
	Fix:      "Write one of timeBoundary, priority and, in later releases than 0.15, manual.",
	Source:   "services/src/main/java/org/apache/druid/server/router/TieredBrokerSelectorStrategy.java and JavaScriptTieredBrokerSelectorStrategy.java:53, 0.15 to 38; run on Druid 33",
	DefersTo: []string{"prop-json-for-text", "props-json-invalid"},
	Check: func(p *Pass) {
		for _, s := range p.Services("router") {
			v := s.Get("druid.router.strategies")
			node := v.JSON()
			if !v.Set || node == nil {
				continue
			}
			for _, item := range node.Items {
				if item.Kind == syntax.Object {
					p.checkStrategy(s, v, item)
				}
			}
		}
	},
}

func (p *Pass) checkStrategy(s *conf.Service, v conf.Value, item *syntax.Node) {
	kind, typed := item.Path("type")
	at := valueAt(v, item.Span.Start.Offset, item.Span.End.Offset).Of(s)
	switch {
	case !typed:
		p.Report(at, "a strategy of the Router without a type")
	case kind.Kind != syntax.String || syntax.HasPlaceholder(kind.Text):
	case kind.Text == "javascript" && !strings.EqualFold(s.Get("druid.javascript.enabled").Text, "true"):
		f := p.Report(at, "a strategy in JavaScript, and druid.javascript.enabled is not true")
		f.Effect = "The Router stops at start: JavaScript is disabled."
		f.Help = "Set druid.javascript.enabled=true in _common, or take the strategy out."
	case !slices.Contains(strategies[:], kind.Text), kind.Text == "manual" && p.Release() < 16:
		f := p.Report(at, "the Router has no strategy %s", kind.Text)
		if near, ok := text.Nearest(kind.Text, strategies[:]); ok {
			f.Suggestion, f.Help = near, "Did you mean "+near+"?"
		}
		if p.someForeign() {
			f.Severity = finding.Warning
			f.Effect = "None, if an extension of your own offers the strategy; else " + lowerFirst(f.Effect)
		}
	}
}

var routerDefaultBroker = &Rule{
	ID: "router-default-broker", Severity: finding.Error, Area: Properties,
	Title:  "A default Broker that the Router's map of tiers does not name.",
	Why:    "The Router looks for the Brokers of druid.router.tierToBrokerMap and no others.",
	Effect: "The Router starts, and queries that no tier takes fail with a NullPointerException.",
	Fix:    "Name the default Broker's service in the map too, or one of the map's as the default.",
	Source: "services/src/main/java/org/apache/druid/server/router/TieredBrokerHostSelector.java:246, 0.15 to 38",
	Check: func(p *Pass) {
		for _, s := range p.Services("router") {
			tiers, standard := s.Get("druid.router.tierToBrokerMap"), s.Get("druid.router.defaultBrokerServiceName")
			node := tiers.JSON()
			if !tiers.Set || node == nil || node.Kind != syntax.Object || !standard.Known() || standard.Text == "" {
				continue
			}
			if !slices.ContainsFunc(node.Members, func(m syntax.Member) bool {
				return m.Value.Text == standard.Text || syntax.HasPlaceholder(m.Value.Text)
			}) {
				p.Report(Val(tiers).Of(s), "the default Broker %s is not one of those in %s", standard.Text, tiers.Key)
			}
		}
	},
}

// zoneAreas are what names of time zones start with; zones are those without an
// area, in lower case.
var (
	zoneAreas = [...]string{"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada", "Chile", "Etc", "Europe", "Indian", "Mexico", "Pacific", "SystemV", "US"}
	zones     = [...]string{
		"act", "aet", "agt", "art", "ast", "bet", "bst", "cat", "cet", "cnt", "cst", "cst6cdt", "ctt", "cuba", "eat", "ect", "eet", "egypt", "eire", "est", "est5edt",
		"gb", "gb-eire", "gmt", "gmt0", "greenwich", "hongkong", "hst", "iceland", "iet", "iran", "israel", "ist", "jamaica", "japan", "jst", "kwajalein", "libya", "met", "mit",
		"mst", "mst7mdt", "navajo", "net", "nst", "nz", "nz-chat", "plt", "pnt", "poland", "portugal", "prc", "prt", "pst", "pst8pdt", "roc", "rok", "singapore", "sst",
		"turkey", "uct", "universal", "utc", "vst", "w-su", "wet", "zulu",
	}
)

var sqlTimeZone = &Rule{
	ID: "sql-timezone-unknown", Severity: finding.Warning, Area: Properties, Releases: schema.Range{From: 13},
	Title:  "An unknown time zone.",
	Why:    "Druid reads the name of a zone such as Europe/Berlin, UTC, or an offset such as +02:00.",
	Effect: "The Broker silently uses UTC, and every day starts at a different hour than intended.",
	Fix:    "Write a name of the tz database.",
	Source: "DateTimes.inferTzFromString, 0.15 to 38; run on Druid 33",
	Check: func(p *Pass) {
		for _, s := range p.Services("broker") {
			v := s.Get("druid.sql.planner.sqlTimeZone")
			if v.Set && v.Known() && v.Text != "" && !timeZone(v.Text) {
				p.Report(Val(v).Of(s), "%s is %q, which is not a time zone", v.Key, v.Text)
			}
		}
	},
}

// timeZone reports whether a text may be a zone's name or an offset.
func timeZone(name string) bool {
	lower := strings.ToLower(name)
	if area, place, ok := strings.Cut(name, "/"); ok && place != "" && slices.Contains(zoneAreas[:], area) {
		return true
	}
	for _, prefix := range []string{"", "utc", "gmt"} {
		if offset, ok := strings.CutPrefix(lower, prefix); ok && onlyOffset(offset) {
			return true
		}
	}
	return slices.Contains(zones[:], lower)
}

func onlyOffset(s string) bool {
	return len(s) > 1 && strings.ContainsAny(s[:1], "+-") && strings.Trim(s[1:], "0123456789:.") == ""
}
