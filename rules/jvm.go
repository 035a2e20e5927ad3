package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

func jvmRules() []*Rule {
	return []*Rule{
		jvmHeapUnit, jvmXmxMissing, jvmXmsGreater, jvmNewFillsHeap, jvmHeapOver32g, jvmGCMultiple, jvmFlagRemoved, jvmDirectTypo, jvmJavaVersion,
		jvmEncapsulation, jvmInProperties, jvmTimezone, jvmEncoding, jvmTmpdir, jvmNoExit, jvmOnOutOfMemory, jvmDerbyLog, jvmOpenJMX,
	}
}

var jvmXmxMissing = &Rule{
	ID: "jvm-xmx-missing", Severity: finding.Warning, Area: JVM,
	Title:  "A Java process without a maximum heap.",
	Why:    "Java then takes a quarter of the machine's memory for each process, and each task.",
	Effect: "Processes that run together want more memory than there is, or a large one gets too little.",
	Fix:    "Write -Xms and -Xmx, with the same size.",
	Source: "JDK 17, java -XX:+PrintFlagsFinal; apache/druid#7310",
	DefersTo: []string{
		"mm-javaopts-quoting-and-dups", "props-quoted-scalar", "props-template-placeholder", "jvm-size-malformed", "jvm-quotes-or-blanks",
	},
	Check: func(p *Pass) {
		var list []java
		for _, j := range p.javas() {
			_, given := syntax.LastFlag(j.flags, syntax.Size, "Xmx", "MaxHeapSize")
			share := slices.ContainsFunc(j.flags, func(f syntax.Flag) bool { return strings.HasPrefix(f.Name, "MaxRAM") })
			if !given && !share && j.known() {
				list = append(list, j)
			}
		}
		p.reportAll(list, "%s: java is not told its heap, -Xmx")
	},
}

var jvmXmsGreater = &Rule{
	ID: "jvm-xms-greater-than-xmx", Severity: finding.Error, Area: JVM,
	Title:  "A heap that begins larger than it may become.",
	Why:    "-Xms is the heap at start and -Xmx its limit.",
	Effect: "The process does not start: Initial heap size set to a larger value than the maximum heap size.",
	Fix:    "Give -Xms the size of -Xmx.",
	Source: "run on JDK 17",
	Check: func(p *Pass) {
		for _, j := range p.javas() {
			least, ok := syntax.LastFlag(j.flags, syntax.Size, "Xms", "InitialHeapSize")
			most, okMost := j.heap()
			if !ok || !okMost || !least.BytesOK || least.Bytes <= most.Bytes {
				continue
			}
			f := p.Report(j.at(least), "the heap begins with %s and may have %s", text.Amount(least.Bytes), text.Amount(most.Bytes))
			if j.file == nil {
				f.Effect = "The MiddleManager runs, and no task starts: Initial heap size set to a larger value than the maximum heap size."
				continue
			}
			f.Suggestion = "-Xms" + most.Value
			f.Fix = edit(false, j.at(least), f.Suggestion) // the limit may be what is wrong
			relate(f, j.at(most), "the limit")
		}
	},
}

var jvmNewFillsHeap = &Rule{
	ID: "jvm-new-fills-heap", Severity: finding.Warning, Area: JVM,
	Title:  "A young generation as large as the heap.",
	Why:    "What lives on moves from the young generation to the old one, and for that nothing is left.",
	Effect: "MaxNewSize is equal to or greater than the entire heap: full collections without end, or OutOfMemoryError.",
	Fix:    "Delete -Xmn, -XX:NewSize and -XX:MaxNewSize, or write at most half of -Xmx.",
	Source: "run on JDK 17 with the parallel, serial and G1 collectors",
	Check: func(p *Pass) {
		for _, j := range p.javas() {
			young, ok := syntax.LastFlag(j.flags, syntax.Size, "Xmn", "NewSize", "MaxNewSize")
			heap, okHeap := j.heap()
			if !ok || !okHeap || !young.BytesOK || young.Bytes < heap.Bytes {
				continue
			}
			f := p.Report(j.at(young), "the young generation may take %s of a heap of %s", text.Amount(young.Bytes), text.Amount(heap.Bytes))
			if j.file != nil {
				relate(f, j.at(heap), "the heap")
			}
		}
	},
}

