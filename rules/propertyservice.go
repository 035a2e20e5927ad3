package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
)

// ownPrefixes are the families of which it is proved who reads them; only there
// is the schema's list of services taken at its word.
var ownPrefixes = []string{
	"druid.segmentCache.", "druid.server.maxSize", "druid.historical.", "druid.broker.", "druid.sql.", "druid.worker.",
	"druid.coordinator.", "druid.router.", "druid.indexer.runner.type", "druid.indexer.storage.", "druid.indexer.queue.",
}

var propWrongService = &Rule{
	ID: "prop-wrong-service", Severity: finding.Warning, Area: Properties,
	Title:    "A property in the file of a process that does not read it.",
	Why:      "The setting was meant for another process and does not reach it.",
	Effect:   "The process silently ignores the property.",
	Fix:      "Move the line to the file of a process that reads it, or to _common.",
	Source:   "services/src/main/java/org/apache/druid/cli/Cli{Broker,Coordinator,Historical,MiddleManager,Overlord,Router}.java (binding lists), 0.14.2",
	DefersTo: []string{"thr-router-processing-ignored", "prop-removed-ignored", "prop-unknown"},
	Check: func(p *Pass) {
		if p.Tree.Running() {
			return // in which file it stands is not known
		}
		for _, s := range p.druidSettings() {
			svc := p.strayedTo(s)
			if svc == nil {
				continue
			}
			f := p.Report(Key(s.Value).Of(svc), "%s is not read by the %s, only by %s", s.Key, svc.Name, text.List(s.Property.Services))
			f.Help = p.forReader(s, svc)
		}
	},
}

// strayedTo is the process in whose own file a setting is, if it is for others only.
func (p *Pass) strayedTo(s Setting) *conf.Service {
	if s.Property == nil || len(s.Property.Services) == 0 || len(s.Services) != 1 || !s.Property.Releases.Has(p.Release()) {
		return nil
	}
	svc := s.Services[0]
	switch {
	case !slices.ContainsFunc(ownPrefixes, func(prefix string) bool { return strings.HasPrefix(s.Key, prefix) }):
		return nil
	case s.Stock(), s.File == p.Tree.Common, svc.Reads(s.Property):
		return nil
	case p.sharedByDesign(s, func(other *conf.Service) bool { return other.Reads(s.Property) }):
		return nil
	}
	if coordinator, _ := p.withoutOverlord(); svc == coordinator && overlordsOwn(s) {
		return nil // x-no-overlord says what the Coordinator lacks
	}
	return svc
}

// clientKeys are the client settings that people put under the server's prefix,
// and the one server setting that they put under the client's.
var clientKeys = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{
		"druid.server.http.readTimeout":             "druid.broker.http.readTimeout",
		"druid.server.http.numConnections":          "druid.broker.http.numConnections",
		"druid.server.http.numMaxThreads":           "druid.broker.http.numMaxThreads",
		"druid.server.http.unusedConnectionTimeout": "druid.broker.http.unusedConnectionTimeout",
		"druid.broker.http.numThreads":              "druid.server.http.numThreads",
	}
}}

var propClientKey = &Rule{
	ID: "prop-client-key-under-server-prefix", Severity: finding.Warning, Area: Properties,
	Title:  "A setting of the HTTP client under the prefix of the HTTP server, or the reverse.",
	Why:    "druid.server.http.* is for requests that come in, druid.broker.http.* and druid.global.http.* for those that go out; each has its own names.",
	Effect: "The property is silently ignored; the default stays in force.",
	Fix:    "Use the prefix that has the setting.",
	Source: "server/src/main/java/org/apache/druid/server/initialization/ServerConfig.java and guice/http/DruidHttpClientConfig.java, 0.14.2; seen in apache/druid#11397",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			right, ok := clientKeys.Get()[s.Key]
			if !ok {
				continue
			}
			f := p.Report(Key(s.Value), "%s does not exist: the setting is %s", s.Key, right)
			f.Suggestion = right
			if strings.HasPrefix(right, "druid.broker.") {
				f.Help = "Write " + right + " on a Broker, druid.global.http" + right[strings.LastIndexByte(right, '.'):] + " elsewhere."
			}
		}
	},
}
