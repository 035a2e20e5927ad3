package rules

import (
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/ports"
)

// The ports that Linux gives to connections that a machine opens itself:
// net.ipv4.ip_local_port_range as it is unless somebody sets it.
const firstEphemeral, lastEphemeral = 32768, 60999

var netEphemeral = &Rule{
	ID: "net-port-ephemeral", Severity: finding.Warning, Area: Network,
	Title:  "A process listens where the kernel puts outgoing connections.",
	Why:    "Linux gives connections that a server opens any free port from 32768 to 60999, unless net.ipv4.ip_local_port_range says otherwise.",
	Effect: "Now and then such a connection has the port when the process starts: Address already in use.",
	Fix:    "Listen below 32768, or set net.ipv4.ip_local_reserved_ports to the port.",
	Source: "Documentation/networking/ip-sysctl.rst of Linux (ip_local_port_range, ip_local_reserved_ports); tried on Linux: bind is refused, also with SO_REUSEADDR",
	Check: func(p *Pass) {
		for _, server := range p.servers() {
			for _, l := range server.Listeners(p.Tree) {
				if !l.Needed || l.Origin.Line == 0 || l.LastPort < firstEphemeral || l.Port > lastEphemeral {
					continue
				}
				what := "port " + l.Range()
				if l.LastPort > l.Port {
					what = "ports " + l.Range()
				}
				f := p.Report(Place(l.At), "%s on %s: Linux gives those from %d to %d to outgoing connections", l.Name, what, firstEphemeral, lastEphemeral)
				if l.Process == ports.Peon {
					f.Effect = "Tasks pass over a port that is taken when they are given theirs, and fail if it is taken a moment later: Address already in use."
				}
			}
		}
	},
}
