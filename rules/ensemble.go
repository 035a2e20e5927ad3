package rules

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// This file has the rules about ZooKeeper's own servers: how many, where, and
// whether everybody means the same ones.

var zkSingle = &Rule{
	ID: "zk-single-node", Severity: finding.Warning, Area: ZooKeeper,
	Title:    "One ZooKeeper server for a whole cluster.",
	Why:      "Processes find each other and elect leaders through ZooKeeper.",
	Effect:   "While that server is down nothing new is loaded, ingested or elected.",
	Fix:      "Run 3 or 5 ZooKeeper servers, and name all of them in druid.zk.service.host.",
	Source:   "docs/operations/high-availability.md:28, 38; Imply's deployment guide",
	DefersTo: []string{"zk-host-localhost-in-cluster", "props-template-placeholder"},
	Check: func(p *Pass) {
		v := p.Tree.Get(conf.ZooKeeperKey)
		hosts := p.Tree.ZooKeepers()
		if !v.Set || !v.Known() || len(hosts) != 1 || hosts[0].Loopback() || p.Deployment.Single() || p.hasServers() {
			return
		}
		f := p.Report(Val(v), "ZooKeeper has one server, %s", hosts[0])
		if !p.HA && !p.Topology.severalServers() {
			f.Severity = finding.Info // the name may stand for several addresses
		}
	},
}

var zkLimits = &Rule{
	ID: "zk-quorum-missing-limits", Severity: finding.Error, Area: ZooKeeper,
	Title:  "An ensemble without initLimit or syncLimit.",
	Why:    "Servers that form a quorum need to know how long to wait for each other; a single one does not.",
	Effect: "ZooKeeper does not start: initLimit is not set, or syncLimit is not set.",
	Fix:    "Write initLimit=5 and syncLimit=2.",
	Source: "org.apache.zookeeper.server.quorum.QuorumPeerConfig (parseProperties), 3.4.10",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.ZooConfig) {
			servers := f.Zoo.Servers
			if len(servers) == 1 && servers[0].Entry != nil && f.Template == nil {
				found := p.Report(keyOf(f, servers[0].Entry), "a single server line is ignored: ZooKeeper runs alone")
				found.Severity = finding.Info
				found.Effect = "Invalid configuration, only one server specified (ignoring)."
				found.Help = "Delete the line, or list all servers."
			}
			if len(servers) < 2 {
				continue
			}
			for name, limit := range map[string]syntax.ZooInt{"initLimit": f.Zoo.InitLimit, "syncLimit": f.Zoo.SyncLimit} {
				if limit.Entry == nil || limit.Err == "" && limit.Value == 0 {
					p.Report(keyOf(f, servers[0].Entry), "%d servers, and %s is not set", len(servers), name)
				}
			}
		}
	},
}

var zkMyID = &Rule{
	ID: "zk-myid", Severity: finding.Error, Area: ZooKeeper,
	Title:  "Two ZooKeeper servers with one number, or one server with two.",
	Why:    "Each server finds itself in the list by the number in its file myid.",
	Effect: "Of two lines with the same number only the last one counts; a server that is listed twice cannot bind its ports a second time. The quorum is smaller than it looks, or does not form.",
	Fix:    "Give every server one line and a number of its own, and write that number into the file myid in its dataDir.",
	Source: "org.apache.zookeeper.server.quorum.QuorumPeerConfig (setupMyId) and java.util.Properties, 3.4.10",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.ZooConfig) {
			numbers, places := map[int64]bool{}, map[string]bool{}
			for _, s := range f.Zoo.Servers {
				place := strings.ToLower(s.Host) + ":" + strconv.Itoa(s.PeerPort)
				switch {
				case s.Err != "" || syntax.HasPlaceholder(s.Host):
				case numbers[s.ID]:
					p.Report(keyOf(f, s.Entry), "server number %d is used twice", s.ID)
				case places[place]:
					p.Report(keyOf(f, s.Entry), "%s is listed twice, with two numbers", place)
				}
				numbers[s.ID], places[place] = true, true
			}
		}
	},
}

