package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// sizeFlags are what a user may say to size.
type sizeFlags struct {
	target                         string
	role                           string
	instance, master, query, data  string
	cores                          int64
	memory, disk                   string
	brokers, dataServers, segments int64
	lookups, reserve, workload     string
	noCache, explain               bool
	format                         string
	files                          filesFlags
}

var sizeFormats = []string{"table", "markdown", "json", "diff"}

var sizeRoles = []string{"cluster", "master", "query", "data", "all-in-one"}

func newSize() *cobra.Command {
	var flags sizeFlags
	cmd := &cobra.Command{
		Use:   "size [flags]",
		Short: "Compute heap, buffers, threads and task slots for a server",
		Long: `Size computes what each process of a Data, Query and Master server should get:
heap, direct memory, processing threads, buffers, connections, caches, segment
cache and task slots. The hardware is an instance type of a cloud, or --cores,
--memory and --disk, or else the machine that the command runs on. --write makes
a conf tree of it; --conf shows what to change in one that is there, as a diff
that git apply takes.`,
		Example: `  implycheck size
  implycheck size --instance r4.2xlarge --master-instance m5.xlarge
  implycheck size --role data --cores 16 --memory 128GiB --disk 2TB --explain
  implycheck size --instance i3.2xlarge --write new-conf --zookeeper zk1:2181,zk2:2181,zk3:2181
  implycheck size --instance i3.2xlarge --conf conf > size.patch`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return size(cmd, flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.target, "target", schema.DefaultTarget.Name, "version to size for: imply-3.0.19, druid-28, ...")
	f.StringVar(&flags.role, "role", "cluster", "which servers: cluster (all three), master, query, data or all-in-one")
	f.StringVar(&flags.instance, "instance", "", "instance type of all servers, such as r4.2xlarge")
	f.StringVar(&flags.master, "master-instance", "", "instance type of the Master servers")
	f.StringVar(&flags.query, "query-instance", "", "instance type of the Query servers")
	f.StringVar(&flags.data, "data-instance", "", "instance type of the Data servers")
	f.Int64Var(&flags.cores, "cores", 0, "cores of the servers")
	f.StringVar(&flags.memory, "memory", "", "memory of the servers: 61GiB")
	f.StringVar(&flags.disk, "disk", "", "disk for segments on Data servers: 2TB")
	f.Int64Var(&flags.brokers, "brokers", 1, "how many Brokers there are")
	f.Int64Var(&flags.dataServers, "data-servers", 1, "how many Data servers there are")
	f.Int64Var(&flags.segments, "segments", 0, "how many segments the cluster has")
	f.StringVar(&flags.lookups, "lookups", "0", "size of all lookup maps: 2GiB")
	f.StringVar(&flags.reserve, "reserve", "0", "memory to leave to other programs: 4GiB")
	f.StringVar(&flags.workload, "workload", "balanced", "what the Data servers do most: query, balanced or ingest")
	f.BoolVar(&flags.noCache, "no-cache", false, "without a query cache")
	f.BoolVar(&flags.explain, "explain", false, "say where each number comes from")
	f.StringVar(&flags.format, "format", "table", "output format: table, markdown, json, or diff with --conf")
	flags.files.add(f)
	complete(cmd, "target", schema.TargetNames())
	complete(cmd, "role", sizeRoles)
	complete(cmd, "workload", []string{"query", "balanced", "ingest"})
	complete(cmd, "format", sizeFormats)
	for _, name := range []string{"instance", "master-instance", "query-instance", "data-instance"} {
		_ = cmd.RegisterFlagCompletionFunc(name, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return instanceNames(), cobra.ShellCompDirectiveNoFileComp
		})
	}
	return cmd
}

func instanceNames() []string {
	var names []string
	for _, i := range sizing.Instances() {
		names = append(names, i.Name)
	}
	return names
}

func size(cmd *cobra.Command, flags sizeFlags) error {
	request, err := flags.request()
	if err != nil {
		return err
	}
	if !slices.Contains(sizeFormats, flags.format) {
		return fmt.Errorf("--format: unknown %q: write one of %s", flags.format, strings.Join(sizeFormats, ", "))
	}
	if err := flags.files.check(cmd.Flags()); err != nil {
		return err
	}
	tree, err := flags.files.openConf(cmd.Flags(), &request.Target)
	if err != nil {
		return err
	}
	plan, err := sizing.Advise(request)
	if err != nil {
		return err
	}
	if tree != nil {
		return flags.files.diff(cmd.OutOrStdout(), cmd.ErrOrStderr(), tree, plan)
	}
	if flags.files.write != "" {
		return flags.files.writeTree(cmd.ErrOrStderr(), plan)
	}
	if flags.format == "json" {
		return writeJSON(cmd.OutOrStdout(), planDoc(plan))
	}
	return planTables(cmd.OutOrStdout(), plan, flags)
}