var jvmHeapOver32g = &Rule{
	ID: "jvm-heap-over-32g", Severity: finding.Warning, Area: JVM,
	Title:  "A heap a little larger than 32 GiB, which holds less than one of 31 GiB.",
	Why:    "From 32 GiB on Java writes every reference in 8 bytes rather than 4.",
	Effect: "Less fits into the heap than into 31 GiB, and collections take longer.",
	Fix:    "Write -Xmx31g, or 48 GiB and more.",
	Source: "run on JDK 17 (UseCompressedOops in -XX:+PrintFlagsFinal); docs/operations/basic-cluster-tuning.md, 0.18",
	Check: func(p *Pass) {
		for _, j := range p.javas() {
			heap, ok := j.heap()
			_, aligned := syntax.LastFlag(j.flags, syntax.Option, "ObjectAlignmentInBytes")
			if ok && heap.Bytes >= 32<<30 && heap.Bytes < 48<<30 && !aligned && !j.toggle("UseZGC") {
				p.Report(j.at(heap), "a heap of %s holds less than one of 31 GiB", text.Size(heap.Bytes))
			}
		}
	},
}

var jvmHeapUnit = &Rule{
	ID: "jvm-heap-unit", Severity: finding.Warning, Area: JVM,
	Title:  "A heap that no machine has: g for m.",
	Why:    "Druid's processes work with heaps of a few GiB, tasks with less; hundreds of GiB are a letter for another.",
	Effect: "The heap grows until the machine has no memory left, and the kernel kills the process.",
	Fix:    "Write the unit that is meant, such as -Xmx512m.",
	Source: "docs/operations/basic-cluster-tuning.md, 33: heaps of up to 24 GiB, and 30 GiB for the largest Brokers",
	Check: func(p *Pass) {
		for _, j := range p.javas() {
			if heap, ok := j.heap(); ok && heap.Bytes >= 256<<30 {
				p.Report(j.at(heap), "%s may have a heap of %s", j.name, text.Size(heap.Bytes))
			}
		}
	},
}

// collectorOf names the collector that a flag chooses: ParallelOld and ParNew
// are halves of others.
var collectorOf = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{"UseParallelOldGC": "UseParallelGC", "UseParNewGC": "UseConcMarkSweepGC"}
}}

// collectors are the garbage collectors that a command line turns on.
func (j java) collectors() []syntax.Flag {
	var list []syntax.Flag
	seen := map[string]bool{}
	for _, f := range j.flags {
		known, ok := schema.LookupFlag(f.Name)
		collector := ok && known.Collector || collectorOf.Get()[f.Name] != ""
		name := f.Name
		if whole := collectorOf.Get()[name]; whole != "" {
			name = whole
		}
		if f.Kind == syntax.Toggle && collector && j.toggle(f.Name) && !seen[name] {
			seen[name] = true
			list = append(list, f)
		}
	}
	return list
}

var jvmGCMultiple = &Rule{
	ID: "jvm-gc-multiple", Severity: finding.Error, Area: JVM,
	Title:  "Two garbage collectors.",
	Why:    "Java runs with one.",
	Effect: "The process does not start: Multiple garbage collectors selected, or Conflicting collector combinations in option list.",
	Fix:    "Keep one of them; -XX:+UseG1GC is a good choice.",
	Source: "run on JDK 17",
	Check: func(p *Pass) {
		for _, j := range p.javas() {
			list := j.collectors()
			if len(list) < 2 {
				continue
			}
			f := p.Report(j.at(list[1]), "java is told to use %s and %s", list[0].Name, list[1].Name)
			if j.file == nil {
				f.Effect = "The MiddleManager runs, and no task starts: Multiple garbage collectors selected."
				continue
			}
			relate(f, j.at(list[0]), "the other collector")
		}
	},
}

