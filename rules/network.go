package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/schema"
)

func networkRules() []*Rule {
	return []*Rule{netHostLoopback, netHostPort, netHostUnderscore, netNoConnector, netPortClash, netPeonPort, netPeonRange, netFirewallPeons, netEphemeral}
}

var netHostLoopback = &Rule{
	ID: "net-host-loopback", Severity: finding.Error, Area: Network,
	Title:  "A process of a cluster announces an address that others cannot reach.",
	Why:    "druid.host is what a process writes into ZooKeeper for the others to call.",
	Effect: "Other machines call themselves: queries miss this process, tasks and segments are unreachable.",
	Fix:    "Delete the line, so that Druid announces the machine's own name, or write a name that the others resolve.",
	Source: "server/src/main/java/org/apache/druid/server/DruidNode.java, 0.14.2",
	Check: func(p *Pass) {
		if !p.Deployment.Cluster() {
			return
		}
		for _, s := range p.settings {
			if s.Key != "druid.host" || !s.Known() {
				continue
			}
			if host, ok := conf.ParseAddress(s.Text, 0); !ok || !host.Loopback() {
				continue
			}
			f := p.Report(Val(s.Value), "%s is announced to the other machines, which reach themselves with it", s.Text)
			if ip, ok := text.ParseIP(s.Text); ok && ip.IsUnspecified() {
				f.Message = s.Text + " is announced to the other machines, which cannot connect to it"
				f.Help = "Delete the line: from 0.13 on druid.bindOnHost decides what is listened on, and all addresses are the default."
			}
			onlyRouters := len(s.Services) > 0 && !slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return svc.Name != "router" })
			if onlyRouters { // other processes do not call a Router
				f.Severity = finding.Warning
			}
		}
	},
}

var netHostUnderscore = &Rule{
	ID: "net-host-underscore", Severity: finding.Warning, Area: Network, Releases: schema.Range{From: 17},
	Title:    "A druid.host with an underscore.",
	Why:      "Others make a java.net.URI of what a process announces, and that class takes no underscore in the name of a host.",
	Effect:   "Other processes do not see this one: Unknown error in node watcher of role[...], java.net.URISyntaxException: Illegal character in hostname.",
	Fix:      "Write a name without underscores, such as druid-broker.",
	Source:   "server/src/main/java/org/apache/druid/server/DruidNode.java (getUriToUse), 0.17.0 to 38, and CuratorDruidNodeDiscoveryProvider.java, later BaseNodeRoleWatcher.java, which log it before they tell anyone, and from 37 on before they tell those who listen already; java.net.URI, run on JDK 17; a Druid 33 with such a name starts",
	DefersTo: []string{"net-host-port-conflict", "props-inline-comment", "prop-json-for-text"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			if s.Key == "druid.host" && s.Known() && strings.Contains(s.Text, "_") {
				f := p.Report(Val(s.Value), "%s has an underscore, and is announced to the other processes", s.Text)
				if p.Release() >= 37 {
					f.Effect = "Processes that run already do not see this one, and none sees it leave: Unknown error in node watcher of role[...], java.net.URISyntaxException: Illegal character in hostname."
				}
			}
		}
	},
}

var netHostPort = &Rule{
	ID: "net-host-port-conflict", Severity: finding.Error, Area: Network,
	Title:    "druid.host is not a host name, or names another port than the process listens on.",
	Why:      "Druid parses druid.host as host or host:port and compares the port.",
	Effect:   "Conflicting host:port [...] and port [...] settings, or Host contains unbracketed brackets..., and the process does not start.",
	Fix:      "Write the host name alone.",
	Source:   "server/src/main/java/org/apache/druid/server/DruidNode.java:152, 0.14.2; run on Imply 2.7.8",
	DefersTo: []string{"props-quoted-scalar", "props-trailing-space", "props-inline-comment"},
	Check: func(p *Pass) {
		for _, svc := range p.Tree.Services {
			v := svc.Get("druid.host")
			if !v.Set || !v.Known() {
				continue
			}
			host, port, ok := text.SplitHostPort(v.Text)
			switch {
			case strings.Contains(v.Text, "://"):
				p.Report(Val(v), "druid.host is %q, and takes a host name without a scheme", v.Text)
			case ok && strings.Count(v.Text, ":") == 1:
				p.checkHostPort(svc, v, host, port)
			}
		}
	},
}

