package rules

import (
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

var propForm = &Rule{
	ID: "prop-text-form", Severity: finding.Error, Area: Properties,
	Title:    "A text that is not of the form that Druid demands.",
	Why:      "Some texts are read once more: a point in time, a host with its port, the name of a cluster in Kubernetes.",
	Effect:   bindingError,
	Fix:      "Write what the message names.",
	Source:   "The constructors of the classes that hold the properties, 0.15.1 to 38; proved by the classes of nine releases",
	DefersTo: moreSpecific,
	Check: func(p *Pass) {
		for _, b := range p.badValues(schema.BadForm) {
			p.reportValue(b)
		}
	},
}

var refusedLater = &Rule{
	ID: "value-refused-later", Severity: finding.Error, Area: Properties,
	Title:    "A value that Druid reads, and then fails on.",
	Why:      "The class that holds the property takes the value; what is made of it does not: a thread pool of no threads, a port that does not exist.",
	Effect:   "The process stops at start, or the task that uses it fails.",
	Fix:      "Write what the message names.",
	Source:   "What uses the properties, 0.15.1 to 38: ThreadPoolExecutor, Jetty, java.net.InetSocketAddress and others; run on 33.0.0",
	DefersTo: moreSpecific,
	Check: func(p *Pass) {
		for _, b := range p.badValues(schema.RefusedLater) {
			f := p.reportValue(b)
			if trimmed := strings.TrimSpace(b.Text); trimmed != b.Text && trimmed != "" {
				f.Suggestion = trimmed
				f.Fix = editValue(true, b.Value, trimmed)
			}
		}
	},
}
