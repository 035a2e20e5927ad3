package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
)

func containerRules() []*Rule {
	return []*Rule{
		ctrVariableLost, ctrValueEaten, ctrForkDeleted, ctrVariableDead, ctrVariableTwice, ctrRefused, ctrFileUnread, ctrImageLatest,
		ctrMemoryLimit, ctrImageMemory, ctrPortNotListening, ctrStorageNotShared, ctrLogsNotShared, ctrDerbyLost,
	}
}

const druidScript = "distribution/docker/druid.sh of each release, run under the image's shell"

// reportFacts reports what a form has noticed.
func (p *Pass) reportFacts(kind form.FactKind, report func(f conf.Fact, at Place) *finding.Finding) {
	for _, f := range p.Tree.Facts(kind) {
		at := Place(f.At)
		at.Service = f.Service
		if found := report(f, at); found != nil && f.Other.File != nil && !f.Stock {
			relate(found, Place(f.Other), "this one")
		}
	}
}

var ctrVariableLost = &Rule{
	ID: "ctr-variable-lost", Severity: finding.Warning, Area: Containers,
	Title:  "A variable whose name never reaches Druid.",
	Why:    "The script of the image makes properties of variables that begin with druid_ in lower case, and its shell imports no name with a dot or a dash.",
	Effect: "The property is silently not set, and the value of the image or of Druid stays.",
	Fix:    "Write the property with _ for each dot, from druid_ on, and with its capital letters: druid_processing_numThreads.",
	Source: druidScript,
	Check: func(p *Pass) {
		p.reportFacts(form.LostName, func(f conf.Fact, at Place) *finding.Finding {
			if f.Detail != "" {
				return p.Report(at, "the script of the image does not look at %s: its name does not begin with druid_ in lower case", f.Name)
			}
			found := p.Report(at, "the shell of the image ignores %s, since the name of a variable can have no dot or dash", f.Name)
			if !strings.Contains(f.Name, "-") {
				found.Suggestion = strings.ReplaceAll(f.Name, ".", "_")
				found.Help = "Write " + found.Suggestion + "."
				found.Fix = editName(at, f.Name, found.Suggestion)
			}
			return found
		})
	},
}

var ctrValueEaten = &Rule{
	ID: "ctr-value-eaten", Severity: finding.Warning, Area: Containers,
	Title:  "A value that the image's script changes on its way.",
	Why:    "The script reads the environment line by line with the shell's read, which takes backslashes away, and writes it with echo -e, which makes characters of those that are left.",
	Effect: "Druid gets another value than the one that is written.",
	Fix:    "Write eight backslashes for each that Druid is to see (four before 0.21), and values in one line.",
	Source: druidScript,
	Check: func(p *Pass) {
		p.reportFacts(form.LostLines, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "of the lines of %s only the first one counts", f.Name)
		})
		p.reportFacts(form.Glued, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "%s ends in a backslash, which makes the variable %s a part of its value", f.Name, f.Detail)
		})
		p.reportFacts(form.HostGlued, func(f conf.Fact, at Place) *finding.Finding {
			found := p.Report(at, "the last line of the file has no end, and the script of the image writes druid.host=ADDRESS behind it: that becomes a part of %s", f.Name)
			found.Effect = "Druid gets a value that ends in druid.host=ADDRESS: a process that expects a number there does not start, and druid.host is not set."
			found.Help = "End the line: in YAML write | in the place of |-."
			if p.Release() >= 17 { // 0.16 always writes it
				found.Help += " Or set DRUID_SET_HOST=0."
			}
			return found
		})
		p.reportFacts(form.Interpreted, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "the script of the image makes another character of a backslash in the value of %s", f.Name)
		})
	},
}