// checkHostPort compares the port in druid.host with the process's own.
func (p *Pass) checkHostPort(svc *conf.Service, v conf.Value, host, port string) {
	own := svc.Get("druid.plaintextPort")
	if !own.Set {
		own = svc.Get("druid.port")
	}
	if !isPort(port) || !own.Known() || own.Text == port {
		return
	}
	f := p.Report(Val(v).Of(svc), "druid.host says port %s, and the %s listens on %s", port, svc.Name, own.Text)
	if own.Set {
		relate(f, Val(own), "the port")
	}
	f.Suggestion = host
	f.Help = "Write " + host + "."
	f.Fix = editValue(true, v, host)
}

var netNoConnector = &Rule{
	ID: "net-no-connector", Severity: finding.Error, Area: Network,
	Title:  "A process without a plain and a TLS port, or with both on one port.",
	Why:    "At least one connector must be enabled, and two cannot share a port.",
	Effect: "At least one of the druid.enablePlaintextPort or druid.enableTlsPort needs to be true, and the process does not start.",
	Fix:    "Set druid.enableTlsPort=true with its key store before switching the plain port off.",
	Source: "server/src/main/java/org/apache/druid/server/DruidNode.java:138,164, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, svc := range p.Tree.Services {
			plain, tls := svc.Get("druid.enablePlaintextPort"), svc.Get("druid.enableTlsPort")
			if !plain.Known() || !tls.Known() {
				continue
			}
			hasPlain, hasTLS := strings.EqualFold(plain.Text, "true"), strings.EqualFold(tls.Text, "true")
			switch {
			case !hasPlain && !hasTLS && plain.Set:
				p.Report(Val(plain), "the plain port is off, and so is the TLS port")
			case hasPlain && hasTLS:
				p.samePorts(svc)
			}
		}
	},
}

func (p *Pass) samePorts(svc *conf.Service) {
	list := ports.Connectors(p.Tree, svc)
	if len(list) != 2 || list[0].Port != list[1].Port {
		return
	}
	plain, tls := list[0], list[1]
	if tls.Origin.Line == 0 {
		plain, tls = tls, plain // the default is not what is wrong
	}
	f := p.Report(Place(tls.At), "the plain and the TLS port of the %s are both %d", svc.Name, tls.Port)
	if plain.Origin.Line > 0 {
		relate(f, Place(plain.At), "the other port")
	}
}

var netPortClash = &Rule{
	ID: "net-port-clash-same-host", Severity: finding.Error, Area: Network,
	Title:  "Two processes of one server listen on one port.",
	Why:    "The first one to start gets the port.",
	Effect: "The other one stops with Address already in use, and supervise starts it again and again.",
	Fix:    "Give one of them another port; the defaults do not clash.",
	Source: "services/src/main/java/org/apache/druid/cli/Cli*.java (servicePort), 0.14.2; bin/verify-default-ports of Imply 2.7.8",
	Check: func(p *Pass) {
		if p.Tree.Form != conf.FormConf {
			return // every container has ports of its own
		}
		for _, server := range p.servers() {
			if server.File == nil && server.Role != "" {
				continue // which processes share a machine is not known
			}
			for _, list := range sharedPorts(server.Listeners(p.Tree)) {
				p.reportShared(server, list)
			}
		}
	},
}

