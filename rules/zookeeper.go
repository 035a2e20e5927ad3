package rules

import (
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func zooKeeperRules() []*Rule {
	return []*Rule{
		zkMissing, zkLocalhost, zkFormat, zkEven, zkSingle, zkLimits, zkMyID, zkEnsemble, zkDataDir, zkAutopurge, zkSession, zkTooOld, zkACL,
	}
}

var zkMissing = &Rule{
	ID: "zk-host-missing", Severity: finding.Error, Area: ZooKeeper,
	Title:  "A cluster that does not say where ZooKeeper is.",
	Why:    "Every process finds the others through ZooKeeper, and the default is its own machine.",
	Effect: "Druid uses localhost: processes on other machines than ZooKeeper's wait for a connection forever.",
	Fix:    "Set druid.zk.service.host in _common, as in zk1.internal:2181,zk2.internal:2181,zk3.internal:2181.",
	Source: "server/src/main/java/org/apache/druid/curator/CuratorConfig.java:34, 0.14.2",
	Check: func(p *Pass) {
		p.emptyZooKeeper()
		if !p.configuresDruid() || p.Deployment.Single() || !p.Tree.UsesZooKeeper() {
			return
		}
		for _, s := range p.Tree.Services {
			v := s.Get(conf.ZooKeeperKey)
			if v.Set {
				return
			}
		}
		p.Report(p.Where(nil, p.Tree.Get(conf.ZooKeeperKey)), "druid.zk.service.host is not set, so every process looks for ZooKeeper on its own machine")
	},
}

// emptyZooKeeper reports a line that names no server, which no process takes for
// the default.
func (p *Pass) emptyZooKeeper() {
	for _, s := range p.settings {
		if s.Key != conf.ZooKeeperKey || !s.Known() || strings.TrimSpace(s.Text) != "" || !p.Tree.UsesZooKeeper() || p.setsBelow("druid.exhibitor.service") {
			continue
		}
		f := p.Report(Key(s.Value), "druid.zk.service.host is empty")
		f.Effect = "No process starts: connectionString cannot be null or empty."
	}
}

var zkLocalhost = &Rule{
	ID: "zk-host-localhost-in-cluster", Severity: finding.Error, Area: ZooKeeper,
	Title:  "A cluster whose ZooKeeper is on localhost.",
	Why:    "Each machine looks for ZooKeeper on itself.",
	Effect: "Processes on other machines than ZooKeeper's wait for a connection forever.",
	Fix:    "Write the host names of the ZooKeeper servers.",
	Source: "server/src/main/java/org/apache/druid/curator/CuratorConfig.java:34, 0.14.2; examples/conf/druid/cluster/_common ships it as a template",
	Check: func(p *Pass) {
		v := p.Tree.Get(conf.ZooKeeperKey)
		hosts := p.Tree.ZooKeepers()
		if !v.Set || !v.Known() || len(hosts) == 0 || !p.Deployment.Cluster() || !p.Tree.UsesZooKeeper() {
			return
		}
		for _, host := range hosts {
			if !host.Loopback() {
				continue
			}
			p.Report(Val(v), "ZooKeeper is on %s, which is another machine for each process", host.Host)
			return
		}
	},
}

var zkFormat = &Rule{
	ID: "zk-connect-string-format", Severity: finding.Error, Area: ZooKeeper,
	Title:  "A ZooKeeper connect string that its client cannot read.",
	Why:    "The text goes to ZooKeeper's client as it is: host:port pairs with commas between them and, once, a path at the very end.",
	Effect: "UnknownHostException or NumberFormatException, and the process does not start.",
	Fix:    "Write host1:2181,host2:2181,host3:2181, without blanks, brackets or a scheme.",
	Source: "server/src/main/java/org/apache/druid/curator/CuratorModule.java (FixedEnsembleProvider), 0.14.2; ZooKeeper's ConnectStringParser, 3.4 (up to 0.21) and 3.5; run on Imply 2.7.8",
	DefersTo: []string{
		"props-quoted-scalar", "props-env-placeholder-unsupported", "props-inline-comment",
	},
	Check: func(p *Pass) {
		for _, s := range p.settings {
			if s.Key != conf.ZooKeeperKey || !s.Known() || s.Text == "" {
				continue
			}
			if what := zkMistake(s.Text, p.Release()); what != "" {
				f := p.Report(Val(s.Value), "the ZooKeeper connect string is %q: %s", s.Text, what)
				if fixed := strings.Join(strings.Fields(s.Text), ""); strings.ContainsAny(s.Text, " \t") && zkMistake(fixed, p.Release()) == "" {
					f.Suggestion = fixed
					f.Help = "Write " + fixed + "."
					f.Fix = editValue(true, s.Value, fixed)
				}
			}
		}
	},
}

// zkMistake says what is wrong with a connect string, if anything. The client
// of 0.22 and later (ZooKeeper 3.5) trims blanks and skips empty hosts.
func zkMistake(text string, r schema.Release) string {
	trims := r >= 22
	switch {
	case strings.HasPrefix(text, "[") && strings.Contains(text, `"`):
		return "it is a plain text, not a JSON array"
	case strings.Contains(text, "://"):
		return "it has no scheme"
	case strings.ContainsAny(text, " \t") && !trims:
		return "blanks are a part of the host names"
	case strings.Contains(text, ";"):
		return "hosts are separated by commas"
	}
	servers, _, chroot := strings.Cut(text, "/")
	if chroot && strings.Contains(text[strings.IndexByte(text, '/'):], ",") {
		return "the path is written once, after the last host"
	}
	for server := range strings.SplitSeq(strings.TrimRight(servers, ","), ",") {
		if trims {
			server = strings.TrimSpace(server)
		}
		if what := serverMistake(server); what != "" && !(trims && server == "") {
			return what
		}
	}
	return ""
}

func serverMistake(server string) string {
	if strings.HasPrefix(server, "[") {
		return "" // an IPv6 address
	}
	host, port, hasPort := strings.Cut(server, ":")
	switch {
	case server == "":
		return "a host is missing between two commas"
	case host == "":
		return "a host is missing before the port"
	case strings.Count(server, ":") == 1 && hasPort && port != "" && !isPort(port):
		return strconv.Quote(port) + " is not a port"
	case strings.Count(server, ":") == 2:
		return "one host has two ports"
	}
	return ""
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

var zkEven = &Rule{
	ID: "zk-even-or-two-nodes", Severity: finding.Warning, Area: ZooKeeper,
	Title:  "An even number of ZooKeeper servers.",
	Why:    "A majority must be up: four survive the loss of one as three do, and two survive none.",
	Effect: "With two servers the loss of either stops the whole cluster; ZooKeeper says You need at least 3 servers.",
	Fix:    "Run 3 or 5 ZooKeeper servers.",
	Source: "org.apache.zookeeper.server.quorum.QuorumPeerConfig, 3.4; docs/operations/high-availability.md, 38",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.ZooConfig) {
			p.countVoters(f)
		}
		v := p.Tree.Get(conf.ZooKeeperKey)
		hosts := p.Tree.ZooKeepers()
		if !v.Set || !v.Known() || len(p.Files(conf.ZooConfig)) > 0 && p.hasServers() || len(hosts) < 2 {
			return
		}
		p.reportVoters(Val(v), len(hosts))
	},
}

