package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
)

func ingestionRules() []*Rule {
	return []*Rule{mmForkAndPlain, mmJavaOptsOverridden, mmJavaOptsQuoting, mmCapacity, mmMinWorker, mmRestore}
}

var mmForkAndPlain = &Rule{
	ID: "mm-fork-property-vs-plain", Severity: finding.Info, Area: Ingestion,
	Title:  "A setting of tasks that is written twice.",
	Why:    "Tasks get every druid.* setting of their MiddleManager; druid.indexer.fork.property.* comes after and wins.",
	Effect: "Tasks see the fork property, the MiddleManager itself the plain one.",
	Fix:    "Keep the fork property alone, unless the MiddleManager needs the other value.",
	Source: "indexing-service/src/main/java/org/apache/druid/indexing/overlord/ForkingTaskRunner.java:310-340, 0.14.2 (of several -D the last one counts)",
	Check: func(p *Pass) {
		for _, s := range p.Services("middleManager") {
			for _, key := range s.Keys() {
				inner, fork := strings.CutPrefix(key, conf.ForkPrefix)
				if !fork {
					continue
				}
				plain := s.Get(inner)
				if !plain.Set || plain.File == p.Tree.Common || plain.Text == s.Get(key).Text {
					continue
				}
				f := p.Report(Key(plain).Of(s), "tasks do not see this %s: a fork property overrides it", inner)
				relate(f, Key(s.Get(key)), "what tasks see")
			}
		}
	},
}

// handedOn are the system properties that a MiddleManager hands to its tasks
// behind their own options, besides druid.*.
var handedOn = []string{"user.timezone", "file.encoding", "java.io.tmpdir"}

var mmJavaOptsOverridden = &Rule{
	ID: "mm-javaopts-overridden", Severity: finding.Warning, Area: Ingestion,
	Title:  "A flag for tasks that the MiddleManager's own flag overrides.",
	Why:    "A MiddleManager puts its own druid.*, user.timezone, file.encoding and java.io.tmpdir behind javaOpts, and of two -D the last one counts.",
	Effect: "Tasks silently run with the MiddleManager's value.",
	Fix:    "Set it in the MiddleManager's jvm.config, or as druid.indexer.fork.property.<name>.",
	Source: "indexing-service/src/main/java/org/apache/druid/indexing/overlord/ForkingTaskRunner.java:310 and config/ForkingTaskRunnerConfig.java:80 (allowedPrefixes), 0.14.2",
	Check: func(p *Pass) {
		for _, j := range p.tasks() {
			if j.service.JVM == nil || j.service.Get("druid.indexer.runner.allowedPrefixes").Set {
				continue
			}
			for _, f := range j.flags {
				if f.Kind != syntax.SystemProperty {
					continue
				}
				own, ok := p.handsOn(j.service, f.Name)
				if ok && own != f.Value && !syntax.HasPlaceholder(own+f.Value) && !(inUTC(own) && inUTC(f.Value)) {
					p.Report(j.at(f), "tasks do not get -D%s=%s: the MiddleManager's own %s=%s comes after it", f.Name, f.Value, f.Name, own)
				}
			}
		}
	},
}

// inUTC reports whether a value is a time zone that java takes for UTC.
func inUTC(value string) bool { return isUTC(value) || noZone(value) }

// handsOn is the value of a system property that a MiddleManager hands on.
func (p *Pass) handsOn(s *conf.Service, name string) (string, bool) {
	for _, key := range handedOn {
		if key == name {
			f, ok := java{flags: s.JVM.SureFlags()}.property(name)
			return f.Value, ok && !hasCR(f.Text)
		}
	}
	if strings.HasPrefix(name, "druid.") {
		v := s.Get(name)
		return v.Text, v.Set
	}
	return "", false
}

var mmJavaOptsQuoting = &Rule{
	ID: "mm-javaopts-quoting-and-dups", Severity: finding.Error, Area: Ingestion,
	Title:    "Quotes in javaOpts, or one flag in javaOpts and javaOptsArray.",
	Why:      "javaOpts is cut at blanks outside of double quotes, and the quotes stay; single quotes mean nothing. javaOptsArray comes after javaOpts.",
	Effect:   "No task starts: java gets a flag with a quote in it. If a flag is written twice, the one in the array counts.",
	Fix:      "Write flags without quotes, or use druid.indexer.runner.javaOptsArray=[\"...\"].",
	Source:   "indexing-service/src/main/java/org/apache/druid/indexing/overlord/ForkingTaskRunner.java:818 (QuotableWhiteSpaceSplitter), 0.14.2",
	DefersTo: []string{"props-quoted-scalar"},
	Check: func(p *Pass) {
		for _, s := range p.taskRunners() {
			opts, array := s.Get(javaOptsKey), s.Get(javaOptsArrayKey)
			if opts.Set && opts.Known() {
				for _, word := range syntax.SplitJavaOpts(opts.Text) {
					if strings.HasPrefix(word, `"`) || strings.HasPrefix(word, "'") || strings.Count(word, `"`)%2 == 1 {
						p.Report(Val(opts).Of(s), "java gets %s with the quote in it", word)
						break
					}
				}
			}
			list, ok := array.Strings()
			if ok && opts.Set && !opts.Stock() {
				p.repeatedFlags(s, opts, array, list)
			}
		}
	},
}