var jvmDirectTypo = &Rule{
	ID: "jvm-direct-flag-typo", Severity: finding.Error, Area: JVM,
	Title:  "-XX:MaxDirectMemory, which is not a flag.",
	Why:    "The flag is called MaxDirectMemorySize; pages of Druid's own documentation once had it wrong.",
	Effect: "The process does not start: Unrecognized VM option 'MaxDirectMemory=...'.",
	Fix:    "Write -XX:MaxDirectMemorySize=.",
	Source: "run on JDK 17; docs/content/tutorials/cluster.md, 0.14.2, has the wrong name",
	Check: func(p *Pass) {
		for _, j := range p.javas() {
			for _, f := range j.flags {
				if f.Kind != syntax.Option || f.Name != "MaxDirectMemory" || f.Comment {
					continue
				}
				found := p.Report(j.at(f), "the flag is called MaxDirectMemorySize")
				found.Suggestion = "-XX:MaxDirectMemorySize=" + f.Value
				found.Help = "Write " + found.Suggestion + "."
				if j.file != nil {
					found.Fix = edit(true, j.at(f), found.Suggestion)
				}
			}
		}
	},
}

var jvmInProperties = &Rule{
	ID: "jvm-property-in-properties-file", Severity: finding.Warning, Area: JVM,
	Title:  "A property of Java's in a properties file.",
	Why:    "Java takes user.timezone, file.encoding and java.io.tmpdir from -D flags, before Druid has read a file.",
	Effect: "The process silently ignores the line. Only tasks get it: the MiddleManager passes it on as a -D flag.",
	Fix:    "Write it into jvm.config: -Duser.timezone=UTC.",
	Source: "processing/src/main/java/org/apache/druid/guice/PropertiesModule.java (binds Properties, sets no system property), 0.14.2; ForkingTaskRunnerConfig.java:80 (allowedPrefixes), 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			if s.JVM || !slices.Contains(handedOn, s.Key) {
				continue
			}
			lacks := slices.DeleteFunc(slices.Clone(s.Services), func(svc *conf.Service) bool {
				return svc.Name == "middleManager" || svc.JVM == nil || len(svc.Settings(s.Key)) > 0 && svc.Settings(s.Key)[0].JVM
			})
			if len(lacks) == 0 {
				continue // java is told as well
			}
			f := p.Report(Key(s.Value), "java does not read %s from a properties file", s.Key)
			f.Help = "Write -D" + s.Key + "=" + s.Text + " into jvm.config."
			for _, svc := range lacks {
				relate(f, In(svc.JVM), "the flags of the %s", svc.Name)
			}
		}
	},
}

// utc are the names of the time zone that Druid lives in.
var utc = []string{"utc", "etc/utc", "gmt", "etc/gmt", "utc+0", "gmt+0", "gmt0", "zulu", "z", "uct", "universal"}

func isUTC(zone string) bool { return slices.Contains(utc, strings.ToLower(zone)) }

// noZone reports whether java takes GMT for a zone, because it knows hours from GMT
// only: GMT+8 is a zone, UTC+8 is none.
func noZone(zone string) bool {
	return strings.HasPrefix(zone, "UTC+") || strings.HasPrefix(zone, "UTC-") || strings.HasPrefix(zone, "UT+") || strings.HasPrefix(zone, "UT-")
}