// sharedPorts are the listeners of each port that several processes want.
func sharedPorts(listeners []ports.Listener) [][]ports.Listener {
	var byPort [][]ports.Listener
	for _, l := range listeners {
		i := slices.IndexFunc(byPort, func(list []ports.Listener) bool { return list[0].Port == l.Port })
		if i < 0 {
			byPort = append(byPort, []ports.Listener{l})
			continue
		}
		together := !slices.ContainsFunc(byPort[i], func(other ports.Listener) bool {
			return l.At.Service == other.At.Service || alternatives(l.At.Service, other.At.Service)
		})
		if l.Needed && together {
			byPort[i] = append(byPort[i], l)
		}
	}
	return slices.DeleteFunc(byPort, func(list []ports.Listener) bool { return len(list) < 2 })
}

// reportShared makes one finding of all processes that want one port.
func (p *Pass) reportShared(server ports.Server, list []ports.Listener) {
	names := make([]string, len(list))
	metrics := 0
	for i, l := range list {
		names[i] = l.Name
		if l.At.Property == "druid.emitter.prometheus.port" {
			metrics++
		}
	}
	at := Place(list[1].At)
	f := p.Report(at, "%s listen on port %d of %s", text.List(names), list[0].Port, server.Name)
	if metrics == len(list) {
		f.Severity = finding.Warning
		f.Effect = "The first one to start gets the port. The others run and log that the exporter could not start. Their metrics cannot be scraped."
	}
	for i, l := range list {
		if i != 1 && Place(l.At).Location() != at.Location() {
			relate(f, Place(l.At), "%s", l.Name)
		}
	}
}

// alternatives reports whether a cluster runs one of two processes, not both.
func alternatives(a, b string) bool {
	return a == "indexer" && b == "middleManager" || a == "middleManager" && b == "indexer"
}

// taskHas reports whether tasks are given a property of their own, in the place of the
// one that they inherit.
func taskHas(s *conf.Service, key string) bool {
	if hasTaskProperty(s, key) || s.Silent(conf.ForkPrefix+key) {
		return true
	}
	for _, opts := range []string{javaOptsKey, javaOptsArrayKey} {
		if v := s.Get(opts); strings.Contains(v.Text, "-D"+key+"=") || v.Set && !v.Known() {
			return true
		}
	}
	return false
}

var netPeonPort = &Rule{
	ID: "net-peon-port-inherited", Severity: finding.Error, Area: Network, Releases: schema.Range{Until: 12},
	Title:  "A port of the MiddleManager that its tasks inherit.",
	Why:    "The MiddleManager hands its properties to tasks, and then gives each a port of its own as druid.port. druid.plaintextPort, where it is set, wins over that.",
	Effect: "Each task wants the MiddleManager's own port, and stops: Address already in use.",
	Fix:    "Set the MiddleManager's port as druid.port.",
	Source: "ForkingTaskRunner.java (-Ddruid.port) and DruidNode.java (plaintextPort before port), 0.12.3; apache/druid#6202, #6626 (fixed in 0.13)",
	Check: func(p *Pass) {
		for _, s := range p.Services("middleManager") {
			port := s.Get("druid.plaintextPort")
			if !port.Set || port.Stock() || !port.Known() || taskHas(s, "druid.plaintextPort") {
				continue
			}
			p.Report(Key(port).Of(s), "tasks inherit port %s of the middleManager", port.Text)
		}
	},
}

