package preflight

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func zooKeeperChecks() []*Check {
	return []*Check{liveZKConnect, liveZKMode, liveZKSame, liveZKVersion, liveZKLoad}
}

// zooKeepers ask every server that druid.zk.service.host names.
func zooKeepers(p *Pass) []Need {
	if !p.Tree.UsesZooKeeper() || len(p.Services) == 0 {
		return nil
	}
	v := p.Tree.Shared(conf.ZooKeeperKey)
	var list []Need
	for _, a := range p.Tree.ZooKeepers() {
		q := facts.Question{Name: "zookeeper " + a.String(), Server: &facts.Server{Address: a.String()}}
		list = append(list, Need{Question: q, At: p.at(nil, v), Target: a.String()})
	}
	return list
}

var liveZKConnect = &Check{
	Rule: rules.Rule{
		ID: "live-zk-connect", Severity: finding.Error,
		Title:  "No ZooKeeper answers, or not all of them do.",
		Why:    "Every process keeps a session with ZooKeeper and takes any server of the list.",
		Effect: "With none, processes wait and stop; with some, the next one that is lost may be one too many.",
		Fix:    "Start ZooKeeper, open its port between the servers, or mend druid.zk.service.host.",
		Source: "org.apache.druid.curator.CuratorModule, 0.15.1; ZooKeeper 3.8.0 and 3.9.3, run",
	},
	Needs: zooKeepers,
	Judge: func(p *Pass, asked []Asked) {
		up := slices.ContainsFunc(asked, func(a Asked) bool { return a.Problem == nil && !a.Server.NotServing })
		for _, a := range asked {
			p.judgeZooKeeper(a, up, len(asked))
		}
	},
}

func (p *Pass) judgeZooKeeper(a Asked, others bool, servers int) {
	const required = "answers"
	var current string
	switch {
	case a.Problem == nil && a.Server.NotServing:
		current = "up, and not serving: it has no quorum"
	case a.Problem == nil && a.Server.Denied:
		p.Pass(a, required, "answers (srvr is not allowed)")
		return
	case a.Problem == nil:
		p.Pass(a, required, fmt.Sprintf("%s, %s", a.Server.Mode, a.Server.Version))
		return
	case a.cutOff(), a.Problem.Has(facts.Other, facts.Denied, facts.Unsupported):
		p.Unknown(a, required, a.Problem.Text)
		return
	case a.Problem.Has(facts.Refused) && p.startsZooKeeper(a.Target):
		p.Unknown(a, required, "not started yet: the configuration starts it on this machine")
		return
	default:
		current = a.Problem.Text
	}
	if others {
		p.Warn(a, required, current, "ZooKeeper %s: %s; others answer", a.Target, current)
		return
	}
	none := "; no other answers"
	if servers == 1 {
		none = ""
	}
	p.Fail(a, required, current, "ZooKeeper %s: %s%s", a.Target, current, none)
}

// startsZooKeeper reports whether an address is that of a ZooKeeper that the tree
// starts on this machine, together with Druid.
func (p *Pass) startsZooKeeper(address string) bool {
	host, port, err := net.SplitHostPort(address)
	return err == nil && conf.IsLoopback(host) && slices.ContainsFunc(p.listeners(), func(l ports.Listener) bool {
		return l.Process == "ZooKeeper" && strconv.FormatInt(l.Port, 10) == port
	})
}

// shownServers is more than an ensemble has: a longer list is counted.
const shownServers = 9

// answered are the servers that say what they are.
func answered(asked []Asked) []Asked {
	return slices.DeleteFunc(slices.Clone(asked), func(a Asked) bool { return a.Problem != nil || a.Server.Denied || a.Server.NotServing })
}

var liveZKMode = &Check{
	Rule: rules.Rule{
		ID: "live-zk-mode", Severity: finding.Error,
		Title:  "The servers of druid.zk.service.host are not one ensemble.",
		Why:    "Servers without each other in their zoo.cfg are standalone: each keeps data of its own, and a process sees the one that it happens to take.",
		Effect: "Processes do not find each other, there are two leaders, and after a restart it is otherwise.",
		Fix:    "Give every zoo.cfg all server.N lines and a myid of its own, and start them together.",
		Source: "ZooKeeper 3.9.3, run: three standalone servers and an ensemble of three; org.apache.zookeeper.server.quorum.QuorumPeerMain",
	},
	Needs: zooKeepers,
	Judge: func(p *Pass, asked []Asked) {
		all := summary(asked, "the ensemble")
		servers := answered(asked)
		required := "one leader, the others followers"
		if len(asked) == 1 {
			required = "standalone, or one of an ensemble"
		}
		count := map[string]int{}
		var modes []string
		for _, a := range servers {
			count[a.Server.Mode]++
			modes = append(modes, a.Target+" "+a.Server.Mode)
		}
		current := text.Some(modes, shownServers)
		switch {
		case len(servers) == 0:
			p.Unknown(all, required, "no server reports its mode")
		case count["standalone"] > 0 && len(servers) > 1:
			p.Fail(all, required, current, "%d of %d servers are standalone: they do not know each other", count["standalone"], len(servers))
		case count["leader"] > 1:
			p.Fail(all, required, current, "there are %d leaders: the servers are of several ensembles", count["leader"])
		case count["leader"] == 0 && count["standalone"] == 0 && len(servers) == len(asked):
			p.Warn(all, required, current, "none of the servers is the leader: it is one that druid.zk.service.host does not name")
		case len(servers) < len(asked) && len(servers) < 2:
			p.Unknown(all, required, fmt.Sprintf("%d of %d servers report their mode (%s)", len(servers), len(asked), current))
		default:
			p.Pass(all, required, current)
		}
	},
}

