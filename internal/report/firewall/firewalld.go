package firewall

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// firewalld writes a zone. firewalld itself lets established connections, the
// loopback and, in a zone without a target, ICMP through.
func firewalld(w io.Writer, p Policy) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!--\n")
	for _, line := range p.header(lockout,
		"For /etc/firewalld/zones/implycheck.xml; then firewall-cmd ‐‐reload, and give the zone the",
		"server's interface: firewall-cmd ‐‐permanent ‐‐zone=implycheck ‐‐change-interface=eth0") {
		comments(out, "  ", []string{strings.NewReplacer("--", "‐‐", "&", "&amp;").Replace(line)})
	}
	fmt.Fprintf(out, "-->\n<zone>\n  <short>implycheck</short>\n  <description>Druid: %s</description>\n", p.roles())
	fmt.Fprint(out, "  <!-- SSH: narrow it. -->\n  <service name=\"ssh\"/>\n  <service name=\"dhcpv6-client\"/>\n")
	p.each(func(o Opening, _, family, source string) {
		fmt.Fprintf(out, `  <!-- %s -->
  <rule family="%s">
    <source address="%s"/>
    <port port="%s" protocol="tcp"/>
    <accept/>
  </rule>
`, o.Name, family, source, o.Range("-"))
	})
	fmt.Fprintln(out, "</zone>")
	return out.Flush()
}
