package firewall

import (
	"bufio"
	"fmt"
	"io"
)

// ufw writes a script of commands. ufw itself lets established connections, the
// loopback and ICMP through.
func ufw(w io.Writer, p Policy) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "#!/bin/sh")
	comments(out, "# ", p.header(lockout, "Rules that are there already stay: ufw status numbered lists them."))
	fmt.Fprint(out, `set -eu
ufw default deny incoming
ufw default allow outgoing
ufw allow proto tcp to any port 22 comment 'SSH: narrow it'
`)
	p.each(func(o Opening, _, _, source string) {
		fmt.Fprintf(out, "ufw allow proto tcp from %s to any port %s comment '%s'\n", source, o.Range(":"), o.Name)
	})
	fmt.Fprintln(out, "ufw --force enable")
	return out.Flush()
}
