package preflight

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func portChecks() []*Check { return []*Check{livePortsFree} }

// triedTaskPorts is how many of the ports of tasks are tried: a range may be
// thousands wide.
const triedTaskPorts = 200

var livePortsFree = &Check{
	Rule: rules.Rule{
		ID: "live-ports-free", Severity: finding.Error,
		Title:  "A port of a process of this machine is already in use.",
		Why:    "Each process must bind its port, everywhere and on the loopback; bin/verify-default-ports looks at the default ones only.",
		Effect: "java.net.BindException: Address already in use, when the process starts.",
		Fix:    "Stop the process that uses the port, or change druid.plaintextPort or druid.tlsPort.",
		Source: "examples/bin/verify-default-ports, 0.17; apache/druid#8942",
	},
	Needs: func(p *Pass) []Need {
		var list []Need
		for _, l := range p.listeners() {
			last := min(l.LastPort, l.Port+triedTaskPorts-1)
			for port := l.Port; port <= last; port++ {
				n := Need{Target: fmt.Sprintf("%s %d", l.Name, port), At: rules.Place(l.At), Note: l.Name, Amount: port}
				n.Question = p.bind(l, port)
				list = append(list, n)
			}
		}
		if len(list) > 0 {
			list = append(list, p.kernel("")...)
		}
		return list
	},
	Judge: judgePorts,
}

// bind asks for a port: everywhere, or where druid.bindOnHost says.
func (p *Pass) bind(l ports.Listener, port int64) facts.Question {
	q := facts.Question{Name: fmt.Sprintf("bind %d", port), Bind: &facts.Bind{Port: port}}
	if s := p.Tree.Service(l.Process); s != nil && s.Get("druid.bindOnHost").Is("true") {
		host, _ := conf.ParseAddress(s.Get("druid.host").Text, 0)
		q.Bind.Only, q.Bind.Address = true, host.Host
		q.Name += " of " + host.Host
	}
	return q
}

// listeners are the ports that the processes of the host open.
// They are found once: each server of a long list asks for them.
func (p *Pass) listeners() []ports.Listener {
	if p.opened == nil {
		p.opened = p.findListeners()
	}
	return p.opened
}

func (p *Pass) findListeners() []ports.Listener {
	list := []ports.Listener{}
	for _, s := range ports.Servers(p.Tree, p.Deployment.Single()) {
		for _, l := range s.Listeners(p.Tree) {
			if l.Needed && p.opens(l) && !slices.ContainsFunc(list, func(o ports.Listener) bool { return o.Name == l.Name && o.Port == l.Port }) {
				list = append(list, l)
			}
		}
	}
	return list
}

// opens reports whether a listener is one of this host: of its processes, of the
// tasks they start, or of what runs on the servers of its role.
func (p *Pass) opens(l ports.Listener) bool {
	return slices.ContainsFunc(p.Services, func(s *conf.Service) bool {
		switch l.Process {
		case s.Name:
			return true
		case ports.Peon:
			return s.RunsTasks()
		}
		return p.Tree.Service(l.Process) == nil && s.ServerRole() == l.Role
	})
}

func judgePorts(p *Pass, asked []Asked) {
	machine := asked[len(asked)-1]
	groups := map[string][]Asked{}
	var order []string
	for _, a := range asked[:len(asked)-1] {
		if groups[a.Note] == nil {
			order = append(order, a.Note)
		}
		groups[a.Note] = append(groups[a.Note], a)
	}
	for _, name := range order {
		if group := groups[name]; len(group) == 1 {
			p.judgePort(group[0], machine)
		} else {
			p.judgeRange(name, group, machine)
		}
	}
}

func (p *Pass) judgePort(a, machine Asked) {
	port := strconv.FormatInt(a.Amount, 10)
	switch {
	case a.Problem != nil:
		p.Unknown(a, "free", a.Problem.Text)
	case a.Bind.Free && p.rootAsked(machine.Host) && a.Amount < firstForAll(machine.Host):
		p.Unknown(a, "free, and "+p.User+" may bind it", fmt.Sprintf("free; only root, or a process with CAP_NET_BIND_SERVICE, may bind ports below %d", firstForAll(machine.Host)))
	case a.Bind.Free:
		p.Pass(a, "free", "free")
	case strings.Contains(a.Bind.Error, "permission denied"):
		p.Unknown(a, "free", "only root may bind ports below 1024")
	default:
		who, ours := owner(machine.Host, a.Amount)
		if ours {
			p.Warn(a, "free", "in use by "+who, "port %s is in use by %s: Druid already runs here", port, who).Help = "Stop it before another is started here; if it is the one that this tree configured, all is well."
			return
		}
		p.Fail(a, "free", "in use by "+who, "port %s of the %s is in use by %s", port, a.Note, who)
	}
}

