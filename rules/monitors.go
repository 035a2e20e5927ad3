package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

// monitor is a class that can be listed in druid.monitoring.monitors.
type monitor struct {
	// in is its package, below Druid's own.
	in string
	// homes are the processes that have what it asks for; any, if there are none.
	homes []string
	// since is the first release that may have it, until the last that has.
	since, until schema.Release
	// untasked are releases in which it stops a task that gets the list of its
	// MiddleManager.
	untasked schema.Range
}

// monitors are those of all releases, by their own names.
var monitors = lazy.Value[map[string]monitor]{New: func() map[string]monitor {
	return map[string]monitor{
		"AvaticaMonitor":                {in: "sql.avatica"},
		"CacheMonitor":                  {in: "client.cache"},
		"CgroupCpuMonitor":              {in: "java.util.metrics", since: 16},
		"CgroupCpuSetMonitor":           {in: "java.util.metrics", since: 16},
		"CgroupDiskMonitor":             {in: "java.util.metrics", since: 29},
		"CgroupMemoryMonitor":           {in: "java.util.metrics"},
		"CgroupV2CpuMonitor":            {in: "java.util.metrics", since: 29},
		"CgroupV2DiskMonitor":           {in: "java.util.metrics", since: 29},
		"CgroupV2MemoryMonitor":         {in: "java.util.metrics", since: 29},
		"CpuAcctDeltaMonitor":           {in: "java.util.metrics"},
		"DataSourceOptimizerMonitor":    {in: "query.materializedview"},
		"DruidSysMonitor":               {in: "server.metrics"},
		"EventReceiverFirehoseMonitor":  {in: "server.metrics", until: 30},
		"ExecutorServiceMonitor":        {in: "query"},
		"GroupByStatsMonitor":           {in: "server.metrics", since: 29, homes: []string{"broker", "historical", "indexer", "router"}},
		"HistoricalMetricsMonitor":      {in: "server.metrics", homes: []string{"historical"}},
		"HttpEmittingMonitor":           {in: "server.emitter"},
		"HttpPostEmitterMonitor":        {in: "java.util.metrics"},
		"JettyMonitor":                  {in: "server.initialization.jetty"},
		"JvmCpuMonitor":                 {in: "java.util.metrics"},
		"JvmMonitor":                    {in: "java.util.metrics"},
		"JvmThreadsMonitor":             {in: "java.util.metrics"},
		"KafkaConsumerMonitor":          {in: "indexing.kafka", since: 26},
		"MessageRelayMonitor":           {in: "messages.server", since: 29},
		"OshiSysMonitor":                {in: "java.util.metrics", since: 26},
		"ParametrizedUriEmitterMonitor": {in: "java.util.metrics"},
		"QueryCountStatsMonitor":        {in: "server.metrics", homes: []string{"broker", "historical", "router", "indexer", "realtime"}},
		"RealtimeMetricsMonitor":        {in: "segment.realtime", until: 30},
		"SegmentStatsMonitor":           {in: "server.metrics", since: 16, homes: []string{"historical"}},
		"ServiceStatusMonitor":          {in: "server.metrics", since: 26},
		"ShuffleMonitor":                {in: "indexing.worker.shuffle", since: 16},
		"StorageMonitor":                {in: "server.metrics", since: 36},
		"SubqueryCountStatsMonitor":     {in: "server.metrics", since: 26},
		"SupervisorStatsMonitor":        {in: "server.metrics", since: 34, homes: []string{"overlord"}},
		"SysMonitor":                    {in: "java.util.metrics"},
		"TaskCountStatsMonitor":         {in: "server.metrics", homes: []string{"overlord"}},
		"TaskRealtimeMetricsMonitor":    {in: "indexing.common.stats"},
		"TaskSlotCountStatsMonitor":     {in: "server.metrics", since: 16, homes: []string{"overlord"}},
		"WorkerTaskCountStatsMonitor":   {in: "server.metrics", since: 16, untasked: schema.Range{From: 30, Until: 30}},
	}
}}

