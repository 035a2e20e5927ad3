package firewall

import (
	"bufio"
	"fmt"
	"io"
)

// kubernetes writes a NetworkPolicy for each role. Pods are known by a label,
// unless addresses are given.
func kubernetes(w io.Writer, p Policy) error {
	out := bufio.NewWriter(w)
	comments(out, "# ", p.header(
		"Pods are known by the label implycheck/role: master, query, data or clients. Give it to them.",
		"endPort needs Kubernetes 1.25."))
	for _, s := range p.Servers {
		fmt.Fprintf(out, `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: druid-%s
spec:
  podSelector:
    matchLabels:
      implycheck/role: %s
  policyTypes:
    - Ingress
  ingress:
`, s.Role, s.Role)
		for _, o := range s.Openings {
			fmt.Fprintf(out, "    # %s\n    - from:\n", o.Name)
			for _, group := range o.From {
				p.peers(out, group)
			}
			fmt.Fprintf(out, "      ports:\n        - protocol: TCP\n          port: %d\n", o.First)
			if o.Last > o.First {
				fmt.Fprintf(out, "          endPort: %d\n", o.Last)
			}
		}
	}
	return out.Flush()
}

func (p Policy) peers(out io.Writer, group string) {
	for _, network := range p.Sources[group] {
		fmt.Fprintf(out, "        - ipBlock:\n            cidr: %s\n", network)
	}
	if len(p.Sources[group]) == 0 {
		fmt.Fprintf(out, "        - podSelector:\n            matchLabels:\n              implycheck/role: %s\n", group)
	}
}