var jvmTimezone = &Rule{
	ID: "jvm-timezone-not-utc", Severity: finding.Warning, Area: JVM,
	Title:  "A process whose time zone is not UTC.",
	Why:    "Druid's own times are in UTC, but Hadoop, JDBC and a few functions take Java's time zone.",
	Effect: "Times shift by hours where that happens, without a message. Tasks get the MiddleManager's time zone whatever javaOpts say.",
	Fix:    "Write -Duser.timezone=UTC into every jvm.config.",
	Source: "docs/content/configuration/index.md (JVM), 0.14.2; ForkingTaskRunnerConfig.java:91 (allowedPrefixes), 38",
	Check: func(p *Pass) {
		var list []java
		for _, j := range p.druids() {
			f, ok := j.property("user.timezone")
			switch {
			case !ok && !j.known():
			case !ok:
				list = append(list, j)
			case hasCR(f.Text):
			case isUTC(f.Value):
			case noZone(f.Value):
				found := p.Report(j.at(f), "java knows no time zone %s, and takes GMT for it", f.Value)
				found.Severity = finding.Info
				found.Effect = "The process runs in UTC, as it should, and not where the flag says."
				found.Help = "Write -Duser.timezone=UTC."
				found.Fix = edit(true, j.at(f), "-Duser.timezone=UTC")
			default:
				found := p.Report(j.at(f), "the time zone of %s is %s, not UTC", j.name, f.Value)
				found.Fix = edit(false, j.at(f), "-Duser.timezone=UTC")
			}
		}
		if f := p.reportAll(list, "%s: the time zone is the machine's, not UTC"); f != nil {
			f.Severity = finding.Info // most servers run in UTC
		}
	},
}

var jvmEncoding = &Rule{
	ID: "jvm-file-encoding", Severity: finding.Warning, Area: JVM,
	Title:  "A process that is not told to use UTF-8.",
	Why:    "Up to Java 17 the encoding of files and texts is the machine's; some machines say ASCII.",
	Effect: "Letters beyond ASCII become question marks in some lookups, logs and data.",
	Fix:    "Write -Dfile.encoding=UTF-8 into every jvm.config.",
	Source: "docs/content/configuration/index.md (JVM), 0.14.2; JEP 400 made UTF-8 the default of Java 18",
	Check: func(p *Pass) {
		if p.javaVersions()[0] >= 18 {
			return
		}
		var list []java
		for _, j := range p.druids() {
			f, ok := j.property("file.encoding")
			switch {
			case !ok && !j.known():
			case !ok:
				list = append(list, j)
			case hasCR(f.Text):
			case !strings.EqualFold(f.Value, "utf-8") && !strings.EqualFold(f.Value, "utf8"):
				p.Report(j.at(f), "the encoding of %s is %s, not UTF-8", j.name, f.Value)
			}
		}
		if f := p.reportAll(list, "%s: the encoding is the machine's, which need not be UTF-8"); f != nil {
			f.Severity = finding.Info // it is, nearly everywhere
		}
	},
}

var jvmTmpdir = &Rule{
	ID: "jvm-tmpdir", Severity: finding.Info, Area: JVM,
	Title:  "Temporary files go to /tmp.",
	Why:    "Druid unpacks and merges segments in java.io.tmpdir; /tmp is small on many machines, and cleaned by others.",
	Effect: "No space left on device during queries or indexing, or files that vanish under a task.",
	Fix:    "Write -Djava.io.tmpdir= with a folder on a large disk into every jvm.config.",
	Source: "docs/content/configuration/index.md:141, 0.14.2",
	Check: func(p *Pass) {
		var list []java
		for _, j := range p.druids() {
			f, ok := j.property("java.io.tmpdir")
			if j.known() && (!ok || f.Value == "/tmp" || f.Value == "/tmp/") {
				list = append(list, j)
			}
		}
		p.reportAll(list, "%s: temporary files go to /tmp")
	},
}

var jvmNoExit = &Rule{
	ID: "jvm-no-exit-on-oom", Severity: finding.Info, Area: JVM,
	Title:  "A process that lives on after it ran out of memory.",
	Why:    "After an OutOfMemoryError some threads are gone; the process still announces itself and answers badly or never.",
	Effect: "Queries to it hang until somebody restarts it.",
	Fix:    "Write -XX:+ExitOnOutOfMemoryError; what supervises the process starts it anew.",
	Source: "docs/operations/basic-cluster-tuning.md, 0.18; examples/conf of 0.14.2 and later have the flag",
	Check: func(p *Pass) {
		var list []java
		for _, j := range append(p.druids(), p.tasks()...) {
			_, command := syntax.LastFlag(j.flags, syntax.Option, "OnOutOfMemoryError")
			if j.known() && !command && !j.toggle("ExitOnOutOfMemoryError") && !j.toggle("CrashOnOutOfMemoryError") {
				list = append(list, j)
			}
		}
		p.reportAll(list, "%s: java does not stop when memory runs out")
	},
}

