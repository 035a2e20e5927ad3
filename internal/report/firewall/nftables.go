package firewall

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// families are the two kinds of addresses: their bits, and what nftables,
// firewalld and iptables call them.
var families = []struct {
	bits             int
	match, kind, set string
	xml, flag        string
}{
	{32, "ip", "ipv4_addr", "4", "ipv4", "-4"},
	{128, "ip6", "ipv6_addr", "6", "ipv6", "-6"},
}

// nftables writes a table of its own, which it replaces each time. Groups are
// sets by name, so that addresses can be filled in and changed.
func nftables(w io.Writer, p Policy) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "#!/usr/sbin/nft -f")
	comments(out, "# ", p.header(lockout))
	fmt.Fprint(out, "\ntable inet implycheck\ndelete table inet implycheck\ntable inet implycheck {\n")
	for _, group := range p.groups() {
		if len(p.Sources[group]) == 0 {
			fmt.Fprintf(out, "\t# Fill in %s: elements = { 10.0.0.0/28 }\n", Describe(group))
		}
		for _, f := range families {
			fmt.Fprintf(out, "\tset %s%s {\n\t\ttype %s\n\t\tflags interval\n", group, f.set, f.kind)
			if list := p.Sources.of(group, f.bits); len(list) > 0 {
				fmt.Fprintf(out, "\t\telements = { %s }\n", strings.Join(list, ", "))
			}
			fmt.Fprint(out, "\t}\n")
		}
	}
	fmt.Fprint(out, `
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		ct state invalid drop
		iif "lo" accept
		meta l4proto { icmp, ipv6-icmp } accept
		ip6 saddr fe80::/10 udp dport 546 accept comment "DHCPv6"
		tcp dport 22 accept comment "SSH: narrow it"
`)
	for _, o := range p.openings() {
		for _, group := range o.From {
			for _, f := range families {
				fmt.Fprintf(out, "\t\t%s saddr @%s%s tcp dport %s accept comment %q\n", f.match, group, f.set, o.Range("-"), o.Name)
			}
		}
	}
	fmt.Fprint(out, "\t}\n}\n")
	return out.Flush()
}