// request turns flags into a request.
func (flags sizeFlags) request() (r sizing.Request, err error) {
	r = sizing.Request{Brokers: flags.brokers, DataServers: flags.dataServers, Segments: flags.segments, NoCache: flags.noCache, Workload: flags.workload}
	if r.Target, err = schema.ParseTarget(flags.target); err != nil {
		return r, fmt.Errorf("--target: %w", err)
	}
	if !slices.Contains([]string{"query", "balanced", "ingest"}, flags.workload) {
		return r, fmt.Errorf("--workload: unknown %q: write query, balanced or ingest", flags.workload)
	}
	for name, n := range map[string]int64{"brokers": flags.brokers, "data-servers": flags.dataServers, "segments": flags.segments + 1, "cores": flags.cores + 1} {
		if n < 1 {
			return r, fmt.Errorf("--%s: must be positive", name)
		}
	}
	if r.Lookups, err = sizing.ParseSize(flags.lookups); err != nil {
		return r, fmt.Errorf("--lookups: %w", err)
	}
	if r.Reserve, err = sizing.ParseSize(flags.reserve); err != nil {
		return r, fmt.Errorf("--reserve: %w", err)
	}
	roles := []string{flags.role}
	switch flags.role {
	case "cluster":
		roles = []string{"data", "query", "master"}
	case "all-in-one":
		roles = []string{"all"}
	case "master", "query", "data":
	default:
		return r, fmt.Errorf("--role: unknown %q: write one of %s", flags.role, strings.Join(sizeRoles, ", "))
	}
	for _, role := range roles {
		m, err := flags.machine(role)
		if err != nil {
			return r, err
		}
		r.Servers = append(r.Servers, sizing.ServerRequest{Role: role, Machine: m})
	}
	return r, nil
}

// machine is the hardware for a role: what the flags say, else this machine's.
func (flags sizeFlags) machine(role string) (m sizing.Machine, err error) {
	name := map[string]string{"master": flags.master, "query": flags.query, "data": flags.data}[role]
	if name == "" {
		name = flags.instance
	}
	if name != "" {
		if err := setInstance(&m, name); err != nil {
			return m, fmt.Errorf("--instance: %w", err)
		}
	}
	if flags.memory != "" {
		if m.Memory, err = sizing.ParseSize(flags.memory); err != nil {
			return m, fmt.Errorf("--memory: %w", err)
		}
	}
	if flags.disk != "" {
		if m.Disks, err = sizing.ParseDisks(flags.disk); err != nil {
			return m, fmt.Errorf("--disk: %w", err)
		}
	}
	if flags.cores > 0 {
		m.Cores = flags.cores
	}
	if name == "" && (m.Cores == 0) != (m.Memory == 0) {
		return m, errors.New("say both --cores and --memory, or an --instance, or nothing for this machine")
	}
	if m.Cores > 0 {
		return m, nil
	}
	host, err := hostMachine()
	if len(m.Disks) > 0 {
		host.Disks = m.Disks
	}
	return host, err
}

// planTables prints a table for each server.
func planTables(w io.Writer, plan sizing.Plan, flags sizeFlags) error {
	for i, s := range plan.Servers {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s server: %d cores, %s of memory (%s)\n\n", serverTitle(s.Role), s.Machine.Cores, sizing.About(s.Machine.Memory), plan.Target.Name)
		if err := serverTable(w, s, flags); err != nil {
			return err
		}
		fmt.Fprintf(w, "\n%s committed, %s left to the kernel and its page cache", sizing.About(s.Committed), sizing.About(s.Free))
		if s.Segments > 0 {
			fmt.Fprintf(w, ", %d %% of %s of segments", 100*s.Free/s.Segments, sizing.About(s.Segments))
		}
		fmt.Fprintln(w, ".")
	}
	return nil
}

func serverTitle(role string) string {
	if role == "all" {
		return "All-in-one"
	}
	return strings.ToUpper(role[:1]) + role[1:]
}

func serverTable(w io.Writer, s sizing.Server, flags sizeFlags) error {
	options := []tablewriter.Option{tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithRowAutoWrap(tw.WrapNone), tablewriter.WithHeaderAlignment(tw.AlignLeft)}
	if flags.format == "markdown" {
		options = append(options, tablewriter.WithRenderer(renderer.NewMarkdown()))
	} else {
		options = append(options, tablewriter.WithSymbols(tw.NewSymbols(tw.StyleLight)))
	}
	table := tablewriter.NewTable(w, options...)
	header := []string{"process", "setting", "value"}
	if flags.explain {
		header = append(header, "because", "source")
	}
	table.Header(header)
	for _, p := range s.Processes {
		name := p.Service
		for _, f := range p.Figures {
			row := []string{name, f.Key, shortened(f.Value, flags.format)}
			if flags.explain {
				row = append(row, f.Formula, f.Source)
			}
			if err := table.Append(row); err != nil {
				return err
			}
			name = ""
		}
	}
	return table.Render()
}

// shortened cuts a long value in a table for the screen.
func shortened(value, format string) string {
	if format == "table" && len(value) > 48 {
		return value[:45] + "..."
	}
	return value
}

// planDoc is the JSON shape of a plan.
func planDoc(plan sizing.Plan) map[string]any {
	servers := make([]map[string]any, len(plan.Servers))
	for i, s := range plan.Servers {
		processes := make([]map[string]any, len(s.Processes))
		for j, p := range s.Processes {
			figures := make([]map[string]string, len(p.Figures))
			for k, f := range p.Figures {
				figures[k] = map[string]string{"key": f.Key, "value": f.Value, "formula": f.Formula, "source": f.Source}
			}
			processes[j] = map[string]any{
				"service": p.Service, "heap": p.Heap, "direct": p.Direct, "tasks": p.Tasks, "taskHeap": p.TaskHeap, "taskDirect": p.TaskDirect, "figures": figures,
			}
		}
		servers[i] = map[string]any{
			"role": s.Role, "cores": s.Machine.Cores, "memory": s.Machine.Memory, "disk": s.Machine.DiskSpace(),
			"committed": s.Committed, "free": s.Free, "segments": s.Segments, "processes": processes,
		}
	}
	return map[string]any{"version": 1, "target": plan.Target.Name, "servers": servers}
}
