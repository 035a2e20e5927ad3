package preflight

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func peerChecks() []*Check { return []*Check{livePeers, liveEmitter, liveKafka} }

// reachNeeds ask for connections to some of the hosts outside of the cluster.
func (p *Pass) reachNeeds(which func(o outside) bool) []Need {
	var list []Need
	for _, o := range p.outside() {
		if o.port == 0 || !which(o) {
			continue
		}
		q := dial(o.network, o.address())
		list = append(list, Need{Question: q, At: o.at, Target: o.address(), Note: o.process})
	}
	return list
}

// dial asks for one connection.
func dial(network, address string) facts.Question {
	return facts.Question{Name: "dial " + network + " " + address, Dial: &facts.Dial{Network: network, Address: address}}
}

// unreached reports whether nothing could be connected to.
func (a Asked) unreached() bool {
	return a.Problem.Has(facts.Timeout, facts.Unreachable, facts.Refused, facts.NoName)
}

// judgeReach judges a connection that has to be possible before anything starts.
func (p *Pass) judgeReach(a Asked, what string) {
	switch {
	case a.cutOff():
		p.Unknown(a, "reachable", a.Problem.Text)
	case a.unreached():
		p.Fail(a, "reachable", a.Problem.Text, "%s cannot be reached: %s", what, a.Problem.Text)
	case a.Problem != nil:
		p.Unknown(a, "reachable", a.Problem.Text)
	default:
		p.Pass(a, "reachable", fmt.Sprintf("%d ms", a.Milliseconds))
	}
}

var livePeers = &Check{
	Rule: rules.Rule{
		ID: "live-peer-reach", Severity: finding.Error,
		Title:  "Another server of the cluster does not answer on the port that this machine's processes call.",
		Why:    "Processes call each other on the ports that implycheck ports lists. The tree names a server by druid.host where it has one; others are said with --peer ROLE=HOST.",
		Effect: "The processes start, and what they ask of the other server fails.",
		Fix:    "Open the port between the two, as implycheck ports --format nftables writes it.",
		Source: "a connection over TCP; package ports for who calls whom",
	},
	Needs: peerNeeds,
	Each: func(p *Pass, a Asked) {
		const required = "reachable"
		switch {
		case a.cutOff():
			p.Unknown(a, required, a.Problem.Text)
		case a.Problem.Has(facts.Refused):
			p.Warn(a, required, a.Problem.Text, "%s (%s): nothing listens there; not started yet?", a.Note, a.Target)
		case a.Problem.Has(facts.Timeout, facts.Unreachable):
			p.Fail(a, required, a.Problem.Text, "%s (%s) cannot be reached: %s; a firewall, or the machine is off", a.Note, a.Target, a.Problem.Text)
		case a.Problem.Has(facts.NoName):
			p.Fail(a, required, a.Problem.Text, "%s (%s) does not resolve here", a.Note, a.Target)
		default:
			p.judgeReach(a, a.Note)
		}
	},
}

// peerNeeds ask for every port of another server that a process of this host calls,
// and whose address is known.
func peerNeeds(p *Pass) []Need {
	var list []Need
	for _, f := range ports.Of(p.Tree, false).Flows {
		if f.To == ports.External || f.Port == 0 || f.LastPort != f.Port || !p.connects(f) {
			continue
		}
		for _, host := range p.hostsOf(f) {
			o := outside{host: host, port: f.Port}
			q := dial("tcp", o.address())
			if slices.ContainsFunc(list, func(n Need) bool { return n.Question.Name == q.Name }) {
				continue
			}
			list = append(list, Need{Question: q, At: p.origin(f.Origin), Target: o.address(), Note: f.Process})
		}
	}
	return list
}

// hostsOf are the addresses of the servers that a flow goes to: what --peer says of
// their role, and the druid.host of processes that do not run here.
func (p *Pass) hostsOf(f ports.Flow) []string {
	list := slices.Clone(p.Peers[f.To])
	if len(list) > 0 {
		return list
	}
	for _, s := range p.Tree.Services {
		v := s.Get("druid.host")
		if s.Name != f.Process && s.Name+" (TLS)" != f.Process || slices.Contains(p.Services, s) || !usable(v) {
			continue
		}
		if a, ok := conf.ParseAddress(v.Text, 0); ok && !slices.Contains(list, a.Host) {
			list = append(list, a.Host)
		}
	}
	return list
}

var liveEmitter = &Check{
	Rule: rules.Rule{
		ID: "live-emitter", Severity: finding.Warning,
		Title:  "What receives metrics, or a cache, cannot be reached.",
		Why:    "Emitters drop what they cannot send, and caches that do not answer count as misses: nothing fails, and no log says so.",
		Effect: "No metrics, or no cache.",
		Fix:    "Start the receiver, open its port, or mend the address in the configuration.",
		Source: "a connection over TCP; over UDP only that there is a way",
	},
	Needs: func(p *Pass) []Need {
		return p.reachNeeds(func(o outside) bool {
			return o.process == "memcached" || strings.HasSuffix(o.process, " emitter") && !strings.HasPrefix(o.process, "kafka ")
		})
	},
	Each: func(p *Pass, a Asked) {
		switch udp := strings.HasPrefix(a.Question.Name, "dial udp"); {
		case a.unreached():
			p.Warn(a, "reachable", a.Problem.Text, "the %s sends to %s, which cannot be reached: %s", a.Note, a.Target, a.Problem.Text)
		case a.Problem != nil:
			p.Unknown(a, "reachable", a.Problem.Text)
		case udp:
			p.Unknown(a, "reachable", "UDP gives no answer; there is a way to the host")
		default:
			p.Pass(a, "reachable", fmt.Sprintf("%d ms", a.Milliseconds))
		}
	},
}

var liveKafka = &Check{
	Rule: rules.Rule{
		ID: "live-kafka", Severity: finding.Warning,
		Title:  "Brokers of Kafka that the configuration names do not answer, or name others that do not.",
		Why:    "A client asks a bootstrap server for the brokers, and then goes to the names that those announce (advertised.listeners). Supervisors name their brokers in their own specs, which are not in the tree.",
		Effect: "Metrics wait for a broker that this machine cannot reach.",
		Fix:    "Mend bootstrap.servers, or advertised.listeners of the brokers.",
		Source: "Kafka's protocol: Metadata; Kafka 4.1.1, run",
	},
	Needs: func(p *Pass) []Need {
		v := p.Tree.Shared("druid.emitter.kafka.bootstrap.servers")
		if !usable(v) || len(p.Services) == 0 {
			return nil
		}
		var servers []string
		for _, a := range conf.Addresses(v.Text, 9092) {
			servers = append(servers, a.String())
		}
		q := facts.Question{Name: "kafka " + v.Text, Kafka: &facts.Kafka{Servers: servers}}
		return []Need{{Question: q, At: p.at(nil, v), Target: strings.Join(servers, ", ")}}
	},
	Each: func(p *Pass, a Asked) {
		const required = "all brokers answer"
		switch {
		case a.unreached():
			p.Warn(a, required, a.Problem.Text, "no broker of Kafka answers at %s: %s", a.Target, a.Problem.Text)
		case a.Problem != nil:
			p.Unknown(a, required, a.Problem.Text)
		case len(a.Kafka.Unreachable) > 0:
			p.Warn(a, required, strings.Join(a.Kafka.Unreachable, "; "), "brokers announce names that this machine cannot reach: %s", strings.Join(a.Kafka.Unreachable, "; "))
		default:
			p.Pass(a, required, strings.Join(a.Kafka.Brokers, ", "))
		}
	},
}
