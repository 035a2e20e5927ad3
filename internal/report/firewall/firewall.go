// Package firewall turns a map of ports into rules: for each role of servers,
// who may connect to which port. A Policy is the same for every format; each
// format is a file of its own that only writes.
//
// Every format keeps what would lock people out if it were missing: established
// connections, the loopback, ICMP, and SSH from anywhere, with a comment that
// says to narrow it. Connections that a server opens itself are not restricted.
package firewall

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/ports"
)

// Groups are those who connect.
var Groups = []string{ports.Master, ports.Query, ports.Data, ports.Clients}

// Describe says who a group is.
func Describe(group string) string {
	if group == ports.Clients {
		return "the applications and browsers that use the cluster"
	}
	return "the " + ports.Title(group) + " servers"
}

// Sources are the addresses of each group.
type Sources map[string][]netip.Prefix

// ParsePrefixes reads addresses and networks, of IPv4 and IPv6.
func ParsePrefixes(texts []string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, text := range texts {
		p, err := parsePrefix(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b netip.Prefix) int {
		return cmp.Or(cmp.Compare(a.Addr().BitLen(), b.Addr().BitLen()), a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	return withoutInner(list), nil
}

// withoutInner leaves out networks that lie in another one: nftables refuses
// sets whose parts overlap.
func withoutInner(list []netip.Prefix) []netip.Prefix {
	var outer []netip.Prefix
	for _, p := range list {
		if !slices.ContainsFunc(outer, func(o netip.Prefix) bool { return o.Bits() <= p.Bits() && o.Contains(p.Addr()) }) {
			outer = append(outer, p)
		}
	}
	return outer
}

func parsePrefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return p, fmt.Errorf("%q is not an address: write an address or a network, such as 10.0.0.7, 10.0.0.0/28 or fd00::/64", text)
	case p.Masked() != p:
		return p, fmt.Errorf("%s has bits beyond its length: write %s, or %s/%d for one address", text, p.Masked(), p.Addr(), p.Addr().BitLen())
	case p.Addr().Is4In6():
		return p, fmt.Errorf("%s is an IPv4 network in the clothes of IPv6: write it as IPv4", text)
	}
	return p, nil
}

// Policy is what is let in.
type Policy struct {
	// Tree and Target say what the rules come from.
	Tree, Target string
	Servers      []Server
	Sources      Sources
	// OneHost says that one machine is all of Servers.
	OneHost bool
}

// Server is a role with its openings.
type Server struct {
	Role     string
	Openings []Opening
}

// Opening lets some groups in to a port or a range of ports.
type Opening struct {
	First, Last int64
	// Name is what listens there.
	Name string
	From []string
}

// Range is the opening's ports with a sign between the first and the last.
func (o Opening) Range(between string) string {
	if o.First == o.Last {
		return fmt.Sprint(o.First)
	}
	return fmt.Sprintf("%d%s%d", o.First, between, o.Last)
}

// New is the policy of a map; oneHost says that one machine is all its servers.
// Where all processes share a machine only clients come from outside.
func New(m ports.Map, sources Sources, oneHost bool) Policy {
	p := Policy{Tree: m.Tree, Target: m.Target, Sources: sources, OneHost: oneHost || m.Deployment == "single"}
	for _, l := range m.Listeners {
		from := slices.Clone(l.Clients)
		if m.Deployment == "single" {
			from = slices.DeleteFunc(from, func(group string) bool { return group != ports.Clients })
		}
		if !l.Needed || len(from) == 0 {
			continue
		}
		p.open(l.Role, Opening{l.Port, l.LastPort, l.Name, from})
	}
	return p
}

// open adds an opening to a role's.
func (p *Policy) open(role string, o Opening) {
	i := slices.IndexFunc(p.Servers, func(s Server) bool { return s.Role == role })
	if i < 0 {
		i = len(p.Servers)
		p.Servers = append(p.Servers, Server{Role: role})
	}
	p.Servers[i].Openings = append(p.Servers[i].Openings, o)
}

// groups are those that the policy lets in anywhere.
func (p Policy) groups() []string {
	return slices.DeleteFunc(slices.Clone(Groups), func(group string) bool {
		return !slices.ContainsFunc(p.Servers, func(s Server) bool {
			return slices.ContainsFunc(s.Openings, func(o Opening) bool { return slices.Contains(o.From, group) })
		})
	})
}

// of are the addresses of a group in one family: 32 bits long, or 128.
func (s Sources) of(group string, bits int) []string {
	var list []string
	for _, p := range s[group] {
		if p.Addr().BitLen() == bits {
			list = append(list, p.String())
		}
	}
	return list
}

// header are the first lines of every format, without the sign of a comment.
func (p Policy) header(more ...string) []string {
	return append([]string{
		"Ports of " + text.Printable(p.Tree) + ", " + p.Target + ": " + p.roles() + ".",
		"Written by implycheck ports: read it before you apply it.",
		"Not opened: ports for JMX, debuggers and Prometheus to anybody, and the Coordinator's and",
		"Overlord's to clients. Add those who need them. What a server opens itself is not restricted.",
	}, more...)
}

// lockout is said of formats that close what they do not open.
const lockout = "Established connections, the loopback, ICMP and SSH from anywhere stay open, so that you are not\nlocked out: narrow SSH to the addresses that you work from."

func (p Policy) roles() string {
	var names []string
	for _, s := range p.Servers {
		names = append(names, s.Role)
	}
	return strings.Join(names, ", ")
}

// comments writes lines behind the sign of a comment.
func comments(w io.Writer, sign string, lines []string) {
	for _, line := range lines {
		for part := range strings.SplitSeq(line, "\n") {
			fmt.Fprintf(w, "%s%s\n", sign, part)
		}
	}
}

// Write writes a policy.
type Write func(w io.Writer, p Policy) error

// format writes policies. A host's rules are those of one server, so a policy
// with several roles is no good to it; names is set if groups without addresses
// have a name to fill in.
type format struct {
	name        string
	host, names bool
	write       Write
}

var formats = []format{
	{"nftables", true, true, nftables},
	{"iptables", true, false, iptables},
	{"firewalld", true, false, firewalld},
	{"ufw", true, false, ufw},
	{"aws", false, true, aws},
	{"kubernetes", false, true, kubernetes},
}

// Names lists the formats of rules.
func Names() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Lookup finds a format by its name. It refuses policies that its rules cannot
// say.
func Lookup(name string) (Write, bool) {
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
	if i < 0 {
		return nil, false
	}
	return func(w io.Writer, p Policy) error {
		if err := formats[i].check(p); err != nil {
			return err
		}
		return formats[i].write(w, p)
	}, true
}

func (f format) check(p Policy) error {
	if f.host && len(p.Servers) > 1 && !p.OneHost {
		return fmt.Errorf("%s rules are for one server: say which with --role, one of %s; or several of them with commas, for a server that is both", f.name, p.roles())
	}
	var missing []string
	for _, group := range p.groups() {
		if len(p.Sources[group]) == 0 {
			missing = append(missing, "--"+group)
		}
	}
	if len(missing) > 0 && !f.names {
		return fmt.Errorf("%s rules have no names to fill in later: say the addresses with %s", f.name, strings.Join(missing, " and "))
	}
	return nil
}

// openings are those of all servers, for a host that is all of them.
func (p Policy) openings() []Opening {
	var list []Opening
	for _, s := range p.Servers {
		list = append(list, s.Openings...)
	}
	return list
}
