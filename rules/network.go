package rules

import (
	"net"
	"strings"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/finding"
)

var networkRules = []*Rule{netHostLoopback, netHostPort, netNoConnector}

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
			if s.Key != "druid.host" || !s.Known() || s.Text == "" || !IsLoopback(hostOf(s.Text)) {
				continue
			}
			f := p.Report(Val(s.Value), "%s is announced to the other machines, which reach themselves with it", s.Text)
			if ip := net.ParseIP(s.Text); ip != nil && ip.IsUnspecified() {
				f.Message = s.Text + " is announced to the other machines, and is no address to call"
				f.Help = "Delete the line: from 0.13 on druid.bindOnHost decides what is listened on, and all addresses are the default."
			}
			if !p.Deployment.Certain {
				f.Severity = finding.Warning
			}
		}
	},
}

var netHostPort = &Rule{
	ID: "net-host-port-conflict", Severity: finding.Error, Area: Network,
	Title:    "druid.host is no host name, or carries another port than the process listens on.",
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
			host, port, err := net.SplitHostPort(v.Text)
			switch {
			case strings.Contains(v.Text, "://"):
				p.Report(Val(v), "druid.host is %q, and takes a host name without a scheme", v.Text)
			case err == nil && strings.Count(v.Text, ":") == 1:
				p.checkHostPort(svc, v, host, port)
			}
		}
	},
}

// checkHostPort compares the port in druid.host with the process's own.
func (p *Pass) checkHostPort(svc *conftree.Service, v conftree.Value, host, port string) {
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
	if !v.JVM {
		f.Fix = edit(true, Val(v), host)
	}
}

var netNoConnector = &Rule{
	ID: "net-no-connector", Severity: finding.Error, Area: Network,
	Title:  "A process with neither a plain nor a TLS port, or both on one.",
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

func (p *Pass) samePorts(svc *conftree.Service) {
	plain, tls := svc.Get("druid.plaintextPort"), svc.Get("druid.tlsPort")
	if plain.Set && tls.Set && plain.Known() && tls.Known() && plain.Text == tls.Text {
		f := p.Report(Val(tls).Of(svc), "the plain and the TLS port of the %s are both %s", svc.Name, tls.Text)
		relate(f, Val(plain), "the plain port")
	}
}