// Monitors are the classes that a process of a release can list, sorted; without a
// process, those that every process can.
func Monitors(r schema.Release, process string) (classes []string) {
	druid := "org.apache.druid."
	if r < 13 {
		druid = "io.druid."
	}
	for name, m := range monitors.Get() {
		if r >= m.since && (m.until == 0 || r <= m.until) && (m.homes == nil || slices.Contains(m.homes, process)) {
			classes = append(classes, druid+m.in+"."+name)
		}
	}
	slices.Sort(classes)
	return classes
}

// className is the name of a class without its package.
func className(class string) string { return class[strings.LastIndexByte(class, '.')+1:] }

// eachMonitor calls do for every class in a list of monitors, those of tasks too.
func (p *Pass) eachMonitor(do func(s Setting, item *syntax.Node)) {
	for _, s := range p.settings {
		array := s.JSON()
		if innerKey(s.Key) != "druid.monitoring.monitors" || array == nil {
			continue
		}
		for _, item := range array.Items {
			if item.Kind == syntax.String && !syntax.HasPlaceholder(item.Text) {
				do(s, item)
			}
		}
	}
}

var obsMonitorClass = &Rule{
	ID: "obs-monitor-class", Severity: finding.Error, Area: Monitoring,
	Title:  "A monitor whose class this release does not have.",
	Why:    "A monitor is named by its class with its package, to the letter. Druid moved to org.apache.druid with 0.13 and rewrites only the names of java.util.metrics; 31 dropped two monitors, and others are younger than the release.",
	Effect: "The process stops at start: java.lang.ClassNotFoundException.",
	Fix:    "Write the class as the release has it: org.apache.druid in place of io.druid (io.druid up to 0.12).",
	Source: "server/src/main/java/org/apache/druid/server/metrics/MonitorsConfig.java:119, 0.14.2; apache/druid#4690, #6300; run on Druid 33",
	Check: func(p *Pass) {
		p.eachMonitor(func(s Setting, item *syntax.Node) {
			right, gone := p.monitorClass(item.Text)
			if right == item.Text && !strings.Contains(item.Text, ".") {
				f := p.Report(itemAt(s, item), "no class is called %s: a monitor is named with its package", item.Text)
				f.Help = "Write the name with its package, or take it out of the list."
				return
			}
			if right == item.Text || right == "" && !gone {
				return
			}
			f := p.Report(itemAt(s, item), "Druid %s has no class %s", p.Release(), item.Text)
			if gone {
				if known := monitors.Get()[className(item.Text)]; p.Release() < known.since {
					f.Message += " yet"
				} else {
					f.Message += ": the last release with it is " + known.until.String()
				}
				f.Help = "Take it out of the list."
				return
			}
			f.Suggestion = right
			f.Help = "Write " + right + "."
			if s.Entry != nil && s.Entry.RawValue == s.Text {
				f.Fix = edit(true, itemAt(s, item), `"`+right+`"`)
			}
		})
	},
}

// monitorClass is what a class is called in this release: the same, where it is
// right or of an extension that nobody here knows, and empty for no monitor at
// all. gone tells one that only other releases have.
func (p *Pass) monitorClass(class string) (right string, gone bool) {
	name, old, current := className(class), "io.druid.", "org.apache.druid."
	if p.Release() < 13 {
		old, current = current, old
	}
	for _, rewritten := range []string{"com.metamx.metrics.", "io.druid.java.util.metrics."} {
		if strings.HasPrefix(class, rewritten) {
			return class, false
		}
	}
	known, ok := monitors.Get()[name]
	rest, stale := strings.CutPrefix(class, old)
	switch {
	case ok && (known.until > 0 && p.Release() > known.until || p.Release() < known.since):
		return "", true
	case ok && (stale || name == class || strings.HasPrefix(class, current)):
		return current + known.in + "." + name, false
	case stale:
		return current + rest, false
	case !strings.HasPrefix(class, current) && name != class:
		return class, false // of an extension of one's own
	}
	for other, m := range monitors.Get() {
		if strings.EqualFold(other, name) {
			return current + m.in + "." + other, false
		}
	}
	return class, false
}

