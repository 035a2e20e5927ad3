package rules

import (
	"slices"
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
	return []*Rule{exclusiveSettings, dutyGroups, routerStrategies, sqlTimeZone, queryContext, jvmVariable}
}

// exclusive are two settings, key=value or key=* for any, that refuse each other.
type exclusive struct {
	releases schema.Range
	process  string // that checks it; all, if empty
	a, b     string
	says     string
}

var exclusives = [...]exclusive{
	{
		releases: schema.Range{From: 23}, process: "broker",
		a: "druid.broker.segment.watchedTiers=*", b: "druid.broker.segment.ignoredTiers=*",
		says: "At most one of 'druid.broker.segment.watchedTiers' and 'druid.broker.segment.ignoredTiers' can be configured.",
	},
	{
		a: "druid.lookup.lookupTier=*", b: "druid.lookup.lookupTierIsDatasource=true",
		says: "Cannot specify both `lookupTier` and `lookupTierIsDatasource`.",
	},
}

var exclusiveSettings = &Rule{
	ID: "prop-exclusive", Severity: finding.Error, Area: Properties,
	Title:  "Two settings that a process refuses to have together.",
	Why:    "Each says what the other denies, and Druid would rather not start than choose.",
	Effect: "The process stops at start.",
	Fix:    "Keep one of the two.",
	Source: "server/src/main/java/org/apache/druid/client/BrokerServerView.java:200, 33; server/src/main/java/org/apache/druid/query/lookup/LookupListeningAnnouncerConfig.java:48, 0.15 to 38; run on Druid 33",
	Check: func(p *Pass) {
		for i := range exclusives {
			if exclusives[i].releases.Has(p.Release()) {
				p.checkExclusive(&exclusives[i])
			}
		}
	},
}

func (p *Pass) checkExclusive(e *exclusive) {
	services := p.Services()
	if e.process != "" {
		services = p.Services(e.process)
	}
	seen := map[Place]bool{}
	for _, s := range services {
		a, setA := settled(s, e.a)
		b, setB := settled(s, e.b)
		if at := Key(b); setA && setB && !seen[at] {
			seen[at] = true
			f := p.Report(at.Of(s), "%s and %s exclude each other", a.Key, b.Key)
			f.Effect = "The process stops at start: " + e.says
			relate(f, Key(a), "the other")
		}
	}
}

// settled is what a process has for key=value, and whether it is that value and
// written by somebody.
func settled(s *conf.Service, condition string) (conf.Value, bool) {
	key, want, _ := strings.Cut(condition, "=")
	v := s.Get(key)
	return v, v.Set && v.Known() && v.Text != "" && (want == "*" || strings.EqualFold(strings.TrimSpace(v.Text), want))
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
		if !v.Set || v.Known() && v.Text == "" {
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
		if slices.Contains(duties[:], name) {
			continue
		}
		f := p.Report(Val(list).Of(s), "%s is no duty that Druid has", name)
		f.Effect = "The Coordinator stops at start: Could not resolve type id."
		f.Help = "Write one of " + strings.Join(duties[:], ", ") + "."
		if p.someForeign() {
			f.Severity = finding.Warning
			f.Effect = "None, if an extension of your own offers the duty; else " + lowerFirst(f.Effect)
		}
	}
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
	Title:  "A time zone that nobody knows.",
	Why:    "Druid reads the name of a zone such as Europe/Berlin, UTC, or an offset such as +02:00.",
	Effect: "The Broker takes UTC without a word, and every day starts at another hour than meant.",
	Fix:    "Write a name of the tz database.",
	Source: "DateTimes.inferTzFromString, 0.15 to 38; run on Druid 33",
	Check: func(p *Pass) {
		for _, s := range p.Services("broker") {
			v := s.Get("druid.sql.planner.sqlTimeZone")
			if v.Set && v.Known() && v.Text != "" && !timeZone(v.Text) {
				p.Report(Val(v).Of(s), "%s is %q, which is no time zone", v.Key, v.Text)
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
