package preflight

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

func hostChecks() []*Check {
	return []*Check{liveMemory, liveOvercommit, liveCPU}
}

var liveJava = &Check{
	Rule: rules.Rule{
		ID: "live-java", Severity: finding.Error,
		Title:  "No Java is found, or one that the release does not support.",
		Why:    "bin/run-java takes DRUID_JAVA_HOME, then JAVA_HOME, then the java of the PATH, and bin/verify-java accepts the versions of the release only. A version that prints no dot, such as 25, gets past it whatever it is.",
		Effect: "The process does not start, or fails in classes that this Java has hidden.",
		Fix:    "Install a Java that the release supports, and set DRUID_JAVA_HOME (before 0.17 JAVA_HOME) for the user that starts Druid.",
		Source: "examples/bin/java-util, run-java and verify-java, 0.17.0 to 39.0.0",
	},
	Needs: func(p *Pass) []Need {
		if len(p.Services) == 0 {
			return nil
		}
		verify := filepath.Join(p.Home, "bin", "verify-java")
		return []Need{{Question: facts.Question{Name: "java", Java: &facts.Java{Verify: verify}}, Target: "Java", At: p.anchor()}}
	},
	Each: judgeJava,
}

func judgeJava(p *Pass, a Asked) {
	majors := schema.JavaVersions(p.Tree.Target.Release)
	if named := verified(a.Java); len(named) > 0 {
		majors = named
	}
	required := "Java " + orList(majors)
	switch {
	case a.Problem.Has(facts.Missing):
		p.Fail(a, required, "none", "no java: neither DRUID_JAVA_HOME nor JAVA_HOME is set, and the PATH has none")
		return
	case a.Problem != nil:
		p.Unknown(a, required, a.Problem.Text)
		return
	}
	r := a.Java
	current := fmt.Sprintf("%s (%s: %s)", r.Version, r.From, r.Home)
	switch {
	case r.None && !p.before(17): // older scripts were not read
		p.Fail(a, required, "no "+r.Home+"/bin/java", "%s names %s, which has no bin/java: nothing else is tried", r.From, r.Home)
	case r.Version == "":
		p.Unknown(a, required, fmt.Sprintf("%s names %s, whose file release tells no version", r.From, r.Home))
	case slices.Contains(majors, r.Major) || len(majors) == 0:
		p.Pass(a, required, current)
	case r.Major < slices.Min(majors):
		p.Fail(a, required, current, "Java %d is too old: %s wants %s", r.Major, p.Tree.Target.Name, orList(majors))
	case r.Skip && len(verified(r)) > 0:
		p.Warn(a, required, current, "Java %d is not one that %s supports, and DRUID_SKIP_JAVA_CHECK lets it start", r.Major, p.Tree.Target.Name)
	case len(verified(r)) > 0 && strings.Contains(r.Version, "."):
		p.Fail(a, required, current, "bin/verify-java refuses Java %d: it wants %s", r.Major, orList(majors))
	default:
		p.Warn(a, required, current, "Java %d is not one that %s supports (%s)", r.Major, p.Tree.Target.Name, orList(majors))
	}
}

// verified are the versions that the tree's own bin/verify-java asks for, by the
// sentence in which it says so: Druid requires Java 8, 11 or 17.
func verified(r *facts.Runtime) []int {
	if r == nil {
		return nil
	}
	_, rest, _ := strings.Cut(r.Verify, "Druid requires Java ")
	sentence, _, _ := strings.Cut(rest, ".")
	var list []int
	for _, word := range strings.FieldsFunc(sentence, func(c rune) bool { return c < '0' || c > '9' }) {
		if n, err := strconv.Atoi(word); err == nil {
			list = append(list, n)
		}
	}
	return list
}

// orList writes 8, 11 or 17.
func orList(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = fmt.Sprint(n)
	}
	if n := len(texts); n > 1 {
		return strings.Join(texts[:n-1], ", ") + " or " + texts[n-1]
	}
	return strings.Join(texts, "")
}

// needOfMemory is what all processes of the host, and their tasks, may take. It is
// false where one does not tell.
func (p *Pass) needOfMemory() (sum int64, why string, ok bool) {
	if !p.Told {
		return 0, "--role does not say which processes run here", false
	}
	for _, s := range p.Services {
		bytes, known := rules.MemoryOf(s)
		if !known {
			return 0, "the " + s.Name + " has no -Xmx that could be read", false
		}
		sum += bytes
	}
	return sum, "", sum > 0
}