// rootAsked reports whether root has tried what another user will do.
func (p *Pass) rootAsked(m *facts.Machine) bool {
	return m != nil && m.User == "root" && p.User != "" && p.User != "root"
}

// firstForAll is the first port that every user may bind.
func firstForAll(m *facts.Machine) int64 {
	n, err := strconv.ParseInt(m.Settings["/proc/sys/net/ipv4/ip_unprivileged_port_start"], 10, 64)
	if err != nil {
		return 1024
	}
	return n
}

// owner is who listens on a port, as far as this user may see, and whether it is
// known to be a Druid.
func owner(m *facts.Machine, port int64) (who string, druid bool) {
	if m == nil {
		return "another process", false
	}
	for _, s := range m.Sockets {
		if s.Port != port {
			continue
		}
		if s.Process != "" {
			return s.Process, strings.HasPrefix(s.Process, "druid ")
		}
		return fmt.Sprintf("a process of user %d (only root or that user may see which)", s.UID), false
	}
	for _, path := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		if why := m.Unread[path]; why != "" {
			return "a process that is not known: " + why, false
		}
	}
	return "an outgoing connection, or a process in another network namespace", false
}

// judgeRange judges the ports of tasks as one.
func (p *Pass) judgeRange(name string, group []Asked, machine Asked) {
	var taken []string
	a := group[0]
	a.Target = fmt.Sprintf("%s %d-%d", name, group[0].Amount, group[len(group)-1].Amount)
	for _, g := range group {
		switch {
		case g.Problem != nil:
			p.Unknown(a, "free", g.Problem.Text)
			return
		case !g.Bind.Free:
			who, _ := owner(machine.Host, g.Amount)
			taken = append(taken, fmt.Sprintf("%d by %s", g.Amount, who))
		}
	}
	if len(taken) == 0 {
		p.Pass(a, "free", "free")
		return
	}
	p.Warn(a, "free", "in use: "+strings.Join(taken, ", "), "of the ports of tasks %d %s in use: %s", len(taken), map[bool]string{true: "is", false: "are"}[len(taken) == 1], strings.Join(taken, ", "))
}

// outside is a host that the processes of this machine connect to.
type outside struct {
	process, host, network string
	port                   int64
	at                     rules.Place
}

func (o outside) address() string { return net.JoinHostPort(o.host, strconv.FormatInt(o.port, 10)) }

// outside are the hosts outside of the cluster that the tree names, as package ports
// finds them, and those that druid.host names.
func (p *Pass) outside() []outside {
	var list []outside
	type server struct {
		process, host string
		port          int64
	}
	known := map[server]bool{}
	m := ports.Of(p.Tree, p.Deployment.Single())
	for _, f := range m.Flows {
		named := f.Host != "" && !strings.ContainsAny(f.Host, "*${}<>") && f.Origin.Line > 0
		if f.To != ports.External || !named || !p.connects(f) {
			continue
		}
		if s := (server{f.Process, f.Host, f.Port}); !known[s] {
			known[s] = true
			list = append(list, outside{process: f.Process, host: f.Host, network: f.Protocol, port: f.Port, at: p.origin(f.Origin)})
		}
	}
	return list
}

// connects reports whether a flow begins on this host.
func (p *Pass) connects(f ports.Flow) bool {
	return slices.ContainsFunc(p.Services, func(s *conf.Service) bool { return s.ServerRole() == f.From || s.ServerRole() == "" })
}

// origin is the place of a line of the tree.
func (p *Pass) origin(o ports.Origin) rules.Place {
	for _, s := range append([]*conf.Service{nil}, p.Services...) {
		v := p.Tree.Shared(o.Property)
		if s != nil {
			v = s.Get(o.Property)
		}
		at := p.at(s, v)
		if l := at.Location(); v.Set && l.File == o.File && l.Line == o.Line {
			return at
		}
	}
	for _, f := range p.Tree.Files {
		if f.Path == o.File {
			return rules.In(f)
		}
	}
	return rules.Place{}
}