// repeatedFlags finds sizes that javaOpts and javaOptsArray both give.
func (p *Pass) repeatedFlags(s *conf.Service, opts, array conf.Value, list []string) {
	words := func(texts []string) []syntax.Flag {
		var w []syntax.Word
		for _, text := range texts {
			w = append(w, syntax.Word{Text: text})
		}
		return syntax.ParseFlags(w)
	}
	first := words(syntax.SplitJavaOpts(opts.Text))
	for _, f := range words(list) {
		if f.Kind != syntax.Size {
			continue
		}
		if other, ok := syntax.LastFlag(first, syntax.Size, f.Name); ok && other.Text != f.Text {
			found := p.Report(Val(opts).Of(s), "%s does not count: the array's %s does", other.Text, f.Text)
			found.Severity = finding.Warning
			found.Effect = "The array comes last on the line of java, and of a flag that is there twice the last one counts."
			found.Help = "Write the flag in one of the two."
			relate(found, Val(array), "the array")
		}
	}
}

var mmCapacity = &Rule{
	ID: "mm-capacity", Severity: finding.Warning, Area: Ingestion,
	Title:  "Tasks without a number, or more of them than cores.",
	Why:    "druid.worker.capacity is the cores less one unless it is set, whatever memory a task takes.",
	Effect: "With many cores tasks take more memory than there is; with more tasks than cores they take turns.",
	Fix:    "Set druid.worker.capacity so that capacity times the memory of a task fits into what the other processes leave.",
	Source: "indexing-service/src/main/java/org/apache/druid/indexing/worker/config/WorkerConfig.java:43, 0.14.2",
	Check: func(p *Pass) {
		for _, server := range p.servers() {
			machine, _ := p.machine(server)
			for _, s := range server.Services {
				if s.Name != "middleManager" {
					continue
				}
				v := s.Get("druid.worker.capacity")
				n, ok := v.Int64()
				switch {
				case v.Absent() && !p.Deployment.Single():
					f := p.Report(p.Where(s, v), "druid.worker.capacity is not set: one task for each core less one")
					f.Severity = finding.Info
				case ok && machine.Cores > 0 && n > max(2, machine.Cores): // Druid's smallest template has 2 for one core
					p.Report(Val(v).Of(s), "%d tasks on %d cores", n, machine.Cores)
				}
			}
		}
	},
}

var mmMinWorker = &Rule{
	ID: "mm-min-worker-version", Severity: finding.Error, Area: Ingestion,
	Title:  "The Overlord takes no worker of this version.",
	Why:    "druid.indexer.runner.minWorkerVersion is compared with druid.worker.version as text: 10 is less than 9.",
	Effect: "Tasks stay pending forever.",
	Fix:    "Raise druid.worker.version, or lower druid.indexer.runner.minWorkerVersion; write versions of equal length, such as dates.",
	Source: "indexing-service/src/main/java/org/apache/druid/indexing/overlord/ZkWorker.java:152 (compareTo of Strings), 0.14.2",
	Check: func(p *Pass) {
		for _, overlord := range p.Services("overlord") {
			least := overlord.Get("druid.indexer.runner.minWorkerVersion")
			for _, s := range p.Services("middleManager", "indexer") {
				own := s.Get("druid.worker.version")
				if !least.Set || !least.Known() || !own.Known() || own.Text >= least.Text {
					continue
				}
				f := p.Report(Val(least), "workers of version %s and later get tasks, and the %s is %s", least.Text, s.Name, own.Text)
				if own.Set {
					relate(f, Val(own), "its version")
				}
			}
		}
	},
}

var mmRestore = &Rule{
	ID: "mm-restore-and-kill-timeout", Severity: finding.Warning, Area: Ingestion,
	Title:  "Tasks that cannot save themselves before they are killed, or whose files are lost.",
	Why:    "With restoreTasksOnRestart a MiddleManager gives its tasks gracefulShutdownTimeout to save what they have; supervise kills it after :kill-timeout.",
	Effect: "Tasks are killed in the middle, and begin again from their last checkpoint, or fail.",
	Fix:    "Keep :kill-timeout above druid.indexer.task.gracefulShutdownTimeout, and druid.indexer.task.baseTaskDir out of /tmp.",
	Source: "indexing-service/src/main/java/org/apache/druid/indexing/common/config/TaskConfig.java, 0.14.2; bin/supervise of Imply 2.7.8 (kill-timeout 360)",
	Check: func(p *Pass) {
		for _, s := range p.Services("middleManager") {
			restore := s.Get("druid.indexer.task.restoreTasksOnRestart")
			if !restore.Set || !strings.EqualFold(restore.Text, "true") {
				continue
			}
			if dir := s.Get("druid.indexer.task.baseTaskDir"); dir.Set && strings.HasPrefix(path.Clean(dir.Text), "/tmp/") {
				f := p.Report(Val(dir).Of(s), "tasks are restored from %s, which a restart of the machine empties", dir.Text)
				relate(f, Val(restore), "switched on here")
			}
			grace, ok := s.Get("druid.indexer.task.gracefulShutdownTimeout").Duration()
			for _, server := range p.servers() {
				if server.File == nil || !ok || !slices.Contains(server.Services, s) {
					continue
				}
				timeout := server.File.Supervise.KillTimeout
				if timeout != nil && timeout.Number && timeout.Seconds <= int64(grace.Seconds()) {
					f := p.Report(At(server.File, timeout.Span), "supervise kills the MiddleManager after %d s, and tasks have %d s to save themselves", timeout.Seconds, int64(grace.Seconds()))
					relate(f, Val(restore), "switched on here")
				}
			}
		}
	},
}
