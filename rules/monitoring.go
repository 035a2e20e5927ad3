package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

func monitoringRules() []*Rule {
	return []*Rule{obsEmitter, obsMonitorClass, obsRequestLog, obsRequestDropped, obsMonitorService, obsNoEmitter, obsIdleEmitter, obsLogLevel}
}

var obsEmitter = &Rule{
	ID: "obs-emitter-unknown", Severity: finding.Error, Area: Monitoring,
	Title:    "An emitter that Druid does not know.",
	Why:      "Metrics and alerts go nowhere, and this is noticed when they are needed.",
	Effect:   "No process starts: Unknown emitter type[druid.emitter]=[...].",
	Fix:      "Write the name of an emitter, and load its extension if it has one.",
	Source:   "server/src/main/java/org/apache/druid/server/emitter/EmitterModule.java:136, 0.14.2; apache/druid#7328 (0.15); run on Imply 2.7.8",
	DefersTo: []string{"props-quoted-scalar", "props-trailing-space", "props-inline-comment", "ext-storage-not-loaded"},
	Check: func(p *Pass) {
		for _, s := range p.settings {
			p.checkEmitterList(s)
			if s.Key != "druid.emitter" || !s.Known() {
				continue
			}
			p.emitterNeeds(s)
			if s.Text == "" || s.Property.Check(s.Text, p.Release()) == nil || p.vendorEmitter(s.Text) {
				continue // an empty one is noop
			}
			f := p.Report(Val(s.Value), "no emitter is called %q", s.Text)
			if near, ok := text.Nearest(s.Text, choiceNames(s.Property, p.Release())); ok {
				f.Suggestion = near
				f.Help = "Did you mean " + near + "?"
			}
			if p.Release() < 15 {
				f.Severity = finding.Warning
				f.Effect = "Druid silently emits nothing; from 0.15 on no process starts."
			}
			if p.someForeign() {
				f.Effect = "None, if an extension of your own brings the emitter; else " + lowerFirst(f.Effect)
				f.Severity = finding.Warning
				if f.Suggestion == "" {
					f.Severity = finding.Info
				}
			}
		}
	},
}

// vendorEmitter knows clarity, which Imply's own extension brings.
func (p *Pass) vendorEmitter(name string) bool { return name == "clarity" }

func choiceNames(property *schema.Property, r schema.Release) []string {
	var names []string
	for _, c := range property.ChoicesIn(r) {
		names = append(names, c.Value)
	}
	return names
}

// emitterNeeds are settings without which an emitter stops the process.
func (p *Pass) emitterNeeds(s Setting) {
	need := map[string]string{
		"http": "druid.emitter.http.recipientBaseUrl", "parametrized": "druid.emitter.parametrized.recipientBaseUrlPattern",
	}[s.Text]
	if need == "" || p.shared(need).Set {
		return
	}
	f := p.Report(Val(s.Value), "the %s emitter needs %s", s.Text, need)
	f.Severity = finding.Error
	f.Effect = need + " - may not be null, and no process starts."
	f.Help = "Set " + need + "."
}

// requestLogNeeds are the settings without which a request logger stops the
// process.
var requestLogNeeds = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{
		"file": "druid.request.logging.dir", "filtered": "druid.request.logging.delegate", "switching": "druid.request.logging.nativeQueryLogger",
		"emitter": "druid.request.logging.feed",
	}
}}

var obsRequestLog = &Rule{
	ID: "obs-request-log", Severity: finding.Error, Area: Monitoring,
	Title:  "A request log that lacks what its type needs, or keeps files for too short a time.",
	Why:    "Each type of request log has a setting without a default. Files are kept for a day at least up to 33, and as long as one file is written from 34 on.",
	Effect: "The process stops at start: druid.request.logging.dir - may not be null.",
	Fix:    "Set the missing property.",
	Source: "server/src/main/java/org/apache/druid/server/log/FileRequestLoggerProvider.java, 0.14.2, FileRequestLogger.java:78, 25 to 38; run on Imply 2.7.8 and Druid 33",
	Check: func(p *Pass) {
		for _, s := range p.Services("broker", "historical", "router") {
			kind := s.Get("druid.request.logging.type")
			need := requestLogNeeds.Get()[kind.Text]
			switch {
			case !kind.Set || !kind.Known():
			case kind.Text == "":
				f := p.Report(Val(kind), "druid.request.logging.type is empty")
				f.Effect = "The process stops at start: Could not resolve type id ''."
				f.Help = "Delete the line, or write noop."
			case kind.Text == "composing":
				p.checkProviders(s, kind)
			case need != "" && s.Get(need).Absent() && !p.hasPrefix(s, need+"."):
				f := p.Report(Val(kind), "the %s request log needs %s", kind.Text, need)
				f.Effect = "The process stops at start: " + need + " - may not be null."
				f.Help = "Set " + need + "."
			case kind.Text == "file" && p.Release() >= 24:
				p.checkRetention(s)
			}
		}
	},
}