var ctrForkDeleted = &Rule{
	ID: "ctr-fork-property-deleted", Severity: finding.Warning, Area: Containers,
	Title:  "A variable that deletes a property whose key contains its own.",
	Why:    "Before it sets a property, the image's script deletes every line that contains the key. The line druid.indexer.fork.property.KEY, which is for tasks, contains KEY.",
	Effect: "Tasks get the plain value in the place of the one that is meant for them.",
	Fix:    "Give tasks their values by -D in druid_indexer_runner_javaOptsArray, or the same value to both.",
	Source: druidScript + ": sed -ri /$key=/d",
	Check: func(p *Pass) {
		p.reportFacts(form.Deleted, func(f conf.Fact, at Place) *finding.Finding {
			runs := func(s *conf.Service) bool { return s.Unit() == f.Service }
			if strings.HasPrefix(f.Detail, conf.ForkPrefix) && !slices.ContainsFunc(p.taskRunners(), runs) {
				return nil // it starts no tasks
			}
			key, value, _ := strings.Cut(f.Detail, "=")
			if key == conf.ForkPrefix+f.Name && slices.ContainsFunc(p.Tree.Services, func(s *conf.Service) bool { return runs(s) && s.Get(f.Name).Is(value) }) {
				return nil // tasks inherit the same value
			}
			found := p.Report(at, "setting %s deletes %s", f.Name, key)
			if v, ok := strings.CutPrefix(key, conf.ForkPrefix); ok && v == f.Name {
				found.Message = fmt.Sprintf("setting %s deletes the fork property of the same name: tasks do not get %s", f.Name, masked(f.Name, value))
			}
			if f.Stock {
				found.Severity = finding.Info
				found.Message += ", which the image sets"
			}
			return found
		})
	},
}

func masked(key, value string) string { return conf.Masker().Value(key, value) }

var ctrVariableDead = &Rule{
	ID: "ctr-variable-dead", Severity: finding.Warning, Area: Containers,
	Title:  "A variable of the image that has no effect in this release.",
	Why:    "Names came and went with releases of the image, documentation and charts name some that its script has never had, and up to 0.22 the files that variables name replace those that are made of variables.",
	Effect: "Nothing happens. The image does not say so.",
	Fix:    "Delete the variable, or write the name that the release reads.",
	Source: druidScript + "; docs/tutorials/docker.md names DRUID_COMMON_CONFIG",
	Check: func(p *Pass) {
		p.reportFacts(form.DeadName, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "%s has no effect here: %s", f.Name, f.Detail)
		})
		p.reportFacts(form.CopiedOver, func(f conf.Fact, at Place) *finding.Finding {
			found := p.Report(at, "%s has no effect here: the script copies the file of %s over what it has made of variables", f.Name, f.Detail)
			found.Help = "Write the property into that file. Images from 0.23 on copy it first."
			return found
		})
	},
}

var ctrVariableTwice = &Rule{
	ID: "ctr-variable-twice", Severity: finding.Info, Area: Containers,
	Title:  "A variable that its file sets again.",
	Why:    "Only the last line counts: editing the first one changes nothing.",
	Effect: "The container silently gets the last value.",
	Fix:    "Delete the line that is not meant.",
	Source: "compose-go 2.16.2, dotenv (run)",
	Check: func(p *Pass) {
		p.reportFacts(form.Twice, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "%s is set again on line %d, and the last one counts", f.Name, f.Other.Span.Start.Line)
		})
	},
}

var ctrRefused = &Rule{
	ID: "ctr-start-refused", Severity: finding.Error, Area: Containers,
	Title:  "A container that does not start.",
	Why:    "Compose refuses a whole project for one mistake, and the script of the image ends where a command in it fails. It hands the command to Druid, which starts a process of that name and nothing else: not several, and no script.",
	Effect: "Nothing runs, or the container stops before a process of Druid is started.",
	Fix:    "Correct what the message names.",
	Source: "compose-go 2.16.2; " + druidScript + "; org.apache.druid.cli.Main, 0.18 and 37",
	Check: func(p *Pass) {
		p.reportFacts(form.Refused, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "Docker Compose refuses the project: %s", f.Detail)
		})
		p.reportFacts(form.Fails, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "the container %s stops at once: %s", f.Service, f.Detail)
		})
		p.reportFacts(form.Idle, func(f conf.Fact, at Place) *finding.Finding {
			found := p.Report(at, "the container %s starts no process: it has no command, and the image needs the name of one", f.Service)
			if f.Name != "" {
				found.Message = fmt.Sprintf("the container %s starts no process: Druid has none of the name %s", f.Service, f.Name)
			}
			found.Effect = "Druid shows its help, and the container ends."
			found.Help = "Write the process as the command, such as " + cmp.Or(f.Detail, "broker") + "; several processes need a container each."
			return found
		})
	},
}