var jvmOnOutOfMemory = &Rule{
	ID: "jvm-on-oom-command", Severity: finding.Warning, Area: JVM,
	Title:    "The command for an out-of-memory error is not a command.",
	Why:      "Java hands the text to the shell when memory runs out; what is left of kill -9 %p after blanks and templates is not a command, and neither is \"kill -9 %p\" with the quotes, which druid.indexer.runner.javaOpts keeps.",
	Effect:   "Nothing happens when memory runs out: sh: 0: Illegal option, or command not found, in the log of the process.",
	Fix:      "Write -XX:+ExitOnOutOfMemoryError.",
	Source:   "run on JDK 17: any text is accepted at start, and a quoted one not found by the shell; ForkingTaskRunner.java (QuotableWhiteSpaceSplitter keeps quotes), 0.12 to 38; apache/druid#1841",
	DefersTo: []string{"jvm-quotes-or-blanks"},
	Check: func(p *Pass) {
		for _, j := range p.javas() {
			f, ok := syntax.LastFlag(j.flags, syntax.Option, "OnOutOfMemoryError")
			if !ok || syntax.HasPlaceholder(f.Text) || f.Value != "" && f.Value[0] != '-' && f.Value != "kill" && !oneWord(f.Value) {
				continue
			}
			found := p.Report(j.at(f), "%q is not a command", f.Value)
			if oneWord(f.Value) {
				found.Message = "java hands " + f.Value + " to the shell with the quotes: that is the name of one program"
			}
			found.Suggestion = "-XX:+ExitOnOutOfMemoryError"
			if j.file != nil {
				found.Fix = edit(false, j.at(f), found.Suggestion)
			}
		}
	},
}

// oneWord reports whether a command is in quotes as a whole, with blanks in them.
func oneWord(command string) bool {
	inner, ok := strings.CutPrefix(command, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	return ok && closed && strings.Contains(inner, " ") && !strings.Contains(inner, `"`)
}

var jvmDerbyLog = &Rule{
	ID: "jvm-derby-log-unused", Severity: finding.Info, Area: JVM,
	Title:  "A flag for Derby, which the cluster does not use.",
	Why:    "derby.stream.error.file is where Derby writes its log; the metadata store is another database.",
	Effect: "None: it is left over, and misleads anyone who looks for the metadata store.",
	Fix:    "Delete the flag.",
	Source: "examples/conf/druid/coordinator/jvm.config, 0.14.2, has it for Derby",
	Check: func(p *Pass) {
		kind := p.shared("druid.metadata.storage.type", "coordinator")
		if !kind.Set || !kind.Known() || kind.Is("derby") {
			return
		}
		for _, j := range p.druids() {
			if f, ok := j.property("derby.stream.error.file"); ok {
				found := p.Report(j.at(f), "the metadata store is %s, so nothing reads this flag of Derby's", kind.Text)
				found.Fix = edit(true, j.at(f), "")
				relate(found, Val(kind), "the metadata store")
			}
		}
	},
}

var jvmOpenJMX = &Rule{
	ID: "jvm-jmx-open", Severity: finding.Warning, Area: JVM,
	Title:  "JMX from other machines, without a password.",
	Why:    "Anyone who reaches the port can run code in the process.",
	Effect: "Anyone on the network has full control of the process.",
	Fix:    "Set com.sun.management.jmxremote.authenticate=true with a password file, or com.sun.management.jmxremote.host=127.0.0.1.",
	Source: "Java's Monitoring and Management Guide, 8 and 17",
	Check: func(p *Pass) {
		for _, j := range p.javas() {
			port, ok := j.property("com.sun.management.jmxremote.port")
			auth, off := j.property("com.sun.management.jmxremote.authenticate")
			host, _ := j.property("com.sun.management.jmxremote.host")
			if ok && off && strings.EqualFold(auth.Value, "false") && !conf.IsLoopback(host.Value) {
				p.Report(j.at(port), "the JMX port %s of %s asks for no password", port.Value, j.name)
			}
		}
	},
}
