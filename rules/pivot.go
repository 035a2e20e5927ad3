package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
)

func pivotRules() []*Rule {
	return []*Rule{pivotSQLite, pivotStateKey, pivotHosts, pivotOpen}
}

// pivots are the config.yaml files of Pivot that could be read.
func (p *Pass) pivots() []*conf.File {
	return slices.DeleteFunc(p.Files(conf.PivotConfig), func(f *conf.File) bool {
		return f.Node == nil || f.Node.Kind != syntax.Object
	})
}

var pivotSQLite = &Rule{
	ID: "pivot-state-sqlite-in-cluster", Severity: finding.Error, Area: Pivot,
	Title:  "Pivot keeps its state in a file of its own server.",
	Why:    "Data cubes, dashboards and users are in the state store; SQLite is a file on the machine of one Pivot.",
	Effect: "Each Pivot has its own users and dashboards, and the loss of the server loses them.",
	Fix:    "Use a MySQL or PostgreSQL database: stateStore: {type: mysql, connection: ...}.",
	Source: "conf/pivot/config.yaml of Imply 2.7.8; docs.imply.io, server configuration",
	Check: func(p *Pass) {
		if p.Deployment.Single() {
			return
		}
		for _, f := range p.pivots() {
			store, ok := f.Node.Get("stateStore")
			at := In(f)
			if ok {
				kind, typed := store.Get("type")
				if !typed || kind.Text != "sqlite" {
					continue
				}
				at = At(f, kind.Span)
			}
			found := p.Report(at, "the state of Pivot is a file")
			if p.Topology.QueryServers < 2 && !p.HA {
				found.Severity = finding.Warning
			}
		}
	},
}

// storeSchemes are the URL schemes of the state store's types.
var storeSchemes = lazy.Value[map[string][]string]{New: func() map[string][]string {
	return map[string][]string{"mysql": {"mysql"}, "pg": {"postgres", "postgresql", "pg"}}
}}

var pivotStateKey = &Rule{
	ID: "pivot-state-store-key", Severity: finding.Error, Area: Pivot,
	Title:  "A state store that Pivot does not understand.",
	Why:    "stateStore takes a type, which is sqlite, mysql or pg, and a connection; the comment in older templates says location instead of type.",
	Effect: "Pivot does not start, or keeps its state in SQLite.",
	Fix:    "Write type: mysql or type: pg.",
	Source: "conf/pivot/config.yaml of Imply 2.7.8; docs.imply.io, server configuration (only mysql, pg, sqlite)",
	Check: func(p *Pass) {
		for _, f := range p.pivots() {
			store, ok := f.Node.Get("stateStore")
			if !ok || store.Kind != syntax.Object {
				continue
			}
			kind, typed := store.Get("type")
			if location, ok := store.Get("location"); ok && !typed {
				found := p.Report(At(f, location.Span), "the key is called type, not location")
				found.Suggestion = "type"
				continue
			}
			if !typed || syntax.HasPlaceholder(kind.Text) {
				continue
			}
			schemes := storeSchemes.Get()[kind.Text]
			if schemes == nil && kind.Text != "sqlite" {
				p.Report(At(f, kind.Span), "the type of a state store is sqlite, mysql or pg, not %q", kind.Text)
				continue
			}
			connection, ok := store.Get("connection")
			scheme, _, isURL := "", "", false
			if ok {
				scheme, _, isURL = strings.Cut(connection.Text, "://")
			}
			if isURL && schemes != nil && !slices.Contains(schemes, scheme) && !syntax.HasPlaceholder(connection.Text) {
				found := p.Report(At(f, connection.Span), "the type is %s, and the connection is %s", kind.Text, scheme)
				relate(found, At(f, kind.Span), "the type")
			}
		}
	},
}

// pivotLinks are the places of a connection, and the processes that may answer
// there; a Router with the management proxy answers for all.
var pivotLinks = []struct {
	key   string
	roles []string
}{
	{"host", []string{"broker", "router"}},
	{"coordinatorHosts", []string{"coordinator", "router"}},
	{"overlordHosts", []string{"overlord", "router"}},
}

