package firewall

import (
	"bufio"
	"fmt"
	"io"
)

// iptables writes what iptables-restore and ip6tables-restore read, both from
// one file: each passes over the lines of the other, by -4 and -6.
func iptables(w io.Writer, p Policy) error {
	out := bufio.NewWriter(w)
	comments(out, "# ", p.header(lockout,
		"For iptables-restore and for ip6tables-restore. It replaces the whole filter table:",
		"programs that keep rules there, such as Docker, must be started again after it."))
	fmt.Fprint(out, `*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
-A INPUT -m conntrack --ctstate INVALID -j DROP
-A INPUT -i lo -j ACCEPT
-4 -A INPUT -p icmp -j ACCEPT
-6 -A INPUT -p ipv6-icmp -j ACCEPT
-6 -A INPUT -s fe80::/10 -p udp --dport 546 -m comment --comment "DHCPv6" -j ACCEPT
-A INPUT -p tcp --dport 22 -m comment --comment "SSH: narrow it" -j ACCEPT
`)
	p.each(func(o Opening, flag, _, source string) {
		fmt.Fprintf(out, "%s -A INPUT -s %s -p tcp --dport %s -m comment --comment %q -j ACCEPT\n", flag, source, o.Range(":"), o.Name)
	})
	fmt.Fprintln(out, "COMMIT")
	return out.Flush()
}

// each calls do for every opening and every network that it lets in.
func (p Policy) each(do func(o Opening, flag, xml, source string)) {
	for _, o := range p.openings() {
		for _, group := range o.From {
			for _, f := range families {
				for _, source := range p.Sources.of(group, f.bits) {
					do(o, f.flag, f.xml, source)
				}
			}
		}
	}
}
