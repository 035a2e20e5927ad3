package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/preflight"
)

// preflightFlags are what a user may say to preflight.
type preflightFlags struct {
	options           preflight.Options
	open              openFlags
	deployment, color string
	hosts, peers      []string

	gather, exitZero, quiet, verbose, noIgnores bool

	output outputFlags
	config configFlags
}

func newPreflight() *cobra.Command {
	var flags preflightFlags
	cmd := &cobra.Command{
		Use:   "preflight [flags] PATH",
		Short: "Ask whether a cluster will start here, now",
		Long: `Preflight looks at the machine that it runs on, and at what the processes of a
configuration depend on: ports, names, memory, disks, limits and clock; extensions,
drivers and key stores; ZooKeeper, the metadata store, deep storage, and the other
servers. The configuration says what is needed, --role which of its processes run
here. Each check answers pass, warn, fail or unknown: what cannot be found out is
shown as unknown, and never counted as passed.

It needs neither root nor Java, and reads only: it connects, asks and looks. With
--probe-writes it also writes, lists that before, and deletes it again.

On many machines: --gather writes what it sees as JSON, and --hosts judges such
files of all hosts together. docs/preflight.md has a task for Ansible and a Job for
Kubernetes.

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 used
wrongly, interrupted or unreadable input, 3 a bug of implycheck.`,
		Example: `  implycheck preflight --role data --home /opt/imply conf/
  implycheck preflight --role master --user druid --require-known conf/
  implycheck preflight --only 'live-zk-*' --only 'live-db-*' conf/
  implycheck preflight --role data --peer master=10.0.0.4 --peer query=10.0.1.7 conf/
  implycheck preflight --role data --probe-writes conf/
  implycheck preflight --role data --format junit conf/ > preflight.xml
  implycheck preflight --role data --gather conf/ > data1.json
  implycheck preflight --hosts master1.json,data1.json,data2.json conf/
  implycheck explain live-zk-mode`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("preflight of what? Name one configuration tree, as in: implycheck preflight --role data conf/")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runPreflight(cmd, flags, args[0]) },
	}
	flags.add(cmd)
	return cmd
}

func (flags *preflightFlags) add(cmd *cobra.Command) {
	f, o := cmd.Flags(), &flags.options
	f.StringSliceVar(&o.Roles, "role", nil, "what runs on this machine: master, query, data or processes, with commas between several; all where there is one machine")
	f.StringSliceVar(&o.Only, "only", nil, "only these checks: live-dns or 'live-zk-*'; may be repeated")
	f.StringSliceVar(&o.Skip, "skip", nil, "not these checks; may be repeated")
	f.DurationVar(&o.Timeout, "timeout", 15*time.Second, "for all checks together; what has not answered then is unknown")
	f.StringVar(&o.Home, "home", "", "folder that the processes are started in, where relative paths begin; if not given, the one that holds conf, and a relative path proves nothing")
	f.StringVar(&o.User, "user", "", "who the processes run as, for the rights to folders; the user that runs this if not given")
	f.StringSliceVar(&flags.peers, "peer", nil, "another server, ROLE=HOST: master=10.0.0.4; may be repeated")
	f.StringSliceVar(&o.TimeServers, "time-server", nil, "compare the clock with this NTP server; may be repeated")
	f.BoolVar(&o.ProbeWrites, "probe-writes", false, "also write: a file in each folder, a node in ZooKeeper, an object in the bucket; each is deleted again")
	f.BoolVar(&o.RequireKnown, "require-known", false, "what cannot be determined is an error")
	f.BoolVar(&flags.gather, "gather", false, "judge nothing, and write what was measured as JSON for --hosts")
	f.StringSliceVar(&flags.hosts, "hosts", nil, "judge these files of --gather, of all hosts together, and not this machine")
	flags.open.add(cmd, "the tree is")
	f.StringVar(&flags.deployment, "deployment", "auto", "where the processes run: auto, single (one machine) or cluster")
	f.String("fail-on", "error", "lowest severity that makes the exit code 1: error, warning or info")
	f.StringVar(&flags.color, "color", "auto", "colour the text: auto, always or never")
	f.BoolVar(&flags.exitZero, "exit-zero", false, "exit with 0 whatever is found")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "in text, markdown and html: errors and warnings only, and nothing if there are none")
	f.BoolVarP(&flags.verbose, "verbose", "v", false, "list what could not be determined below the table, too")
	f.BoolVar(&flags.noIgnores, "no-ignores", false, "show everything: no comment and no ignore in the config file hides a finding")
	flags.config.add(f)
	flags.output.add(f)
	complete(cmd, "deployment", config.Deployments)
	complete(cmd, "fail-on", []string{"error", "warning", "info"})
	complete(cmd, "color", colors)
	complete(cmd, "role", []string{conf.Master, conf.Query, conf.Data})
	complete(cmd, "format", report.Names())
	complete(cmd, "output", report.Names())
	complete(cmd, "only", checkNames())
	complete(cmd, "skip", checkNames())
}

