package ports

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// call is a process that connects to another.
type call struct {
	from, role, to string
	purpose        string
	// extension must be loaded for it.
	extension string
}

// calls are who connects to whom, by the classes that open connections:
// HttpServerInventoryView, DruidLeaderClient and ServiceClientFactory,
// DirectDruidClient, LookupCoordinatorManager, HttpRemoteTaskRunner, and
// OverlordCompactionResource in newer releases. Not every row was traced to its
// call in every release: where that is in doubt a row is there, because a
// firewall that lets in one server too many keeps a cluster running. Tasks bind
// the metadata store (CliPeon.java, 0.15.1), and use it only with
// druid.peon.mode=local.
var calls = []call{
	{Clients, Clients, "broker", "queries", ""},
	{Clients, Clients, "router", "queries, web console", ""},
	{Clients, Clients, pivot, "people's browsers", ""},
	{Clients, Clients, tranquilityName, "events pushed", ""},
	{"router", Query, "broker", "queries passed on", ""},
	{"router", Query, "coordinator", "web console, management", ""},
	{"router", Query, "overlord", "web console, management", ""},
	{pivot, Query, "broker", "queries", ""},
	{pivot, Query, "router", "queries", ""},
	{pivot, Query, "coordinator", "data sources", ""},
	{pivot, Query, "overlord", "data loading", ""},
	{"broker", Query, "historical", "queries, segments served", ""},
	{"broker", Query, "peon", "queries of events not yet handed off", ""},
	{"broker", Query, "indexer", "queries of events not yet handed off", ""},
	{"broker", Query, "realtime", "queries of events not yet handed off", ""},
	{"broker", Query, "coordinator", "lookups, segment metadata", ""},
	{"broker", Query, "overlord", "system tables", ""},
	{"coordinator", Master, "overlord", "compaction and kill tasks", ""},
	{"coordinator", Master, "historical", "segments to load, lookups", ""},
	{"coordinator", Master, "broker", "lookups", ""},
	{"coordinator", Master, "peon", "segments served, lookups", ""},
	{"coordinator", Master, "indexer", "segments served, lookups", ""},
	{"overlord", Master, "coordinator", "compaction, users and roles", ""},
	{"coordinator", Master, "router", "users and roles", basicSecurity},
	{"coordinator", Master, "middleManager", "users and roles", basicSecurity},
	{"middleManager", Data, "coordinator", "users and roles", basicSecurity},
	{"overlord", Master, "middleManager", "tasks, their logs and state", ""},
	{"overlord", Master, "indexer", "tasks, their logs and state", ""},
	{"overlord", Master, "peon", "supervisors of streams", ""},
	{"historical", Data, "coordinator", "lookups", ""},
	{"peon", Data, "overlord", "task actions, locks", ""},
	{"peon", Data, "coordinator", "hand-off, lookups", ""},
	{"peon", Data, "peon", "parallel tasks", ""},
	{"peon", Data, "middleManager", "partitions of parallel tasks", ""},
	{"indexer", Data, "overlord", "task actions, locks", ""},
	{"indexer", Data, "coordinator", "hand-off, lookups", ""},
	{"indexer", Data, "indexer", "parallel tasks", ""},
	{tranquilityName, Data, "overlord", "tasks for its events", ""},
	{tranquilityName, Data, "peon", "events", ""},
	{"Druid", Master, zooKeeper, "coordination", ""},
	{"Druid", Query, zooKeeper, "coordination", ""},
	{"Druid", Data, zooKeeper, "coordination", ""},
	{"Druid", Master, "Derby", "metadata", ""},
	{"Druid", Data, "Derby", "metadata", ""},
	{zooKeeper, Master, zooKeeper + " (peers)", "the ensemble", ""},
	{zooKeeper, Master, zooKeeper + " (election)", "the ensemble", ""},
}

// basicSecurity has every process ask the Coordinator who may do what, and the
// Coordinator tell every process what has changed: CommonCacheNotifier.java.
const basicSecurity = "druid-basic-security"

// answers reports whether a listener is what a call is for. Ports for tools
// are nobody's.
func (l Listener) answers(to string) bool {
	switch {
	case !l.Needed || l.tool:
		return false
	case l.Process == Peon || l.service == nil || l.Process == "Derby":
		return l.Name == to || l.Process == to && l.Process != zooKeeper
	}
	return l.service.Plays(to)
}

// call fills in the flows of the cluster and the clients of each listener.
func (m *Map) call(t *conf.Tree) {
	for i := range m.Listeners {
		l := &m.Listeners[i]
		for _, c := range calls {
			if !l.answers(c.to) || !m.calls(t, c) {
				continue
			}
			from := m.roleOf(c.from, c.role)
			if !slices.Contains(l.Clients, from) {
				l.Clients = append(l.Clients, from)
			}
			m.flow(Flow{
				From: from, Callers: []string{c.from}, To: l.Role, Process: l.Name, Protocol: "tcp",
				Port: l.Port, LastPort: l.LastPort, Purpose: c.purpose, Origin: l.Origin,
			})
		}
		slices.SortFunc(l.Clients, func(a, b string) int { return slices.Index(callers, a) - slices.Index(callers, b) })
	}
}

// callers are the roles that connect, in the order of their reading.
var callers = []string{Master, Query, Data, Clients}

// calls reports whether the caller is there: in the tree, or in a role that the
// tree has no process of at all.
func (m *Map) calls(t *conf.Tree, c call) bool {
	if extensions, _ := t.Shared("druid.extensions.loadList").Strings(); c.extension != "" && !slices.Contains(extensions, c.extension) {
		return false
	}
	if c.from == Clients || c.from == "Druid" {
		return true
	}
	inRole := false
	for _, l := range m.Listeners {
		if l.Process == c.from && l.Needed || l.service != nil && l.Process != Peon && l.service.Plays(c.from) {
			return true
		}
		inRole = inRole || l.Role == c.role && l.Needed
	}
	return !inRole && !slices.Contains([]string{pivot, tranquilityName, zooKeeper}, c.from)
}

// roleOf is where a caller runs: an Overlord may run tasks too.
func (m *Map) roleOf(process, otherwise string) string {
	for _, l := range m.Listeners {
		if l.Process == process && l.Needed {
			return l.Role
		}
	}
	return otherwise
}

// port is what the needs of one role are joined by.
type port struct {
	from, to, process, host string
	first, last             int64
}

// flow joins what one role needs of one port.
func (m *Map) flow(f Flow) {
	key := port{f.From, f.To, f.Process, f.Host, f.Port, f.LastPort}
	i, known := m.at[key]
	if !known {
		m.at[key] = len(m.Flows)
		m.Flows = append(m.Flows, f)
		return
	}
	o := &m.Flows[i]
	for _, c := range f.Callers {
		if !slices.Contains(o.Callers, c) {
			o.Callers = append(o.Callers, c)
		}
	}
	if !slices.Contains(strings.Split(o.Purpose, "; "), f.Purpose) {
		o.Purpose += "; " + f.Purpose
	}
}
