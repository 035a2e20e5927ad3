package preflight

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func clockChecks() []*Check { return []*Check{liveClock, liveClockOffset, liveTimeZone} }

var liveClock = &Check{
	Rule: rules.Rule{
		ID: "live-clock", Severity: finding.Warning,
		Title:  "The clock is not synchronized.",
		Why:    "Segments are named by time, tasks are handed off by it, and S3 refuses a signature that is 15 minutes off.",
		Effect: "Late events, hand-offs that wait, and refused requests, once the clock has drifted.",
		Fix:    "Run chronyd, systemd-timesyncd or ntpd.",
		Source: "adjtimex(2), STA_UNSYNC",
	},
	Needs: func(p *Pass) []Need { return p.kernelNeed("clock", always) },
	Known: func(p *Pass, a Asked) {
		switch {
		case !a.Host.Clock.Known:
			p.Unknown(a, "synchronized", "the kernel does not report it")
		case !a.Host.Clock.Synchronized:
			p.Warn(a, "synchronized", "not synchronized", "the kernel reports that its clock is not synchronized")
		default:
			p.Pass(a, "synchronized", fmt.Sprintf("synchronized within %d ms", a.Host.Clock.MaxErrorMS))
		}
	},
}

var liveClockOffset = &Check{
	Rule: rules.Rule{
		ID: "live-clock-offset", Severity: finding.Error,
		Title:  "The clock differs from that of a server that the configuration names.",
		Why:    "What one server writes another reads: times of segments, tokens and signatures are compared with the own clock.",
		Effect: "Tokens and signatures are refused; segments and tasks of the future wait.",
		Fix:    "Set the clock right and keep it so with chronyd or systemd-timesyncd, on every server.",
		Source: "S3 refuses requests with RequestTimeTooSkewed from 15 minutes on; RFC 5905 and RFC 9110 (Date) for how it is measured",
	},
	Needs: timeNeeds,
	Known: func(p *Pass, a Asked) {
		off := time.Duration(a.Time.MS) * time.Millisecond
		p.judgeOffset(a, off, time.Duration(a.Time.PrecisionMS)*time.Millisecond)
	},
}

// judgeOffset says how bad it is to be that far behind another clock.
func (p *Pass) judgeOffset(a Asked, off, precision time.Duration) {
	const required = "within 1 s"
	current := fmt.Sprintf("%s, ±%s", ahead(off), precision.Round(time.Millisecond))
	switch size := off.Abs() - precision; {
	case size > time.Minute:
		p.Fail(a, required, current, "this clock is %s of that of %s", ahead(off), a.Target)
	case size > time.Second:
		p.Warn(a, required, current, "this clock is %s of that of %s", ahead(off), a.Target)
	default:
		p.Pass(a, required, current)
	}
}

// ahead says how a clock is off, that has so much to be added.
func ahead(off time.Duration) string {
	if off < 0 {
		return off.Abs().Round(time.Millisecond).String() + " ahead"
	}
	return off.Round(time.Millisecond).String() + " behind"
}

// timeNeeds ask the time servers that --time-server names, and the object store.
func timeNeeds(p *Pass) []Need {
	var list []Need
	for _, server := range p.TimeServers {
		list = append(list, Need{Question: facts.Question{Name: "time ntp " + server, Time: &facts.Time{NTP: server}}, Target: server})
	}
	for _, o := range objectStores {
		for _, n := range p.kept(o) {
			if url := n.Store.Endpoint; url != "" && n.Note == "segments" {
				list = append(list, Need{Question: facts.Question{Name: "time " + url, Time: &facts.Time{URL: url}}, Target: url, At: n.At})
			}
		}
	}
	return list
}

var liveTimeZone = &Check{
	Rule: rules.Rule{
		ID: "live-time-zone", Severity: finding.Warning,
		Title:  "A machine that is not on UTC, and processes that are not told to be.",
		Why:    "Druid's own times are in UTC, but Hadoop, JDBC and a few functions take Java's time zone, which is the machine's unless -Duser.timezone says otherwise.",
		Effect: "Segments and intervals that are hours off, and logs that do not fit together.",
		Fix:    "Write -Duser.timezone=UTC into every jvm.config.",
		Source: "docs/operations/basic-cluster-tuning.md (JVM tuning: user.timezone)",
	},
	Needs: func(p *Pass) []Need { return p.kernelNeed("time zone", always) },
	Known: func(p *Pass, a Asked) {
		zone := a.Host.TimeZone
		current := fmt.Sprintf("%s (%s)", cmp.Or(zone.Name, "not known"), zone.From)
		switch without := slices.DeleteFunc(slices.Clone(p.Services), inUTC); {
		case len(without) == 0:
		case p.apart:
			p.Unknown(a, "UTC", current+isApart)
			return
		case zone.UTC:
		case zone.Name == "":
			p.Unknown(a, "UTC", zone.From+" is neither a link nor the file of a time zone")
			return
		default:
			p.Warn(a, "UTC", current, "the machine is on %s, and %s without -Duser.timezone=UTC", zone.Name, are(without))
			return
		}
		if !zone.UTC {
			current += ", every process -Duser.timezone=UTC"
		}
		p.Pass(a, "UTC", current)
	},
}

func inUTC(s *conf.Service) bool {
	f, ok := property(s, "user.timezone")
	return ok && (strings.HasPrefix(f.Value, "UTC") || strings.HasPrefix(f.Value, "GMT") || strings.HasPrefix(f.Value, "Etc/UTC"))
}

// are writes "the broker is", or "broker and router are".
func are(list []*conf.Service) string {
	if len(list) == 1 {
		return "the " + list[0].Name + " is"
	}
	return names(list) + " are"
}