var liveMemory = &Check{
	Rule: rules.Rule{
		ID: "live-memory", Severity: finding.Error,
		Title:  "The heaps, direct memory and tasks of this machine's processes do not fit into its memory.",
		Why:    "Heaps and direct memory of all processes, and of as many tasks as there may be, add up; in a container its limit counts, and not what the host has.",
		Effect: "The kernel kills a process when all are under load, or the machine swaps.",
		Fix:    "Lower heaps, buffers or druid.worker.capacity, or take a larger machine; implycheck size says what fits.",
		Source: "docs/operations/basic-cluster-tuning.md (total memory usage); Linux, Documentation/admin-guide/cgroup-v2.rst",
	},
	Needs: func(p *Pass) []Need {
		if len(p.Services) == 0 {
			return nil
		}
		return p.kernel("memory")
	},
	Known: func(p *Pass, a Asked) {
		if a.Host.Memory == 0 {
			p.Unknown(a, "heaps, direct memory and tasks", a.unread(meminfo))
			return
		}
		need, why, ok := p.needOfMemory()
		current := text.About(a.Host.Memory) + " (" + a.Host.MemoryFrom + ")"
		if !ok {
			p.Unknown(a, "heaps, direct memory and tasks", why).Current = current + "; " + why
			return
		}
		required := fmt.Sprintf("%s for %s", text.About(need), names(p.Services))
		switch {
		case need > a.Host.Memory:
			p.Fail(a, required, current, "%s may take %s, and this machine gives %s", names(p.Services), text.About(need), text.About(a.Host.Memory))
		case need > sizing.Budget(a.Host.Memory):
			p.Warn(a, required, current, "%s may take %s of %s: little is left for the page cache and everything else", names(p.Services), text.About(need), text.About(a.Host.Memory))
		default:
			p.Pass(a, required, current)
		}
	},
}

var liveOvercommit = &Check{
	Rule: rules.Rule{
		ID: "live-overcommit", Severity: finding.Error,
		Title:  "A kernel that promises no more memory than it has.",
		Why:    "With vm.overcommit_memory=2 a heap counts in full from its start, whether it is used or not.",
		Effect: "Java does not start: os::commit_memory failed; error='Cannot allocate memory'.",
		Fix:    "Set vm.overcommit_memory=0, or raise vm.overcommit_ratio.",
		Source: "Linux, Documentation/mm/overcommit-accounting.rst; apache/druid#3218",
	},
	Needs: func(p *Pass) []Need { return p.kernel("overcommit") },
	Known: func(p *Pass, a Asked) {
		const path = "/proc/sys/vm/overcommit_memory"
		mode, ok := a.Host.Settings[path]
		if !ok {
			p.Unknown(a, "vm.overcommit_memory 0 or 1", a.unread(path))
			return
		}
		current := "vm.overcommit_memory " + mode
		if mode != "2" {
			p.Pass(a, "vm.overcommit_memory 0 or 1", current)
			return
		}
		left := a.Host.CommitLimit - a.Host.Committed
		current += fmt.Sprintf(", %s left to promise", text.About(max(0, left)))
		need, _, known := p.needOfMemory()
		switch {
		case a.Host.CommitLimit == 0:
			p.Unknown(a, "vm.overcommit_memory 0 or 1", "vm.overcommit_memory is 2, and how much is left: "+a.unread(meminfo))
		case known && need > left:
			p.Fail(a, text.About(need), current, "the kernel may promise %s more, and %s want %s", text.About(max(0, left)), names(p.Services), text.About(need))
		default:
			p.Warn(a, "vm.overcommit_memory 0 or 1", current, "vm.overcommit_memory is 2: every heap counts in full when it starts")
		}
	},
}

var liveCPU = &Check{
	Rule: rules.Rule{
		ID: "live-cpu", Severity: finding.Warning,
		Title:  "Processors that save power, or a clock that is slow to read.",
		Why:    "The governor powersave keeps clocks low while threads wait for one another; reading the clock from hpet or acpi_pm takes a system call, and Druid reads it for every query and event.",
		Effect: "Queries take longer than the hardware needs.",
		Fix:    "Use the governor performance, and tsc as clocksource (kvm-clock in a virtual machine).",
		Source: "Linux, Documentation/admin-guide/pm/cpufreq.rst; rpk's tuners cpu and clocksource (redpanda, src/go/rpk/pkg/tuners)",
	},
	Needs: func(p *Pass) []Need { return p.kernel("processors") },
	Known: func(p *Pass, a Asked) {
		const clocksource = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
		governor, clock := a.Host.Settings["/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"], a.Host.Settings[clocksource]
		current := "clocksource " + clock
		if a.Host.Cores > 0 {
			current = fmt.Sprintf("%d cores, %s", a.Host.Cores, current)
		}
		if governor != "" {
			current += ", governor " + governor
		}
		const required = "no powersave, a fast clocksource"
		switch {
		case governor == "powersave":
			p.Warn(a, required, current, "the processors run with the governor powersave")
		case clock == "hpet", clock == "acpi_pm":
			p.Warn(a, required, current, "the clocksource is %s, which is slow to read", clock)
		case clock == "":
			p.Unknown(a, required, a.unread(clocksource))
		default:
			p.Pass(a, required, current)
		}
	},
}

// meminfo is where the kernel tells what memory there is.
const meminfo = "/proc/meminfo"

// unread is why a file of the host does not tell what a check needs of it.
func (a Asked) unread(path string) string {
	return cmp.Or(a.Host.Unread[path], path+" cannot be read")
}

// property is the value of -Dname in the jvm.config of a process.
func property(s *conf.Service, name string) (syntax.Flag, bool) {
	if s.JVM == nil {
		return syntax.Flag{}, false
	}
	return syntax.LastFlag(s.JVM.Flags, syntax.SystemProperty, name)
}