func checkNames() []string {
	var list []string
	for _, c := range preflight.All() {
		list = append(list, c.ID)
	}
	return list
}

func runPreflight(cmd *cobra.Command, flags preflightFlags, path string) error {
	outputs, err := flags.output.parse(cmd.Flags())
	if err != nil {
		return err
	}
	o, err := flags.prepare(cmd, path)
	if err != nil {
		return err
	}
	watch := newProgress(cmd.ErrOrStderr(), "checks")
	o.Progress = watch.update
	if flags.gather {
		g, err := preflight.Gather(cmd.Context(), o)
		watch.erase()
		if err != nil {
			return err
		}
		return report.WriteJSON(cmd.OutOrStdout(), g)
	}
	r, err := preflight.Run(cmd.Context(), o)
	watch.erase()
	if err != nil {
		return err
	}
	options := func(w io.Writer) report.Options {
		o := renderOptions(w, lintFlags{color: flags.color, quiet: flags.quiet, verbose: flags.verbose, sort: "severity"}, []string{path})
		o.Rules = checkTexts
		return o
	}
	if err := writeOutputs(cmd.OutOrStdout(), outputs, r, options); err != nil {
		return err
	}
	if r.Failing > 0 && !flags.exitZero {
		return exitError(exitFindings)
	}
	return nil
}

// prepare opens the tree and reads the flags.
func (flags *preflightFlags) prepare(cmd *cobra.Command, path string) (o preflight.Options, err error) {
	o = flags.options
	if err := flags.check(cmd.Flags()); err != nil {
		return o, err
	}
	if o.Config, err = flags.config.run(cmd.Flags(), path); err != nil {
		return o, err
	}
	o.Config.NoIgnores = flags.noIgnores
	flags.open.config = flags.config
	if o.Tree, err = flags.open.open(cmd.Context(), path); err != nil {
		return o, err
	}
	if o.Deployment, err = flags.open.deployment(o.Tree, flags.deployment); err != nil {
		return o, err
	}
	if o.Peers, err = peersOf(flags.peers); err != nil {
		return o, err
	}
	if o.Hosts, err = readHosts(flags.hosts); err != nil {
		return o, err
	}
	o.Tool, o.Ask = tool(), askProber
	o.Announce = func(what []string) {
		fmt.Fprintf(cmd.ErrOrStderr(), "implycheck: --probe-writes writes, and deletes again:\n  %s\n", strings.Join(what, "\n  "))
	}
	return o, nil
}

func (flags *preflightFlags) check(f *pflag.FlagSet) error {
	o := flags.options
	switch {
	case flags.gather && len(flags.hosts) > 0:
		return errors.New("--gather and --hosts exclude each other")
	case f.Changed("hosts") && len(flags.hosts) == 0: // a pattern that fits nothing is no reason to judge this machine
		return errors.New("--hosts names no file: write those that --gather has written, with commas between them")
	case o.Timeout < time.Second || o.Timeout > time.Hour:
		return fmt.Errorf("--timeout: %s: write a time from 1s to 1h", o.Timeout)
	case o.Home != "" && len(flags.hosts) == 0 && !isFolder(o.Home):
		return fmt.Errorf("--home: %s is not a folder: write the one that the processes are started in", o.Home)
	case !slices.Contains(colors, flags.color):
		return fmt.Errorf("--color: unknown %q: write one of %s", flags.color, strings.Join(colors, ", "))
	}
	return checkDeployment(flags.deployment)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// peersOf reads ROLE=HOST.
func peersOf(list []string) (map[string][]string, error) {
	peers := map[string][]string{}
	for _, text := range list {
		role, host, ok := strings.Cut(text, "=")
		if !ok || host == "" || !slices.Contains([]string{conf.Master, conf.Query, conf.Data}, role) {
			return nil, fmt.Errorf("--peer: %q: write ROLE=HOST, with master, query or data as ROLE", text)
		}
		peers[role] = append(peers[role], host)
	}
	return peers, nil
}

// mostGathered is more than one host has to tell.
const mostGathered = 16 << 20

func readHosts(paths []string) ([]preflight.Host, error) {
	var list []preflight.Host
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("--hosts: %w", err)
		}
		if !info.Mode().IsRegular() || info.Size() > mostGathered {
			return nil, fmt.Errorf("--hosts: %s was not written by --gather", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("--hosts: %w", err)
		}
		h, err := preflight.ReadHost(text)
		if err != nil {
			return nil, fmt.Errorf("--hosts: %s: %w", path, err)
		}
		list = append(list, h)
	}
	return list, nil
}