// checkRetention looks at how long files of requests are kept: a day at least up to 33,
// and as long as one file is written from 34 on, which is an hour at least.
func (p *Pass) checkRetention(s *conf.Service) {
	least, shortest, refusal := 24*time.Hour, "P1D", "P1D"
	kept, roll := s.Get("druid.request.logging.durationToRetain"), s.Get("druid.request.logging.rollPeriod")
	if p.Release() >= 34 {
		every, ok := roll.Duration()
		switch {
		case !ok:
			return
		case roll.Set && every < time.Hour:
			f := p.Report(Val(roll).Of(s), "a new request log every %s, and the least is PT1H", roll.Text)
			f.Effect = "The process stops at start: request logs roll period must be atleast PT1H."
			f.Help = "Write PT1H or more."
			return
		}
		least, shortest, refusal = every, roll.Text, "as long as roll period"
	}
	if keep, ok := kept.Duration(); ok && kept.Set && keep < least {
		f := p.Report(Val(kept).Of(s), "request logs are kept for %s, and the least is %s", kept.Text, shortest)
		f.Effect = "The process stops at start: request logs retention period must be atleast " + refusal + "."
		f.Help = "Write " + shortest + " or more."
	}
}

// deaf are the emitters that take metrics and alerts, and drop a request log unless a
// setting is there, from a release on.
var deaf = []struct {
	name, unless string
	from         schema.Release
}{
	{name: "noop"}, {name: "ambari-metrics"}, {name: "dropwizard"}, {name: "influxdb"}, {name: "opentsdb"}, {name: "prometheus"}, {name: "statsd"},
	{"graphite", "druid.emitter.graphite.requestLogEmitters", 0}, {"kafka", "druid.emitter.kafka.request.topic", 22},
}

var obsRequestDropped = &Rule{
	ID: "obs-request-log-dropped", Severity: finding.Warning, Area: Monitoring,
	Title:    "Request logs for an emitter that drops them.",
	Why:      "druid.request.logging.type=emitter hands each request to druid.emitter, and most emitters send metrics and alerts only; kafka sends requests from 0.22 on, to druid.emitter.kafka.request.topic.",
	Effect:   "No request is logged. Druid does not say so.",
	Fix:      "Set druid.request.logging.type=slf4j or file, or druid.emitter=composing with logging or http among its emitters.",
	Source:   "emit in *Emitter.java of extensions-contrib, 0.12.3, 0.18 and 38; apache/druid#5700 and #11036 (kafka, 0.22)",
	DefersTo: []string{"obs-request-log", "obs-emitter-unknown", "ext-storage-not-loaded"},
	Check: func(p *Pass) {
		for _, s := range p.Services("broker", "historical", "router") {
			kind, emitter := s.Get("druid.request.logging.type"), s.Get("druid.emitter")
			if !kind.Is("emitter") || emitter.Set && !emitter.Known() {
				continue
			}
			names := []string{emitter.Text}
			if emitter.Is("composing") {
				names, _ = s.Get("druid.emitter.composing.emitters").Strings()
			}
			if len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return p.takesRequests(s, name) }) {
				continue
			}
			f := p.Report(Val(kind), "request logs go to the emitter %s, which drops them", text.List(names))
			if len(names) > 1 {
				f.Message = "request logs go to the emitters " + text.List(names) + ", which drop them"
			}
			if emitter.Set {
				relate(f, Val(emitter), "the emitter")
			}
		}
	},
}

// takesRequests reports whether an emitter of a process may do something with a request log.
func (p *Pass) takesRequests(s *conf.Service, emitter string) bool {
	for _, d := range deaf {
		if d.name == cmp.Or(emitter, "noop") {
			return d.unless != "" && p.Release() >= d.from && !s.Get(d.unless).Absent()
		}
	}
	return true
}

// checkProviders looks for the loggers of a composing request log.
func (p *Pass) checkProviders(s *conf.Service, kind conf.Value) {
	const key = "druid.request.logging.loggerProviders"
	if s.Get(key).Set {
		return
	}
	f := p.Report(Val(kind), "the composing request log has no %s", key)
	f.Severity = finding.Warning
	f.Effect = "No request is logged. Druid does not say so."
	f.Help = "Set " + key + `, as in [{"type":"slf4j"}].`
}

