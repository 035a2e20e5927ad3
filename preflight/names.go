package preflight

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func nameChecks() []*Check { return []*Check{liveHostName, liveDNS} }

var liveHostName = &Check{
	Rule: rules.Rule{
		ID: "live-host-name", Severity: finding.Error,
		Title:  "A process announces itself under a name that is not this machine's.",
		Why:    "Others call a process by druid.host; without it Java takes the canonical name of the machine, which /etc/hosts may say is localhost.",
		Effect: "Other servers cannot reach the process, or reach themselves: queries fail and tasks wait.",
		Fix:    "Set druid.host to a name or address of this machine that the other servers resolve, or mend /etc/hosts.",
		Source: "server/src/main/java/org/apache/druid/server/DruidNode.java (getDefaultHost: InetAddress.getLocalHost().getCanonicalHostName()), 0.15.1 to 38; apache/druid#16386",
	},
	Needs: func(p *Pass) []Need {
		var list []Need
		for _, s := range p.Services {
			if slices.Contains([]string{"pivot", "tranquility"}, s.Name) {
				continue
			}
			v := s.Get("druid.host")
			host := ""
			if usable(v) {
				address, _ := conf.ParseAddress(v.Text, 0)
				host = address.Host
			} else if v.Set {
				continue // a placeholder: nobody knows
			}
			if slices.ContainsFunc(list, func(n Need) bool { return n.Note == host }) {
				continue
			}
			list = append(list, hostNeed(p, s, v, host))
		}
		if len(list) > 0 {
			list = append(list, p.kernel("")...)
		}
		return list
	},
	Judge: judgeHostNames,
}

// hostNeed asks for the name of druid.host, or for the machine's own.
func hostNeed(p *Pass, s *conf.Service, v conf.Value, host string) Need {
	n := Need{Target: "druid.host " + host, At: p.at(s, v), Note: host}
	if host == "" {
		n.Target = "the machine's name"
	}
	n.Question = facts.Question{Name: "resolve " + host + " and back", Resolve: &facts.Resolve{Host: host, Reverse: true}}
	return n
}

func judgeHostNames(p *Pass, asked []Asked) {
	machine := asked[len(asked)-1]
	for _, a := range asked[:len(asked)-1] {
		switch {
		case a.Problem.Has(facts.NoName):
			p.Fail(a, "resolves here", "no such host", "%s does not resolve on this machine", a.Target)
		case a.Problem != nil:
			p.Unknown(a, "a name of this machine", a.Problem.Text)
		case machine.Problem != nil:
			p.Unknown(a, "a name of this machine", machine.Problem.Text)
		default:
			p.judgeHostName(a, machine.Host)
		}
	}
}

func (p *Pass) judgeHostName(a Asked, m *facts.Machine) {
	addresses := strings.Join(a.Resolve.Addresses, ", ")
	current := addresses
	if len(a.Resolve.Names) > 0 {
		current += " (back: " + strings.Join(a.Resolve.Names, ", ") + ")"
	}
	own := func(address string) bool { return slices.Contains(m.Addresses, address) }
	loopback := func(address string) bool { ip := net.ParseIP(address); return ip != nil && ip.IsLoopback() }
	const required = "an address of this machine"
	switch {
	case slices.ContainsFunc(a.Resolve.Addresses, loopback) && p.Deployment.Cluster():
		p.Fail(a, "an address that others reach", current, "%s resolves to %s: the other servers of the cluster would connect to themselves", a.Target, addresses)
	case slices.ContainsFunc(a.Resolve.Addresses, loopback) && !p.Deployment.Single():
		p.Warn(a, "an address that others reach", current, "%s resolves to %s, which only this machine can reach", a.Target, addresses)
	case slices.ContainsFunc(a.Resolve.Addresses, loopback), slices.ContainsFunc(a.Resolve.Addresses, own):
		p.Pass(a, required, current)
	case p.Told:
		p.Fail(a, required, current, "%s resolves to %s, and this machine has the addresses %s", a.Target, addresses, strings.Join(m.Addresses, ", "))
	default:
		p.Unknown(a, required, "it is not this machine, and --role does not say which processes run here")
	}
}

var liveDNS = &Check{
	Rule: rules.Rule{
		ID: "live-dns", Severity: finding.Error,
		Title:  "A host that the configuration names does not resolve here.",
		Why:    "Names of ZooKeeper, of the metadata store, of deep storage and of metrics are looked up when a process starts.",
		Effect: "java.net.UnknownHostException, at start or at first use.",
		Fix:    "Mend the name in the configuration, in the DNS, or in /etc/hosts of this machine.",
		Source: "java.net.InetAddress; curator's FixedEnsembleProvider resolves what druid.zk.service.host names",
	},
	Needs: func(p *Pass) []Need {
		var list []Need
		for _, o := range p.outside() {
			if net.ParseIP(o.host) != nil || slices.ContainsFunc(list, func(n Need) bool { return n.Target == o.host }) {
				continue
			}
			list = append(list, Need{Question: facts.Question{Name: "resolve " + o.host, Resolve: &facts.Resolve{Host: o.host}}, Target: o.host, At: o.at, Note: o.process})
		}
		return list
	},
	Each: func(p *Pass, a Asked) {
		required := "resolves, for " + a.Note
		switch {
		case a.Problem.Has(facts.NoName):
			p.Fail(a, required, "no such host", "%s, which is for %s, does not resolve", a.Target, a.Note)
		case a.Problem != nil:
			p.Unknown(a, required, a.Problem.Text)
		case a.Milliseconds > 1000:
			p.Warn(a, required, fmt.Sprintf("%s after %d ms", strings.Join(a.Resolve.Addresses, ", "), a.Milliseconds), "looking %s up takes %d ms", a.Target, a.Milliseconds)
		default:
			p.Pass(a, required, strings.Join(a.Resolve.Addresses, ", "))
		}
	},
}