var zkEnsemble = &Rule{
	ID: "zk-ensemble-mismatch", Severity: finding.Error, Area: ZooKeeper,
	Title:  "Druid looks for ZooKeeper elsewhere than zoo.cfg puts it.",
	Why:    "zoo.cfg lists the servers and their port for clients, druid.zk.service.host where Druid looks for them.",
	Effect: "Connections to the wrong port or host fail; if all of them are wrong, processes wait for ZooKeeper forever.",
	Fix:    "Name the hosts of zoo.cfg with its clientPort in druid.zk.service.host.",
	Source: "server/src/main/java/org/apache/druid/curator/CuratorModule.java, 0.14.2; QuorumPeerConfig, 3.4.10",
	Check: func(p *Pass) {
		v := p.Tree.Get(conf.ZooKeeperKey)
		if !v.Set || !v.Known() {
			return
		}
		for _, f := range p.Files(conf.ZooConfig) {
			if len(f.Zoo.Servers) > 1 && f.Zoo.ClientPort.Entry != nil && f.Zoo.ClientPort.Err == "" {
				p.compareEnsemble(v, f)
			}
		}
	},
}

// compareEnsemble speaks where the two lists know each other's names: a host
// may have several names, and ZooKeeper may run elsewhere.
func (p *Pass) compareEnsemble(v conf.Value, f *conf.File) {
	ports := map[string]int64{}
	for _, s := range f.Zoo.Servers {
		port := s.ClientPort
		if port == 0 {
			port = f.Zoo.ClientPort.Value
		}
		ports[strings.ToLower(s.Host)] = int64(port)
	}
	var strangers, wrong []string
	known := 0
	list := p.Tree.ZooKeepers()
	for _, a := range list {
		port, ok := ports[a.Host]
		switch {
		case !ok:
			strangers = append(strangers, a.Host)
		case port != a.Port:
			known++
			wrong = append(wrong, a.String())
		default:
			known++
		}
	}
	if known == 0 {
		return
	}
	if len(wrong) > 0 {
		found := p.Report(Val(v), "ZooKeeper listens on port %d, and Druid connects to %s", f.Zoo.ClientPort.Value, strings.Join(wrong, ", "))
		relate(found, valueOf(f, f.Zoo.ClientPort.Entry), "the port for clients")
		if len(wrong) < len(list) {
			found.Severity = finding.Warning
		}
	}
	if len(strangers) > 0 {
		found := p.Report(Val(v), "%s is not a server of zoo.cfg", strings.Join(strangers, ", "))
		found.Severity = finding.Warning
		relate(found, In(f), "the servers")
	}
}

var zkDataDir = &Rule{
	ID: "zk-datadir-volatile", Severity: finding.Warning, Area: ZooKeeper,
	Title:  "ZooKeeper keeps its data where a restart of the machine deletes it.",
	Why:    "/tmp and /dev/shm are emptied at boot.",
	Effect: "After a reboot the server comes back empty; if all do, the cluster's state is gone.",
	Fix:    "Set dataDir to a folder on a disk.",
	Source: "ZooKeeper Administrator's Guide (dataDir), 3.4",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.ZooConfig) {
			dir := f.Zoo.DataDir
			if dir.Entry == nil || p.Deployment.Single() {
				continue
			}
			for _, gone := range []string{"/tmp", "/dev/shm", "/run", "/var/run"} {
				if clean := path.Clean(dir.Value); clean == gone || strings.HasPrefix(clean, gone+"/") {
					p.Report(valueOf(f, dir.Entry), "%s is emptied when the machine starts", dir.Value)
					break
				}
			}
		}
	},
}

// zooNumber is a number of zoo.cfg by its name.
func zooNumber(f *conf.File, key string) (int64, bool) {
	e, ok := f.Properties.Get(key)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(e.Value), 10, 64)
	return n, err == nil
}

var zkAutopurge = &Rule{
	ID: "zk-autopurge-off", Severity: finding.Info, Area: ZooKeeper,
	Title:  "ZooKeeper never deletes its old snapshots.",
	Why:    "autopurge.purgeInterval is 0 unless it is set.",
	Effect: "Snapshots and logs fill the disk in the course of months, and then ZooKeeper stops.",
	Fix:    "Write autopurge.purgeInterval=1 and autopurge.snapRetainCount=5.",
	Source: "ZooKeeper Administrator's Guide (autopurge.purgeInterval), 3.4; conf/zk/zoo.cfg of Imply 2.7.8 sets both",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.ZooConfig) {
			if n, ok := zooNumber(f, "autopurge.purgeInterval"); ok && n > 0 || f.Properties.Err != nil {
				continue
			}
			p.Report(In(f), "autopurge.purgeInterval is not set: old snapshots are never deleted")
		}
	},
}

