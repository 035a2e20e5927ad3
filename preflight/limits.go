package preflight

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func limitChecks() []*Check { return []*Check{liveNoFile, liveNProc} }

// kernelNeed asks the kernel where something is wanted of the processes here.
func (p *Pass) kernelNeed(target string, when func(p *Pass) bool) []Need {
	if len(p.Services) == 0 || !when(p) {
		return nil
	}
	return p.kernel(target)
}

func always(*Pass) bool { return true }

var liveNoFile = &Check{
	Rule: rules.Rule{
		ID: "live-nofile", Severity: finding.Error,
		Title:  "Too few open files for what Druid keeps open.",
		Why:    "A Historical keeps files of every segment open, tasks their spills and sockets; the limit is that of the shell or unit that starts Druid. Java raises its soft limit to the hard one when it starts, unless -XX:-MaxFDLimit is set.",
		Effect: "java.io.IOException: Too many open files, when many segments or connections are open.",
		Fix:    "Raise nofile to 65536 or more: LimitNOFILE= in the unit, or /etc/security/limits.d.",
		Source: "docs/operations/basic-cluster-tuning.md (Linux limits); os::init_2 of HotSpot (MaxFDLimit), OpenJDK 17, run with a soft limit of 1024",
	},
	Needs: func(p *Pass) []Need { return p.kernelNeed("open files", always) },
	Known: func(p *Pass, a Asked) {
		l, from, ok := p.limit(a.Host, "nofile")
		required := "65536"
		current := fmt.Sprintf("%s (%s)", limitText(l), from)
		switch {
		case !ok:
			p.Unknown(a, required, from)
		case l >= 0 && l < 10240 && p.keeps() && p.Deployment.Cluster():
			p.Fail(a, required, current, "%s may open %d files: too few for segments and tasks", names(p.Services), l)
		case l >= 0 && l < 65536:
			p.Warn(a, required, current, "%s may open %d files", names(p.Services), l)
		case slices.ContainsFunc(p.Services, keepsSoft):
			p.Unknown(a, required, current+" is the hard limit, and with -XX:-MaxFDLimit the soft one counts: ulimit -Sn")
		default:
			p.Pass(a, required, current)
		}
	},
}

// keepsSoft reports whether the Java of a process leaves its soft limit as it is.
func keepsSoft(s *conf.Service) bool {
	if s.JVM == nil {
		return false
	}
	f, set := syntax.LastFlag(s.JVM.Flags, syntax.Toggle, "MaxFDLimit")
	return set && !f.On
}

var liveNProc = &Check{
	Rule: rules.Rule{
		ID: "live-nproc", Severity: finding.Warning,
		Title:  "Too few processes and threads for the user of Druid.",
		Why:    "Every thread of Java counts, of all processes and tasks of the user together.",
		Effect: "java.lang.OutOfMemoryError: unable to create native thread, under load.",
		Fix:    "Raise nproc to 4096 or more: LimitNPROC= in the unit, or /etc/security/limits.d; in a container, its pids limit.",
		Source: "docs/operations/basic-cluster-tuning.md (Linux limits); elasticsearch, docs/reference/setup/bootstrap-checks (maximum number of threads)",
	},
	Needs: func(p *Pass) []Need { return p.kernelNeed("processes and threads", always) },
	Known: func(p *Pass, a Asked) {
		l, from, ok := p.limit(a.Host, "nproc")
		current := fmt.Sprintf("%s (%s)", limitText(l), from)
		switch {
		case !ok:
			p.Unknown(a, "4096", from)
		case l >= 0 && l < 4096:
			p.Warn(a, "4096", current, "the user of Druid may have %d processes and threads", l)
		default:
			p.Pass(a, "4096", current)
		}
	},
}

// limit is what the processes of the host get: what a unit of systemd that starts
// Druid says, else the limit of whoever calls. Of open files it is the hard limit, to which
// Java raises its own. Where it is not known, from says why.
func (p *Pass) limit(m *facts.Machine, name string) (n int64, from string, ok bool) {
	hard := name == "nofile"
	for _, u := range m.Units {
		if text, set := u.Limits[name]; set {
			return unitLimit(text, hard), u.Path, true
		}
	}
	l, ok := m.Limits[name]
	for path, why := range m.Unread {
		if isLimits := strings.HasSuffix(path, "/limits"); isLimits && !ok || strings.Contains(path, "/systemd/") {
			return 0, why, false
		}
	}
	if from = l.From; !ok {
		from = "/proc/PID/limits cannot be read"
	}
	if len(m.Units) > 0 {
		from += ", which " + m.Units[0].Path + " does not change"
	}
	if hard {
		return l.Hard, from, ok
	}
	return l.Soft, from, ok
}

// unitLimit reads 65536, 1024:65536 (soft and hard) or infinity.
func unitLimit(text string, hard bool) int64 {
	limit, after, both := strings.Cut(text, ":")
	if both && hard {
		limit = after
	}
	n, err := strconv.ParseInt(limit, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func limitText(n int64) string {
	if n < 0 {
		return "unlimited"
	}
	return strconv.FormatInt(n, 10)
}
