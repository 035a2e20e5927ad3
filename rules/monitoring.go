package rules

import (
	"strings"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

var monitoringRules = []*Rule{obsEmitter, obsMonitorClass, obsRequestLog}

var obsEmitter = &Rule{
	ID: "obs-emitter-unknown", Severity: finding.Error, Area: Monitoring,
	Title:    "An emitter that Druid does not know.",
	Why:      "Metrics and alerts go nowhere, and the first to notice is whoever needs them.",
	Effect:   "Up to 0.14 Druid emits nothing, without a word; from 0.15 on: Unknown emitter type[druid.emitter]=[...], and no process starts.",
	Fix:      "Write the name of an emitter, and load its extension if it has one.",
	Source:   "server/src/main/java/org/apache/druid/server/emitter/EmitterModule.java:136, 0.14.2; apache/druid#7328 (0.15); run on Imply 2.7.8",
	DefersTo: []string{"props-quoted-scalar", "props-trailing-space", "props-inline-comment", "ext-storage-not-loaded"},
	Check: func(p *Pass) {
		for _, s := range p.settings {
			if s.Key != "druid.emitter" || !s.Known() {
				continue
			}
			p.emitterNeeds(s)
			if s.Property.Check(s.Text, p.Release()) == nil || p.vendorEmitter(s.Text) {
				continue
			}
			f := p.Report(Val(s.Value), "no emitter is called %q", s.Text)
			if near, ok := schema.Nearest(s.Text, choiceNames(s.Property, p.Release())); ok {
				f.Suggestion = near
				f.Help = "Did you mean " + near + "?"
			}
			if p.Release() < 15 || p.loadsForeignExtension() {
				f.Severity = finding.Warning
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
		"http": "druid.emitter.http.recipientBaseUrl", "composing": "druid.emitter.composing.emitters",
		"parametrized": "druid.emitter.parametrized.recipientBaseUrlPattern",
	}[s.Text]
	if need == "" || p.shared(need).Set {
		return
	}
	f := p.Report(Val(s.Value), "the %s emitter needs %s", s.Text, need)
	f.Severity = finding.Error
	f.Effect = need + " - may not be null, and no process starts."
	f.Help = "Set " + need + "."
}

// monitorPackages are the packages that every release still rewrites to
// today's.
var monitorPackages = []string{"com.metamx.metrics.", "io.druid.java.util.metrics."}

var obsMonitorClass = &Rule{
	ID: "obs-monitor-class", Severity: finding.Error, Area: Monitoring,
	Title:  "A monitor whose class this release does not have.",
	Why:    "Druid moved to org.apache.druid with 0.13 and rewrites only the names of java.util.metrics.",
	Effect: "ClassNotFoundException, and the process does not start.",
	Fix:    "Write org.apache.druid in place of io.druid (io.druid up to 0.12).",
	Source: "server/src/main/java/org/apache/druid/server/metrics/MonitorsConfig.java:119, 0.14.2; apache/druid#4690, #6300",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			if innerKey(s.Key) != "druid.monitoring.monitors" {
				continue
			}
			array := s.JSON()
			if array == nil {
				continue
			}
			for _, item := range array.Items {
				p.checkMonitor(s, item)
			}
		}
	},
}

func (p *Pass) checkMonitor(s Setting, item *conftree.Node) {
	old, current := "io.druid.", "org.apache.druid."
	if p.Release() < 13 {
		old, current = current, old
	}
	rest, stale := strings.CutPrefix(item.Text, old)
	if !stale {
		return
	}
	for _, prefix := range monitorPackages {
		if strings.HasPrefix(item.Text, prefix) {
			return
		}
	}
	at := valueAt(s.Value, item.Span.Start.Offset, item.Span.End.Offset)
	f := p.Report(at, "Druid %s has no class %s", p.Release(), item.Text)
	f.Suggestion = current + rest
	f.Help = "Write " + f.Suggestion + "."
	if s.Entry != nil && s.Entry.RawValue == s.Text {
		f.Fix = edit(true, at, `"`+f.Suggestion+`"`)
	}
	if len(s.Services) == 0 && s.File.Kind != conftree.CommonProperties {
		f.Severity = finding.Warning
	}
}

// requestLogNeeds are the settings without which a request logger stops the
// process.
var requestLogNeeds = map[string]string{
	"file": "druid.request.logging.dir", "filtered": "druid.request.logging.delegate", "switching": "druid.request.logging.nativeQueryLogger",
	"emitter": "druid.request.logging.feed",
}

var obsRequestLog = &Rule{
	ID: "obs-request-log", Severity: finding.Error, Area: Monitoring,
	Title:  "A request log that lacks what its type needs.",
	Why:    "Each type of request log has a setting without a default.",
	Effect: "druid.request.logging.dir - may not be null, and the process does not start.",
	Fix:    "Set the missing property.",
	Source: "server/src/main/java/org/apache/druid/server/log/FileRequestLoggerProvider.java, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.Services("broker", "historical", "router") {
			kind := s.Get("druid.request.logging.type")
			need := requestLogNeeds[kind.Text]
			if !kind.Set || need == "" || s.Get(need).Set || p.hasPrefix(s, need+".") {
				continue
			}
			p.Report(Val(kind), "the %s request log needs %s", kind.Text, need)
		}
	},
}

// hasPrefix reports whether a process sets any key below a prefix.
func (p *Pass) hasPrefix(s *conftree.Service, prefix string) bool {
	for _, key := range s.Keys() {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