// hasServers reports whether a zoo.cfg lists the servers, and so decides.
func (p *Pass) hasServers() bool {
	for _, f := range p.Files(conf.ZooConfig) {
		if f.Zoo != nil && len(f.Zoo.Servers) > 1 {
			return true
		}
	}
	return false
}

func (p *Pass) countVoters(f *conf.File) {
	if f.Zoo == nil {
		return
	}
	voters := 0
	var last *syntax.Entry
	for _, server := range f.Zoo.Servers {
		if server.Role != "observer" {
			voters++
			last = server.Entry
		}
	}
	if voters > 1 && last != nil {
		p.reportVoters(keyOf(f, last), voters)
	}
}

func (p *Pass) reportVoters(at Place, voters int) {
	switch {
	case voters == 2:
		p.Report(at, "2 ZooKeeper servers survive the loss of none: they are less available than one")
	case voters%2 == 0:
		p.Report(at, "%d ZooKeeper servers survive the loss of %d, as %d do", voters, (voters-1)/2, voters-1)
	case voters > 5:
		f := p.Report(at, "%d ZooKeeper servers make every write wait for %d of them", voters, voters/2+1)
		f.Severity = finding.Info
		f.Effect = "Writes are slower than with 5 servers."
		f.Help = "Run 3 or 5 servers, and more as observers."
	}
}
