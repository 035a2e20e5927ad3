package scaffold

import (
	"github.com/implycheck/implycheck/sizing"
)

// derbyLog goes to the Coordinators, which run the Derby server.
const derbyLog = "-Dderby.stream.error.file=var/druid/derby.log"

// jvmFlags is the jvm.config of a Druid process. It has no comments: Java would
// get their words. What Java 11 and later need to open its inside to Druid is
// not there either: bin/run-java adds that, and Java 8 does not start with it.
func (w *writer) jvmFlags(p sizing.Process) []string {
	flags := plannedFlags(append(p.Figures, w.plan.Flags...))
	if w.site.derby() && program(p.Service) == "coordinator" {
		flags = append(flags, derbyLog)
	}
	return flags
}

// plannedFlags are the flags among figures, after -server.
func plannedFlags(figures []sizing.Figure) []string {
	flags := []string{"-server"}
	for _, f := range figures {
		if text := f.Flag(); text != "" {
			flags = append(flags, text)
		}
	}
	return flags
}