// hasPrefix reports whether a process sets any key below a prefix.
func (p *Pass) hasPrefix(s *conf.Service, prefix string) bool {
	for _, key := range s.Keys() {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

var obsNoEmitter = &Rule{
	ID: "obs-monitors-without-emitter", Severity: finding.Info, Area: Monitoring,
	Title:  "Monitors without an emitter.",
	Why:    "The emitter noop, which is the default, throws every metric away.",
	Effect: "None: nothing is measured where anybody could see it.",
	Fix:    "Set druid.emitter to logging, http or another, or delete the monitors.",
	Source: "server/src/main/java/org/apache/druid/server/emitter/EmitterModule.java (noop), 0.14.2",
	Check: func(p *Pass) {
		emitter := p.shared("druid.emitter")
		monitors := p.shared("druid.monitoring.monitors")
		list, ok := monitors.Strings()
		if monitors.Stock() {
			return // nobody here has asked for them
		}
		if monitors.Set && ok && len(list) > 0 && (emitter.Is("noop") || emitter.Absent()) {
			f := p.Report(p.Where(nil, either(emitter, monitors)), "%s, and no emitter", text.Count(len(list), "monitor"))
			if emitter.Set {
				relate(f, Val(monitors), "the monitors")
			}
		}
	},
}

// emitterSettings are the emitters whose settings have a prefix of their own,
// which is read only where the emitter is used.
var emitterSettings = []string{"composing", "http", "parametrized", "switching"}

var obsIdleEmitter = &Rule{
	ID: "obs-emitter-not-chosen", Severity: finding.Warning, Area: Monitoring,
	Title:    "Settings of an emitter that is not the one in use.",
	Why:      "druid.emitter.composing.* is read when druid.emitter=composing, and so with the others.",
	Effect:   "Nothing is sent to where the settings say. Druid does not say so.",
	Fix:      "Set druid.emitter to the emitter that the lines are for, or delete them.",
	Source:   "server/src/main/java/org/apache/druid/server/emitter/*EmitterModule.java (each binds its own prefix), 0.14.2",
	DefersTo: []string{"prop-unknown"},
	Check: func(p *Pass) {
		emitter := p.shared("druid.emitter")
		if emitter.Set && !emitter.Known() || emitter.Is("composing") || emitter.Is("switching") {
			return // these use others
		}
		said := map[string]bool{}
		for _, s := range p.druidSettings() {
			for _, name := range emitterSettings {
				if said[name] || emitter.Is(name) || !strings.HasPrefix(s.Key, "druid.emitter."+name+".") || p.someUse(s, name) {
					continue
				}
				said[name] = true
				f := p.Report(Key(s.Value), "druid.emitter is %s, so nothing reads the settings of %s", textOr(emitter, "not set"), name)
				if name == "http" {
					f.Severity = finding.Info // lists in templates have it ready
				}
			}
		}
	},
}

// someUse reports whether a process that sees a setting uses an emitter.
func (p *Pass) someUse(s Setting, emitter string) bool {
	return slices.ContainsFunc(s.Services, func(service *conf.Service) bool {
		v := service.Get("druid.emitter")
		return v.Is(emitter) || v.Is("composing") || v.Is("switching")
	})
}

var obsLogLevel = &Rule{
	ID: "obs-logging-level", Severity: finding.Info, Area: Monitoring,
	Title:  "Metrics are logged on a level that the log leaves out.",
	Why:    "The logging emitter writes each event on druid.emitter.logging.logLevel, and log4j2.xml decides from which level on lines are kept.",
	Effect: "With debug and a log on info no metric is ever seen.",
	Fix:    "Write druid.emitter.logging.logLevel=info, unless the log keeps debug lines.",
	Source: "server/src/main/java/org/apache/druid/server/emitter/LogEmitterModule.java and java-util LoggingEmitter.java, 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.Settings() {
			if s.Key != "druid.emitter.logging.logLevel" || !strings.EqualFold(s.Text, "debug") && !strings.EqualFold(s.Text, "trace") {
				continue
			}
			emitter := p.shared("druid.emitter")
			switch {
			case p.someUse(s, "logging") || len(s.Services) == 0 && emitter.Is("logging"):
				p.Report(Val(s.Value), "metrics are logged as %s lines, which most logs leave out", strings.ToLower(s.Text))
			case emitter.Set && emitter.Known() && !emitter.Is("noop") && !emitter.Is("composing") && !emitter.Is("switching"):
				f := p.Report(Key(s.Value), "%s is for the emitter logging, and druid.emitter is %s", s.Key, emitter.Text)
				relate(f, Val(emitter), "the emitter")
				f.Effect = "None: metrics go where the other emitter sends them, and none is logged."
				f.Help = "Delete the line, or set druid.emitter=logging."
			}
		}
	},
}