var zkSession = &Rule{
	ID: "zk-session-timeout", Severity: finding.Warning, Area: ZooKeeper,
	Title:  "A ZooKeeper session timeout that is too short, or that the server does not grant.",
	Why:    "A pause of the garbage collector must not outlast the session; ZooKeeper grants between 2 and 20 times its tickTime.",
	Effect: "Too short: segments and leaders disappear at each long collection. Out of bounds: the server silently grants another value.",
	Fix:    "Delete the line: 30000 is the default, and fits tickTime=2000.",
	Source: "server/src/main/java/org/apache/druid/curator/CuratorConfig.java:38, 0.14.2; ZooKeeper Administrator's Guide (minSessionTimeout, maxSessionTimeout)",
	Check: func(p *Pass) {
		for _, s := range p.Settings() {
			n, ok := s.Int64()
			if s.Key != "druid.zk.service.sessionTimeoutMs" || !ok {
				continue
			}
			if n < 10_000 {
				p.Report(Val(s.Value), "a session ends after %s without an answer", time.Duration(n)*time.Millisecond)
				continue
			}
			for _, f := range p.Files(conf.ZooConfig) {
				if least, most, ok := sessionBounds(f); ok && (n < least || n > most) {
					found := p.Report(Val(s.Value), "ZooKeeper grants %d to %d ms", least, most)
					relate(found, In(f), "tickTime and its multiples")
				}
			}
		}
	},
}

// sessionBounds are the sessions that a server grants, in milliseconds.
func sessionBounds(f *conf.File) (least, most int64, ok bool) {
	tick, ok := zooNumber(f, "tickTime")
	if !ok || tick <= 0 {
		return 0, 0, false
	}
	least, most = 2*tick, 20*tick
	if n, ok := zooNumber(f, "minSessionTimeout"); ok {
		least = n
	}
	if n, ok := zooNumber(f, "maxSessionTimeout"); ok {
		most = n
	}
	return least, most, true
}

var zkTooOld = &Rule{
	ID: "zk-version-too-old", Severity: finding.Error, Area: ZooKeeper, Releases: schema.Range{From: 22},
	Title:  "ZooKeeper 3.4 with a Druid that needs 3.5.",
	Why:    "Druid 0.22 dropped support for ZooKeeper 3.4: its client asks for things that 3.4 does not know.",
	Effect: "Requests fail with KeeperErrorCode = Unimplemented.",
	Fix:    "Run ZooKeeper 3.5 or later.",
	Source: "docs/release-info/upgrade-notes.md (0.22.0: dropped support for Apache ZooKeeper 3.4), 38",
	Check: func(p *Pass) {
		if v := p.Tree.ZooKeeperVersion; strings.HasPrefix(v, "3.4.") && p.Tree.UsesZooKeeper() {
			p.Report(p.Where(nil, p.Tree.Get(conf.ZooKeeperKey)), "the distribution's ZooKeeper is %s, and Druid %s needs 3.5 or later", v, p.Release())
		}
	},
}

var zkACL = &Rule{
	ID: "zk-acl-without-credentials", Severity: finding.Warning, Area: ZooKeeper,
	Title:  "ZooKeeper nodes for their creator only, and no name to create them with.",
	Why:    "druid.zk.service.acl gives all rights to the account that creates a node; without user and password there is no account.",
	Effect: "KeeperErrorCode = InvalidACL, and the process cannot announce itself.",
	Fix:    "Set druid.zk.service.user and druid.zk.service.pwd, or delete druid.zk.service.acl.",
	Source: "server/src/main/java/org/apache/druid/curator/CuratorModule.java (SecuredACLProvider; authorization only with user and password), 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			v := s.Get("druid.zk.service.acl")
			if !v.Set || !strings.EqualFold(v.Text, "true") {
				continue
			}
			lacks := slices.DeleteFunc([]string{"druid.zk.service.user", "druid.zk.service.pwd"}, func(key string) bool {
				return s.Get(key).Text != "" || s.Silent(key)
			})
			if len(lacks) > 0 && s.Get("druid.zk.service.authScheme").Text != "sasl" {
				p.Report(Val(v).Of(s), "acl is on, and %s is not set", strings.Join(lacks, " and "))
			}
		}
	},
}