// summary is what several answers are together.
func summary(asked []Asked, target string) Asked {
	all := asked[0]
	all.Target, all.Answer = target, facts.Answer{Name: target}
	for _, a := range asked {
		all.Milliseconds = max(all.Milliseconds, a.Milliseconds)
	}
	return all
}

var liveZKSame = &Check{
	Rule: rules.Rule{
		ID: "live-zk-same", Severity: finding.Warning,
		Title:  "The servers are of different times, or others are in the ensemble than the configuration names.",
		Why:    "The upper half of a Zxid counts elections: servers of one ensemble have the same. A member that druid.zk.service.host does not name is not used when the others are lost.",
		Effect: "Processes see different data, or lose ZooKeeper with members left.",
		Fix:    "Name all members in druid.zk.service.host.",
		Source: "org.apache.zookeeper.server.util.ZxidUtils (epoch), 3.9.3",
	},
	Needs: func(p *Pass) []Need {
		if list := zooKeepers(p); len(list) > 1 {
			return list
		}
		return nil
	},
	Judge: func(p *Pass, asked []Asked) {
		all := summary(asked, "the ensemble")
		servers := answered(asked)
		var epochs []string
		members := 0
		for _, a := range servers {
			if e := epoch(a.Server.Zxid); e != "" && !slices.Contains(epochs, e) {
				epochs = append(epochs, e)
			}
			members = max(members, len(a.Server.Members))
		}
		const required = "one epoch, all members named"
		switch {
		case len(servers) < 2:
			p.Unknown(all, required, fmt.Sprintf("%d of %d servers report their mode", len(servers), len(asked)))
		case len(epochs) > 1:
			p.Warn(all, required, "epochs "+strings.Join(epochs, ", "), "the servers are of %d epochs (%s): they are not one ensemble, or one hangs behind", len(epochs), strings.Join(epochs, ", "))
		case members > len(asked):
			p.Warn(all, required, fmt.Sprintf("%d members, %d named", members, len(asked)), "the ensemble has %d members, and druid.zk.service.host names %d", members, len(asked))
		default:
			p.Pass(all, required, "epoch "+strings.Join(epochs, ", "))
		}
	},
}

// epoch is the upper half of a Zxid, 0x500000012.
func epoch(zxid string) string {
	n, err := strconv.ParseUint(strings.TrimPrefix(zxid, "0x"), 16, 64)
	if err != nil {
		return ""
	}
	return strconv.FormatUint(n>>32, 10)
}

var liveZKVersion = &Check{
	Rule: rules.Rule{
		ID: "live-zk-version", Severity: finding.Warning,
		Title:  "A ZooKeeper that is too old for the release.",
		Why:    "From 0.22 on Druid comes with Curator 5, which wants ZooKeeper 3.5 or later.",
		Effect: "Sessions and container nodes fail with KeeperException$UnimplementedException.",
		Fix:    "Upgrade ZooKeeper to 3.5 or later, one server after the other.",
		Source: "Curator's page on ZooKeeper versions (Curator 5.0: 3.5 and later); apache/druid's pom.xml (curator.version)",
	},
	Needs: zooKeepers,
	Judge: func(p *Pass, asked []Asked) {
		const required = "3.5 or later"
		for _, a := range asked {
			switch {
			case a.Problem != nil || a.Server.NotServing || a.Server.Denied || a.Server.Version == "":
				p.Unknown(a, required, "it does not report its version")
			case p.Tree.Target.Release >= 22 && olderThan(a.Server.Version, 3, 5):
				p.Warn(a, required, a.Server.Version, "ZooKeeper %s is %s", a.Target, a.Server.Version)
			default:
				p.Pass(a, required, a.Server.Version)
			}
		}
	},
}

// olderThan compares the first two numbers of a version.
func olderThan(version string, major, minor int) bool {
	var a, b int
	if _, err := fmt.Sscanf(version, "%d.%d", &a, &b); err != nil {
		return false
	}
	return a < major || a == major && b < minor
}

var liveZKLoad = &Check{
	Rule: rules.Rule{
		ID: "live-zk-load", Severity: finding.Warning,
		Title:  "A ZooKeeper that is slow, or has few connections left.",
		Why:    "Sessions end when ZooKeeper does not answer in time, and it takes a number of connections from one address only.",
		Effect: "Processes lose their sessions, and segments and tasks with them; new ones cannot connect.",
		Fix:    "Give ZooKeeper a disk of its own for dataLogDir and more memory, and raise maxClientCnxns.",
		Source: "zookeeperAdmin, 3.9 (maxClientCnxns, dataLogDir)",
	},
	Needs: zooKeepers,
	Judge: func(p *Pass, asked []Asked) {
		const required = "50 ms, few waiting"
		for _, a := range answered(asked) {
			s := a.Server
			current := fmt.Sprintf("%.1f ms, %d waiting, %d connections", s.Average, s.Outstanding, s.Connections)
			switch {
			case s.Average > 50:
				p.Warn(a, required, current, "ZooKeeper %s takes %.0f ms for an answer", a.Target, s.Average)
			case s.Outstanding > 10:
				p.Warn(a, required, current, "%d requests wait at ZooKeeper %s", s.Outstanding, a.Target)
			case s.MaxConnections > 0 && s.Connections > s.MaxConnections*8/10:
				p.Warn(a, required, current, "ZooKeeper %s has %d connections, and accepts %d from one address", a.Target, s.Connections, s.MaxConnections)
			default:
				p.Pass(a, required, current)
			}
		}
		var silent []string
		for _, a := range asked {
			if len(answered([]Asked{a})) == 0 {
				silent = append(silent, a.Target)
			}
		}
		if len(silent) > 0 {
			p.Unknown(summary(asked, text.Some(silent, shownServers)), required, "no answer to srvr")
		}
	},
}
