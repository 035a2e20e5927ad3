package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/report/diagram"
	"github.com/implycheck/implycheck/internal/report/firewall"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/ports"
)

// portsFlags are what a user may say to ports.
type portsFlags struct {
	open               openFlags
	deployment, format string
	roles              []string
	sources            map[string]*[]string
}

func newPorts() *cobra.Command {
	flags := portsFlags{sources: map[string]*[]string{}}
	cmd := &cobra.Command{
		Use:   "ports [flags] PATH",
		Short: "Say which ports a cluster needs, and who calls whom",
		Long: `Ports reads from a tree every port that its processes open, with the line or the
default that it comes from, and who connects to what: as tables, as a diagram, or
as rules of a firewall. Each role's rules let in those who need it, established
connections, the loopback and SSH, and nothing else.

Addresses of servers are not in a tree: say them with --master, --query, --data
and --clients. Without them the rules have names to fill in.`,
		Example: `  implycheck ports conf/
  implycheck ports --format mermaid conf/
  implycheck ports --format nftables --role data --master 10.0.0.0/28 --query 10.0.1.0/28 --data 10.0.2.0/24 conf/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("ports of what? Name one configuration tree, as in: implycheck ports conf/")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return portsOf(cmd, flags, args[0]) },
	}
	f := cmd.Flags()
	flags.open.add(cmd, "the tree is")
	f.StringVar(&flags.deployment, "deployment", "auto", "where the processes run: auto, single (one machine) or cluster")
	f.StringVar(&flags.format, "format", "table", "output format: "+strings.Join(portsFormats(), ", "))
	f.StringSliceVar(&flags.roles, "role", nil, "only this server's ports: master, query or data; several with commas for a server that is both")
	for _, group := range firewall.Groups {
		flags.sources[group] = f.StringSlice(group, nil, "addresses of "+firewall.Describe(group)+": 10.0.0.0/28, with commas between several")
	}
	complete(cmd, "deployment", config.Deployments)
	complete(cmd, "format", portsFormats())
	complete(cmd, "role", ports.Roles)
	return cmd
}

func portsFormats() []string {
	return slices.Concat(report.TableFormats, diagram.Names(), firewall.Names())
}

func portsOf(cmd *cobra.Command, flags portsFlags, path string) error {
	sources, err := flags.check()
	if err != nil {
		return err
	}
	t, err := flags.open.open(cmd.Context(), path)
	if err != nil {
		return err
	}
	deployment, err := flags.open.deployment(t, flags.deployment)
	if err != nil {
		return err
	}
	m := ports.Of(t, deployment.Single() && !flags.several(t))
	if len(flags.roles) > 0 {
		m = m.Only(flags.roles)
	}
	m = mask.Each(m, t.Masker().Text)
	out := cmd.OutOrStdout()
	if write, ok := diagram.Lookup(flags.format); ok {
		return write(out, m)
	}
	if write, ok := firewall.Lookup(flags.format); ok {
		return write(out, firewall.New(m, sources, len(flags.roles) > 0))
	}
	if flags.format == "json" {
		return report.WriteJSON(out, struct {
			Version int `json:"version"`
			ports.Map
		}{1, m})
	}
	return report.PortsText(out, flags.format, m)
}

// several reports whether the user or the supervise files speak of several
// servers, where nobody says that there is one.
func (flags portsFlags) several(t *conf.Tree) bool {
	if flags.deployment != "auto" {
		return false
	}
	named := slices.ContainsFunc(ports.Roles, func(role string) bool { return len(*flags.sources[role]) > 0 })
	return named || len(flags.roles) > 0 || ports.Supervised(t) > 1
}

// check refuses what ports does not know.
func (flags portsFlags) check() (firewall.Sources, error) {
	if err := checkDeployment(flags.deployment); err != nil {
		return nil, err
	}
	if !slices.Contains(portsFormats(), flags.format) {
		return nil, fmt.Errorf("--format: unknown %q: write one of %s", flags.format, strings.Join(portsFormats(), ", "))
	}
	for _, role := range flags.roles {
		if !slices.Contains(ports.Roles, role) {
			return nil, fmt.Errorf("--role: unknown %q: write one of %s", role, strings.Join(ports.Roles, ", "))
		}
	}
	sources := firewall.Sources{}
	for group, texts := range flags.sources {
		list, err := firewall.ParsePrefixes(*texts)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", group, err)
		}
		sources[group] = list
	}
	return sources, nil
}
