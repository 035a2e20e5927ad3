package ports

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
)

const zooKeeper = "ZooKeeper"

// zooKeepers are the ports of the ZooKeeper of a server.
func zooKeepers(t *conf.Tree, role string) []Listener {
	here, why := zooKeeperHere(t)
	var list []Listener
	for _, f := range t.Readable(conf.ZooConfig) {
		for _, p := range zooPorts(f.Zoo) {
			if p.port == 0 || p.entry == nil {
				continue
			}
			l := Listener{Role: role, Process: zooKeeper, Name: p.name, Port: int64(p.port), LastPort: int64(p.port), Needed: here, Why: why}
			list = append(list, l.at(place(f, p.entry.ValueSpan, p.entry.Key, nil), true))
		}
		if len(f.Zoo.Servers) < 2 {
			list = append(list, peerless(role)...)
		}
	}
	if here {
		list = append(list, flagged(zooKeeper, role, nil, lonely(t, "zk"))...)
	}
	return list
}

// zooPort is a port that zoo.cfg names.
type zooPort struct {
	name  string
	port  int
	entry *syntax.Entry
}

func zooPorts(z *syntax.Zoo) []zooPort {
	var list []zooPort
	if z.ClientPort.Err == "" {
		list = append(list, zooPort{zooKeeper, z.ClientPort.Value, z.ClientPort.Entry})
	}
	for _, s := range z.Servers {
		list = append(list, zooPort{zooKeeper, s.ClientPort, s.Entry})
		if len(z.Servers) > 1 {
			list = append(list, zooPort{zooKeeper + " (peers)", s.PeerPort, s.Entry}, zooPort{zooKeeper + " (election)", s.ElectionPort, s.Entry})
		}
	}
	return list
}

// peerless are the ports that a ZooKeeper without others does not open.
func peerless(role string) []Listener {
	const why = "a single ZooKeeper has no peers: zoo.cfg names no other"
	var list []Listener
	for _, p := range []struct{ name, id string }{{"peers", "zookeeper-peer"}, {"election", "zookeeper-election"}} {
		port := defaultPort(p.id)
		l := Listener{Role: role, Process: zooKeeper, Name: zooKeeper + " (" + p.name + ")", Port: port, LastPort: port, Why: why}
		list = append(list, l.at(conf.Place{}, false))
	}
	return list
}

// zooKeeperHere reports whether the cluster runs the ZooKeeper of its own tree,
// and why that is said. Imply's templates have a supervise file with ZooKeeper
// and one without, so the addresses decide.
func zooKeeperHere(t *conf.Tree) (bool, string) {
	hosts, with, without := zooKeeperHosts(t), "", ""
	for _, s := range Servers(t, false) {
		switch {
		case s.File == nil:
		case s.starts("run-zk") != nil:
			with = s.File.Path
		case s.Role == Master:
			without = s.File.Path
		}
	}
	files := t.Readable(conf.ZooConfig)
	switch known := masterHosts(t); {
	case !t.UsesZooKeeper():
		return false, "Druid finds its processes in another way: druid.discovery.type"
	case len(files) == 0 || with == "" && len(t.Readable(conf.SuperviseConfig)) > 0:
		why := "nothing in the tree starts it"
		if len(hosts) > 0 { // no placeholder
			why += ": Druid looks for it on " + conf.JoinAddresses(hosts)
		}
		return false, why
	case len(conf.Remote(hosts)) == 0:
		return true, ""
	case len(files[0].Zoo.Servers) > 0:
		if shareHost(hosts, zooServers(files[0].Zoo)) {
			return true, ""
		}
		return false, "ZooKeeper is elsewhere, on " + conf.JoinAddresses(hosts) + ": zoo.cfg names other servers"
	case len(known) > 0 && !shareHost(hosts, known):
		return false, "ZooKeeper is elsewhere, on " + conf.JoinAddresses(hosts) + ": the Masters are on " + conf.JoinAddresses(known)
	case with != "" && without != "":
		return true, "with " + with + "; not with " + without
	}
	return true, ""
}

func shareHost(a, b []conf.Address) bool {
	return slices.ContainsFunc(a, func(x conf.Address) bool {
		return slices.ContainsFunc(b, func(y conf.Address) bool { return x.Host == y.Host })
	})
}

func zooServers(z *syntax.Zoo) []conf.Address {
	var list []conf.Address
	for _, s := range z.Servers {
		list = append(list, conf.Address{Host: strings.ToLower(s.Host)})
	}
	return list
}

// zooKeeperHosts are where processes look for ZooKeeper: by default at home.
func zooKeeperHosts(t *conf.Tree) []conf.Address {
	if list := t.ZooKeepers(); len(list) > 0 || !t.Shared(conf.ZooKeeperKey).Known() {
		return list
	}
	return []conf.Address{{Host: "localhost", Port: conf.ZooKeeperPort}}
}

// masterHosts are the names of the Master servers, as far as files tell: what
// they announce, where Derby is, and where Pivot looks for them.
func masterHosts(t *conf.Tree) []conf.Address {
	var list []conf.Address
	add := func(found []conf.Address) {
		for _, a := range conf.Remote(found) {
			list = append(list, conf.Address{Host: a.Host})
		}
	}
	for _, s := range t.Services {
		if v := s.Get("druid.host"); s.Runtime != nil && s.ServerRole() == Master && v.Set && v.File != t.Common && v.Known() {
			add(conf.Addresses(v.Text, 0))
		}
	}
	if t.UsesDerby() {
		if v := t.Shared(metaURIKey, "coordinator", "overlord"); v.Set && v.Known() {
			add(conf.URLAddresses(v.Text, 0))
		}
	}
	for _, f := range t.Readable(conf.PivotConfig) {
		for _, key := range []string{"coordinatorHosts", "overlordHosts"} {
			for _, c := range connections(f) {
				if hosts, ok := c.Get(key); ok {
					for _, item := range hosts.Items {
						add(conf.Addresses(item.Text, 0))
					}
				}
			}
		}
	}
	return list
}

// connections are those that Pivot is told to begin with.
func connections(f *conf.File) []*syntax.Node {
	if all, ok := f.Node.Path("initialSettings", "connections"); ok {
		return all.Items
	}
	return nil
}
