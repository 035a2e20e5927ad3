// Package ports says which ports the processes of a tree open and who calls
// whom: what a firewall has to know.
//
// Of makes a Map of a tree: Listeners, with the line or the default that each
// port comes from, and Flows, who connects to what. Everything is read from the
// configuration: druid.go and peon.go read what Druid opens, zookeeper.go,
// derby.go and beside.go what stands beside it, jvm.go what flags of java open.
// calls.go is a table of who calls whom in Druid, outbound.go finds what lies
// outside of the cluster. The Map is of plain types. The rules about ports ask
// Server.Listeners, so that lint and the Map cannot disagree.
package ports

import (
	"cmp"
	"slices"

	"github.com/implycheck/implycheck/conf"
)

// Map is what a tree makes of the network.
type Map struct {
	Tree   string `json:"tree"`
	Target string `json:"target"`
	// Deployment is single where all processes share one machine: then only
	// clients come from outside.
	Deployment string     `json:"deployment"`
	Listeners  []Listener `json:"listeners"`
	Flows      []Flow     `json:"flows"`

	// at is where a flow is in the list while the map is made.
	at map[port]int
}

// Listener is a port, or a range of ports, that a process opens or would open.
type Listener struct {
	// Role is the server's: master, query or data.
	Role    string `json:"role"`
	Process string `json:"process"`
	// Name is what people call it: broker (TLS), ZooKeeper.
	Name     string `json:"name"`
	Port     int64  `json:"port"`
	LastPort int64  `json:"lastPort"`
	TLS      bool   `json:"tls"`
	// Needed is false where nothing listens; Why says so, or what else there is
	// to know.
	Needed bool   `json:"needed"`
	Why    string `json:"why"`
	Origin Origin `json:"origin"`
	// Clients are the roles that connect, clients among them.
	Clients []string `json:"clients"`

	// At is the place to report something about it.
	At conf.Place `json:"-" mask:"-"`

	service *conf.Service
	tool    bool // for JMX, debuggers and Prometheus, which are not in the tree
}

// Origin is the place that a port comes from. Without a line it is a default.
type Origin struct {
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Property string `json:"property,omitempty"`
}

// Flow is a need to connect, to a role of the cluster or to something external.
type Flow struct {
	From string `json:"from"`
	// Callers are the processes of that role that connect.
	Callers []string `json:"callers"`
	To      string   `json:"to"`
	// Process is what is called: historical, HDFS.
	Process string `json:"process"`
	// Host is set for what is external, as far as the files tell.
	Host     string `json:"host,omitempty"`
	Protocol string `json:"protocol"`
	// Port is 0 where the files do not tell it.
	Port     int64  `json:"port"`
	LastPort int64  `json:"lastPort"`
	Purpose  string `json:"purpose"`
	Origin   Origin `json:"origin"`
}

// External is the role of what is no server of the cluster.
const External = "external"

// Of is the map of a tree; single says that all its processes share a machine.
func Of(t *conf.Tree, single bool) Map {
	m := Map{Tree: t.Path, Target: t.Target.Name, Deployment: "cluster", Listeners: []Listener{}, Flows: []Flow{}, at: map[port]int{}}
	if single {
		m.Deployment = "single"
	}
	for _, s := range Servers(t, single) {
		for _, l := range s.Listeners(t) {
			m.add(l)
		}
	}
	for _, l := range idle(t, m.Listeners) {
		m.add(l)
	}
	slices.SortStableFunc(m.Listeners, compare)
	m.call(t)
	m.outbound(t)
	m.at = nil
	return m
}

// add leaves out what another server of the role opens too.
func (m *Map) add(l Listener) {
	known := slices.ContainsFunc(m.Listeners, func(o Listener) bool {
		return o.Role == l.Role && o.Process == l.Process && o.Name == l.Name && o.Port == l.Port && o.LastPort == l.LastPort
	})
	if !known {
		m.Listeners = append(m.Listeners, l)
	}
}

func compare(a, b Listener) int {
	return cmp.Or(
		cmp.Compare(slices.Index(Roles, a.Role), slices.Index(Roles, b.Role)),
		cmp.Compare(a.Port, b.Port), cmp.Compare(a.LastPort, b.LastPort))
}

// at completes a listener with the place that its port comes from.
func (l Listener) at(place conf.Place, written bool) Listener {
	l.At = place
	l.Origin = Origin{Property: place.Property}
	if written && place.File != nil {
		file, at, _ := place.File.At(place.Span)
		l.Origin.File, l.Origin.Line = file.Path, at.Start.Line
	}
	l.Clients = []string{}
	return l
}