var ctrFileUnread = &Rule{
	ID: "ctr-file-unread", Severity: finding.Warning, Area: Containers,
	Title:    "Configuration in the container that nothing reads.",
	Why:      "The script of the image reads one folder, which depends on the service and on DRUID_SINGLE_NODE_CONF.",
	Effect:   "What is in the files has no effect, and the values of the image apply.",
	Fix:      "Mount the files below the folder that the script reads, /opt/druid/conf/druid/cluster, or name them with DRUID_CONFIG_COMMON and DRUID_CONFIG_<service>.",
	Source:   druidScript + ": getConfPath",
	DefersTo: []string{"k8s-field-missing"},
	Check: func(p *Pass) {
		p.reportFacts(form.Unread, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "what is mounted on %s is not read: %s", f.Name, f.Detail)
		})
		p.reportFacts(form.UnknownFile, func(f conf.Fact, at Place) *finding.Finding {
			found := p.Report(at, "the file %s is in no mounted folder that is here: what is in it is not known", f.Name)
			found.Severity = finding.Info
			return found
		})
		p.reportFacts(form.UnseenMount, func(f conf.Fact, at Place) *finding.Finding {
			found := p.Report(at, "what is mounted on %s is not among the files: what it sets for the %s is not known", f.Name, f.Service)
			found.Severity = finding.Info
			found.Effect = "None: nothing is said about what the files may set."
			found.Help = "Lint the folder on the machine, or keep it next to the Compose file."
			return found
		})
	},
}

var ctrImageLatest = &Rule{
	ID: "ctr-image-latest", Severity: finding.Info, Area: Containers,
	Title:  "An image of Druid, its ZooKeeper or its database without a release.",
	Why:    "Each pull may bring another release: of Druid, with other defaults and properties that are gone; of PostgreSQL, which does not open the files of an older one.",
	Effect: "A container that was recreated may not start, or not speak with the others.",
	Fix:    "Name the release in the tag, such as apache/druid:33.0.0 or postgres:16.",
	Source: "Druid's release notes: rolling updates go from one release to the next",
	Check: func(p *Pass) {
		p.reportFacts(form.Latest, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "the image %s is whatever release is the newest", f.Name)
		})
	},
}

var ctrMemoryLimit = &Rule{
	ID: "ctr-memory-limit", Severity: finding.Warning, Area: Containers,
	Title:  "A container that is allowed less memory than its java.",
	Why:    "The limit of a container counts the heap, direct memory, all else of java, and the tasks that a MiddleManager starts.",
	Effect: "The kernel kills the container, exit code 137, when the memory is used; with less than the heap, before it serves anything.",
	Fix:    "Raise the limit, or lower DRUID_XMX, DRUID_MAXDIRECTMEMORYSIZE and the workers.",
	Source: "Linux cgroups, memory.max; Druid's basic cluster tuning, 33",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			limits, ok := s.Limits()
			if !ok || limits.Memory == 0 {
				continue
			}
			need, ok := MemoryOf(s)
			if !ok || need <= limits.Memory {
				continue
			}
			found := p.Report(Place(p.Tree.Written(limits.MemoryAt)).Of(s), "the %s may take %s, and its container is limited to %s", s.Name, text.Amount(need), text.Amount(limits.Memory))
			if j, heap, ok := p.heapOf(s); ok {
				relate(found, j.at(heap), "the heap")
				if heap.Bytes >= limits.Memory {
					found.Severity = finding.Error
				}
			}
		}
	},
}

