package firewall

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/ports"
)

// aws writes security groups for Terraform. Servers are known by their security
// group, unless their addresses are given; clients have none, and become a
// variable.
func aws(w io.Writer, p Policy) error {
	out := bufio.NewWriter(w)
	comments(out, "# ", p.header("Security groups add up: keep the one that lets you in by SSH."))
	awsVariable(out, "vpc_id", "string", "the VPC of the servers")
	for _, group := range p.groups() {
		switch {
		case len(p.Sources[group]) > 0 || p.has(group):
		case group == ports.Clients:
			awsVariable(out, "clients", "list(string)", "networks of "+Describe(group))
		default:
			awsVariable(out, group+"_security_group_id", "string", "the security group of "+Describe(group))
		}
	}
	for _, s := range p.Servers {
		awsGroup(out, s.Role)
		names := map[string]bool{}
		for _, o := range s.Openings {
			for _, group := range o.From {
				name := fmt.Sprintf("druid_%s_%s_from_%s", s.Role, o.Range("_"), group)
				if names[name] {
					continue // one port of two names
				}
				names[name] = true
				awsRule(out, name, s.Role, o, p.awsSource(group))
			}
		}
	}
	return out.Flush()
}

func (p Policy) has(role string) bool {
	return slices.ContainsFunc(p.Servers, func(s Server) bool { return s.Role == role })
}

// assignment is an argument of a block.
type assignment struct{ name, value string }

// awsSource says who a group is.
func (p Policy) awsSource(group string) []assignment {
	var list []assignment
	for _, f := range []struct {
		bits int
		name string
	}{{32, "cidr_blocks"}, {128, "ipv6_cidr_blocks"}} {
		if networks := p.Sources.of(group, f.bits); len(networks) > 0 {
			list = append(list, assignment{f.name, `["` + strings.Join(networks, `", "`) + `"]`})
		}
	}
	switch {
	case len(list) > 0:
		return list
	case group == ports.Clients:
		return []assignment{{"cidr_blocks", "var.clients"}}
	case p.has(group):
		return []assignment{{"source_security_group_id", "aws_security_group.druid_" + group + ".id"}}
	}
	return []assignment{{"source_security_group_id", "var." + group + "_security_group_id"}}
}

func awsVariable(out io.Writer, name, kind, description string) {
	block(out, fmt.Sprintf("variable %q", name), []assignment{{"type", kind}, {"description", fmt.Sprintf("%q", description)}})
}

func awsGroup(out io.Writer, role string) {
	block(out, fmt.Sprintf("resource \"aws_security_group\" \"druid_%s\"", role), []assignment{
		{"name", fmt.Sprintf("\"druid-%s\"", role)}, {"description", fmt.Sprintf("\"Druid, %s servers\"", role)}, {"vpc_id", "var.vpc_id"},
	})
	block(out, fmt.Sprintf("resource \"aws_security_group_rule\" \"druid_%s_egress\"", role), []assignment{
		{"security_group_id", "aws_security_group.druid_" + role + ".id"}, {"type", `"egress"`}, {"from_port", "0"}, {"to_port", "0"},
		{"protocol", `"-1"`}, {"cidr_blocks", `["0.0.0.0/0"]`}, {"ipv6_cidr_blocks", `["::/0"]`},
	})
}

func awsRule(out io.Writer, name, role string, o Opening, source []assignment) {
	block(out, fmt.Sprintf("resource \"aws_security_group_rule\" %q", name), append([]assignment{
		{"security_group_id", "aws_security_group.druid_" + role + ".id"}, {"type", `"ingress"`}, {"from_port", fmt.Sprint(o.First)},
		{"to_port", fmt.Sprint(o.Last)}, {"protocol", `"tcp"`}, {"description", fmt.Sprintf("%q", o.Name)},
	}, source...))
}

// block writes a block as terraform fmt would: the signs of assignment stand
// below one another.
func block(out io.Writer, head string, list []assignment) {
	width := 0
	for _, a := range list {
		width = max(width, len(a.name))
	}
	fmt.Fprintf(out, "\n%s {\n", head)
	for _, a := range list {
		fmt.Fprintf(out, "  %-*s = %s\n", width, a.name, a.value)
	}
	fmt.Fprintln(out, "}")
}