var obsMonitorService = &Rule{
	ID: "obs-monitor-wrong-service", Severity: finding.Error, Area: Monitoring,
	Title:    "A monitor in a process that cannot run it.",
	Why:      "Some monitors ask the process for numbers that only one kind of process has; a list in _common goes to all of them.",
	Effect:   "No implementation for ... was bound, and the process does not start.",
	Fix:      "List the monitor in the file of the process that has the numbers, together with those of _common: the list there replaces the shared one.",
	Source:   "server/src/main/java/org/apache/druid/server/metrics/*Monitor.java (their @Inject constructors) and services/src/main/java/org/apache/druid/cli/Cli*.java (the bindings), 0.14.2 and 38; apache/druid#7623, #10092 (tasks, 0.19), #16855 (tasks, 30); run on Druid 33",
	DefersTo: []string{"obs-monitor-class"},
	Check: func(p *Pass) {
		p.eachMonitor(func(s Setting, item *syntax.Node) {
			known := monitors.Get()[className(item.Text)]
			homes := known.homes
			switch {
			case known.untasked != (schema.Range{}):
				p.checkTasks(s, item, known)
			case homes == nil:
			case s.Key == "druid.monitoring.monitors":
				p.checkHomes(s, item, homes)
			case className(item.Text) == "QueryCountStatsMonitor" && p.Release() < 19, slices.Equal(homes, []string{"overlord"}):
				f := p.Report(itemAt(s, item), "%s does not run in tasks", className(item.Text))
				f.Effect = "The MiddleManager runs, and every task stops at start: No implementation for ... was bound."
				f.Help = "Take it out of the list for tasks."
			}
		})
	},
}

// checkTasks looks at a list that tasks get: that of a MiddleManager, where it has no
// other one for them.
func (p *Pass) checkTasks(s Setting, item *syntax.Node, known monitor) {
	forks := slices.ContainsFunc(s.Services, func(svc *conf.Service) bool {
		return svc.Process() == "middleManager" && svc.Get(conf.ForkPrefix+"druid.monitoring.monitors").Absent()
	})
	if !known.untasked.Has(p.Release()) || s.Key == "druid.monitoring.monitors" && !forks {
		return
	}
	f := p.Report(itemAt(s, item), "tasks get %s too, and 30.0.0 does not start a task with it", className(item.Text))
	f.Severity = finding.Warning // a later patch may have mended it
	f.Effect = "The MiddleManager runs, and every task stops at start: No implementation for IndexerTaskCountStatsProvider was bound."
	f.Help = "Give tasks a list without it: " + conf.ForkPrefix + "druid.monitoring.monitors."
}

// checkHomes names the processes that see a list and cannot run a monitor.
func (p *Pass) checkHomes(s Setting, item *syntax.Node, homes []string) {
	var wrong []string
	doubt := true
	for _, service := range s.Services {
		own := service.Get(s.Key)
		if own.File != s.File || own.Span != s.Span || slices.ContainsFunc(homes, service.Plays) {
			continue
		}
		wrong = append(wrong, service.Name)
		// Late Brokers bind some of what a Historical has.
		doubt = doubt && service.Process() == "broker" && p.Release() >= 19 && slices.Contains(homes, "historical")
	}
	if len(wrong) == 0 {
		return
	}
	name := className(item.Text)
	has := "has"
	if len(wrong) > 1 {
		has = "have"
	}
	f := p.Report(itemAt(s, item), "%s runs in the %s only, and the %s %s it too", name, strings.Join(homes, ", "), strings.Join(wrong, ", "), has)
	if doubt {
		f.Severity = finding.Warning
	}
}