// heapOf is the command line of a process, and its heap.
func (p *Pass) heapOf(s *conf.Service) (java, syntax.Flag, bool) {
	for _, j := range p.druids() {
		if j.service == s {
			heap, ok := j.heap()
			return j, heap, ok
		}
	}
	return java{}, syntax.Flag{}, false
}

var ctrImageMemory = &Rule{
	ID: "ctr-image-memory", Severity: finding.Warning, Area: Containers,
	Title:    "A container with the memory that the image has for a large server.",
	Why:      "What no variable sets is that of conf/druid/cluster: a Coordinator with 15 GiB of heap, a Broker with 12 GiB and 6 GiB of direct memory, a Historical with 8 GiB and 13 GiB.",
	Effect:   "On a machine that is smaller the processes fail to start, or are killed under load (137).",
	Fix:      "Set DRUID_XMX, DRUID_XMS and DRUID_MAXDIRECTMEMORYSIZE for each service, with buffers that fit.",
	Source:   "examples/conf/druid/cluster, 0.16 - 38; issues 9529 and 12275 of apache/druid",
	DefersTo: []string{"ctr-memory-limit"},
	Check: func(p *Pass) {
		if p.Tree.Form == conf.FormConf {
			return
		}
		for _, s := range p.Tree.Services {
			j, heap, ok := p.heapOf(s)
			if !ok || j.file.Doubtful() {
				continue
			}
			_, _, stockHeap := j.file.At(heap.Span)
			max, explicit := directLimit(j.flags)
			stockDirect := false
			if explicit && max.explicit {
				_, _, stockDirect = j.file.At(max.flag.Span)
			}
			switch {
			case stockHeap && heap.Bytes >= 8<<30:
				found := p.Report(In(j.file).Of(s), "the %s has the image's heap of %s", s.Name, text.About(heap.Bytes))
				found.Severity = finding.Info
			case !stockHeap && stockDirect && max.bytes > heap.Bytes:
				p.Report(j.at(heap), "the %s has a heap of %s, and the image's %s of direct memory", s.Name, text.Amount(heap.Bytes), text.Amount(max.bytes))
			}
		}
	},
}

var ctrPortNotListening = &Rule{
	ID: "ctr-port-not-listening", Severity: finding.Warning, Area: Containers,
	Title:  "A published port that nothing in the container listens on.",
	Why:    "Which port a process listens on is said by druid.plaintextPort, else by the image for its service; what Compose publishes has to be the same.",
	Effect: "Connections to the port are refused.",
	Fix:    "Publish the port that the process listens on, or set druid_plaintextPort.",
	Source: "server/src/main/java/org/apache/druid/guice/ServerModule.java; examples/conf/druid/cluster, 33",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			limits, _ := s.Limits()
			port := s.Get("druid.plaintextPort")
			if len(limits.Ports) == 0 || !port.Known() {
				continue
			}
			own := []string{port.Text}
			if !s.Get("druid.enableTlsPort").Is("false") {
				own = append(own, s.Get("druid.tlsPort").Text)
			}
			for _, published := range limits.Ports {
				number := strconv.Itoa(published.Number)
				if slices.Contains(own, number) || !isDruidPort(published.Number) {
					continue
				}
				found := p.Report(Place(p.Tree.Written(published.At)).Of(s), "port %s is published, and the %s listens on %s", number, s.Name, port.Text)
				if port.Set {
					relate(found, Val(port), "its port")
				}
			}
		}
	},
}

// isDruidPort reports whether a port is one that Druid's processes have, or nearly:
// others may be those of a debugger or of JMX. From 8100 on they are those of tasks.
func isDruidPort(n int) bool {
	return n >= 8081 && n < 8100 || n == 8888 || n >= 8281 && n < 8300 || n == 9088
}