var obsPrometheusTasks = &Rule{
	ID: "obs-prometheus-in-tasks", Severity: finding.Warning, Area: Monitoring, Releases: schema.Range{From: 21},
	Title:    "Tasks that inherit the port on which the MiddleManager's metrics are scraped.",
	Why:      "Tasks take the MiddleManager's properties over, its emitter and its port among them, and run on its machine.",
	Effect:   "The metrics of tasks, what they ingest among them, cannot be scraped: each logs Unable to start prometheus HTTPServer and runs on.",
	Fix:      "Set druid.indexer.fork.property.druid.emitter.prometheus.strategy=pushgateway and druid.indexer.fork.property.druid.emitter.prometheus.pushGatewayAddress, or give tasks another emitter with druid.indexer.fork.property.druid.emitter.",
	Source:   "extensions-contrib/prometheus-emitter, PrometheusEmitter.java (start), 0.21 to 38; apache/druid#8621",
	DefersTo: []string{"prop-unknown", "obs-emitter-unknown", "net-port-clash-same-host"},
	Check: func(p *Pass) {
		const prefix = "druid.emitter.prometheus."
		for _, s := range p.Services("middleManager") {
			port, strategy := s.Get(prefix+"port"), s.Get(prefix+"strategy")
			if !s.Get("druid.emitter").Is("prometheus") || !port.Set || !port.Known() || strategy.Set && !strategy.Is("exporter") {
				continue
			}
			own := slices.ContainsFunc([]string{"druid.emitter", prefix + "port", prefix + "strategy"}, func(key string) bool { return taskHas(s, key) })
			if port.Is("0") || own {
				continue
			}
			p.Report(Val(port).Of(s), "tasks inherit the exporter's port %s of the middleManager, which has it already", port.Text)
		}
	},
}

var netPeonRange = &Rule{
	ID: "net-peon-range-too-small", Severity: finding.Error, Area: Network,
	Title:  "Fewer ports for tasks than tasks.",
	Why:    "Each task listens on its own port between druid.indexer.runner.startPort and endPort; on two ports with TLS and plain text.",
	Effect: "The tasks beyond the range fail: All ports are used.",
	Fix:    "Widen the range to druid.worker.capacity ports, or twice as many with TLS and plain text.",
	Source: "indexing-service/src/main/java/org/apache/druid/indexing/overlord/PortFinder.java:89 and ForkingTaskRunner.java, 0.14.2",
	Check: func(p *Pass) {
		for _, s := range p.Services("middleManager") {
			capacity, ok := s.Get("druid.worker.capacity").Int64()
			if !ok {
				capacity = 1
			}
			each := ports.PortsPerTask(s)
			r, ok := ports.PeonPorts(s)
			if !ok || !r.At.Set || r.Count() >= capacity*each {
				continue
			}
			if r.Count() < 1 {
				p.Report(Val(r.At).Of(s), "the range of ports for tasks ends before it begins")
				continue
			}
			p.Report(Val(r.At).Of(s), "%d ports for %d tasks with %d each", r.Count(), capacity, each)
		}
	},
}

var netFirewallPeons = &Rule{
	ID: "net-firewall-peon-range", Severity: finding.Info, Area: Network,
	Title:  "Tasks may listen on any port from 8100 to 65535.",
	Why:    "A firewall between the servers must let Brokers, Overlord and other tasks through to the tasks; the range has no end unless it is set.",
	Effect: "Tasks take the lowest ports that are free: as a rule 8100 and the next few. A firewall that opens fewer than druid.worker.capacity cuts some off.",
	Fix:    "Set druid.indexer.runner.endPort, and open from startPort to it; besides 2181 and 8081 and 8090 on Masters, 8082 and 8888 and 9095 on Query servers, 8083 and 8091 on Data servers.",
	Source: "indexing-service/src/main/java/org/apache/druid/indexing/overlord/config/ForkingTaskRunnerConfig.java:63, 0.14.2; Imply's deployment guide (8100 to 8199)",
	Check: func(p *Pass) {
		if !p.Deployment.Cluster() {
			return
		}
		for _, s := range p.Services("middleManager") {
			end := s.Get("druid.indexer.runner.endPort")
			list := s.Get("druid.indexer.runner.ports")
			if n, ok := end.Int64(); ok && n == schema.PeonPortEnd && end.Absent() && list.Absent() {
				p.Report(p.Where(s, end), "the range of ports for tasks has no end")
			}
		}
	},
}