var pivotHosts = &Rule{
	ID: "pivot-connection-host", Severity: finding.Warning, Area: Pivot,
	Title:  "Pivot looks for Druid where it is not.",
	Why:    "The connection names Broker or Router, Coordinators and Overlords; initialSettings are read while the state store is empty.",
	Effect: "Pivot shows no data, or cannot show what is loaded and ingested.",
	Fix:    "Name the Broker or Router, and all Masters, with the ports that they listen on.",
	Source: "conf/pivot/config.yaml of Imply 2.7.8; docs.imply.io, server configuration",
	Check: func(p *Pass) {
		for _, f := range p.pivots() {
			connections, ok := f.Node.Path("initialSettings", "connections")
			if !ok {
				connections, ok = f.Node.Get("connections")
			}
			if !ok {
				continue
			}
			for _, c := range connections.Items {
				if kind, ok := c.Get("type"); ok && kind.Text == "druid" {
					p.checkConnection(f, c)
				}
			}
		}
	},
}

func (p *Pass) checkConnection(f *conf.File, connection *syntax.Node) {
	for _, link := range pivotLinks {
		value, ok := connection.Get(link.key)
		if !ok {
			continue
		}
		items := value.Items
		if value.Kind == syntax.String {
			items = []*syntax.Node{value}
		}
		ports := p.portsOf(link.roles)
		for _, item := range items {
			host, port, ok := text.SplitHostPort(item.Text)
			if !ok || syntax.HasPlaceholder(item.Text) {
				continue
			}
			switch {
			case len(ports) > 0 && !slices.Contains(ports, port):
				p.Report(At(f, item.Span), "%s is %s, and the %s listens on %s", link.key, item.Text, link.roles[0], strings.Join(ports, " or "))
			case p.Deployment.Cluster() && conf.IsLoopback(host) && link.key != "host" && !slices.Contains(p.portsOf([]string{"router"}), port):
				found := p.Report(At(f, item.Span), "%s is %s: Pivot runs on a Query server, and the %s on a Master", link.key, item.Text, link.roles[0])
				if p.inPods() {
					found.Severity = finding.Info
					found.Effect = "None where both run in one pod; else Pivot cannot show what is loaded and ingested."
				}
			}
		}
	}
}

// portsOf are the ports that processes of some roles listen on; none if the
// tree does not have the first of the roles, or a port is not known.
func (p *Pass) portsOf(roles []string) []string {
	var ports []string
	if len(p.Services(roles[0])) == 0 {
		return nil
	}
	for _, s := range p.Services(roles...) {
		for _, key := range []string{"druid.plaintextPort", "druid.port", "druid.tlsPort"} {
			if v := s.Get(key); v.Set && !v.Known() {
				return nil
			} else if v.Text != "" && !slices.Contains(ports, v.Text) && (v.Set || key != "druid.port") {
				ports = append(ports, v.Text)
			}
		}
	}
	return ports
}

var pivotOpen = &Rule{
	ID: "pivot-open-access", Severity: finding.Warning, Area: Pivot,
	Title:  "Pivot without a login, or with its database password in the file.",
	Why:    "Without userMode there is no login; the state store's connection carries the password of its database.",
	Effect: "Anyone who reaches the port may change dashboards and data cubes; anyone who reads the file may read the database.",
	Fix:    "Set userMode: native-users, and keep the file to Pivot's own user.",
	Source: "conf/pivot/config.yaml of Imply 2.7.8; docs.imply.io, user authentication",
	Check: func(p *Pass) {
		if p.Deployment.Single() {
			return
		}
		for _, f := range p.pivots() {
			if _, ok := f.Node.Get("userMode"); !ok {
				found := p.Report(In(f), "userMode is not set: everybody is an administrator")
				found.Severity = finding.Info
				found.Effect = "Anyone who reaches the port may change dashboards and data cubes."
				found.Help = "Set userMode: native-users."
			}
			if c, ok := f.Node.Path("stateStore", "connection"); ok && conf.Masker().Text(c.Text) != c.Text && !syntax.HasPlaceholder(c.Text) {
				found := p.Report(At(f, c.Span), "the password of the state store is in plain text here")
				found.Effect = "Anyone who reads the file may read the database."
				found.Help = "Keep the file to Pivot's own user."
			}
		}
	},
}
