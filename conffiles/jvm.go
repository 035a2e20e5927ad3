package conffiles

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/sizing"
)

// fixedFlags are those of every Druid process. What Java 11 and later need to
// open its inside to Druid is not among them: bin/run-java adds that, and Java 8
// does not start with it.
var fixedFlags = []string{
	"-XX:+UseG1GC",
	"-XX:+ExitOnOutOfMemoryError",
	"-Duser.timezone=UTC",
	"-Dfile.encoding=UTF-8",
	"-Djava.io.tmpdir=var/tmp",
	"-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager",
}

// derbyLog goes to the Coordinators, which run the Derby server.
const derbyLog = "-Dderby.stream.error.file=var/druid/derby.log"

// jvmFlags is the jvm.config of a process. It has no comments: Java would get
// their words.
func jvmFlags(p sizing.Process, derby bool) []string {
	flags := plannedFlags(p)
	for _, flag := range fixedFlags {
		if !slices.ContainsFunc(flags, func(planned string) bool { return sameFlag(planned, flag) }) {
			flags = append(flags, flag)
		}
	}
	if derby && program(p.Service) == "coordinator" {
		flags = append(flags, derbyLog)
	}
	return flags
}

// plannedFlags are the flags among a process's figures, after -server.
func plannedFlags(p sizing.Process) []string {
	flags := []string{"-server"}
	for _, f := range p.Figures {
		if text := f.Flag(); text != "" && text != "-server" {
			flags = append(flags, text)
		}
	}
	return flags
}

// sameFlag reports whether two flags set the same thing: garbage collectors, or
// one name with two values.
func sameFlag(a, b string) bool {
	if isCollector(a) && isCollector(b) {
		return true
	}
	a, _, _ = strings.Cut(a, "=")
	b, _, _ = strings.Cut(b, "=")
	return a == b
}

func isCollector(flag string) bool {
	return strings.HasPrefix(flag, "-XX:+Use") && strings.HasSuffix(flag, "GC")
}
