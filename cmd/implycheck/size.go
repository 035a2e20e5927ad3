package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	target                                   string
	role                                     string
	services                                 []string
	host                                     bool
	instance, master, query, data            string
	cores                                    int64
	memory, disk                             string
	brokers, dataServers, segments           int64
	lookups, reserve, workload               string
	noCache, explain, force                  bool
	write, format, zooKeeper, metadata, deep string
}

var workloads = []string{string(sizing.QueryHeavy), string(sizing.Balanced), string(sizing.IngestHeavy)}

func newSize() *cobra.Command {
	var flags sizeFlags
	cmd := &cobra.Command{
		Use:   "size [flags]",
		Short: "Compute heap, buffers, threads and task slots for a server",
		Long: `Size computes what each process of a Data, Query and Master server should get:
heap, direct memory, processing threads, buffers, connections, caches, segment
cache and task slots. The hardware is an instance type of a cloud, or --cores,
--memory and --disk, or else the machine that the command runs on.`,
		Example: `  implycheck size
  implycheck size --instance r4.2xlarge --master-instance m5.xlarge
  implycheck size --role data --cores 16 --memory 128GiB --disk 2TB --explain
  implycheck size --instance i3.2xlarge --write new-conf --zookeeper zk1:2181,zk2:2181,zk3:2181`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return size(cmd, flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.target, "target", schema.DefaultTarget.Name, "version to size for: imply-3.0.19, druid-28, ...")
	f.StringVar(&flags.role, "role", "", "which server: data, query, master or all-in-one (default: the first three)")
	f.StringSliceVar(&flags.services, "services", nil, "processes of a server of your own cut: historical,middleManager")
	f.BoolVar(&flags.host, "host", false, "the machine this runs on (the default without other hardware)")
	f.StringVar(&flags.instance, "instance", "", "instance type of all servers, such as r4.2xlarge")
	f.StringVar(&flags.master, "master-instance", "", "instance type of the Master servers")
	f.StringVar(&flags.query, "query-instance", "", "instance type of the Query servers")
	f.StringVar(&flags.data, "data-instance", "", "instance type of the Data servers")
	f.Int64Var(&flags.cores, "cores", 0, "cores of the servers")
	f.StringVar(&flags.memory, "memory", "", "memory of the servers: 61GiB")
	f.StringVar(&flags.disk, "disk", "", "disks for segments on Data servers: 2TB, or 2x1900GB")
	f.Int64Var(&flags.brokers, "brokers", 1, "how many Brokers there are")
	f.Int64Var(&flags.dataServers, "data-servers", 1, "how many Data servers there are")
	f.Int64Var(&flags.segments, "segments", 0, "how many segments the cluster has")
	f.StringVar(&flags.lookups, "lookups", "0", "size of all lookup maps: 2GiB")
	f.StringVar(&flags.reserve, "reserve", "0", "memory to leave to other programs: 4GiB")
	f.StringVar(&flags.workload, "workload", "balanced", "what the Data servers do most: query, balanced or ingest")
	f.BoolVar(&flags.noCache, "no-cache", false, "without a query cache")
	f.BoolVar(&flags.explain, "explain", false, "say where each number comes from")
	f.StringVar(&flags.format, "format", "table", "output format: table, markdown or json")
	f.StringVar(&flags.write, "write", "", "write a conf tree into this folder")
	f.BoolVar(&flags.force, "force", false, "with --write: replace files, and keep the old ones as *.bak")
	f.StringVar(&flags.zooKeeper, "zookeeper", "", "with --write: ZooKeeper servers, h1:2181,h2:2181,h3:2181")
	f.StringVar(&flags.metadata, "metadata", "", "with --write: metadata store, postgresql://db.internal/druid")
	f.StringVar(&flags.deep, "deep-storage", "", "with --write: deep storage, s3://bucket/prefix")
	complete(cmd, "target", schema.TargetNames())
	complete(cmd, "role", sizing.Roles())
	complete(cmd, "services", sizing.ServiceNames())
	complete(cmd, "workload", workloads)
	complete(cmd, "format", []string{"table", "markdown", "json"})
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
	if !slices.Contains([]string{"table", "markdown", "json"}, flags.format) {
		return fmt.Errorf("--format: unknown %q: write table, markdown or json", flags.format)
	}
	plan, err := sizing.Advise(request)
	if err != nil {
		return err
	}
	if flags.write != "" {
		files, err := plan.Files(sizing.Site{ZooKeeper: flags.zooKeeper, Metadata: flags.metadata, DeepStorage: flags.deep})
		if err != nil {
			return err
		}
		return writeTree(cmd.ErrOrStderr(), flags.write, files, flags.force)
	}
	if flags.format == "json" {
		return writeJSON(cmd.OutOrStdout(), planDoc(plan))
	}
	return planTables(cmd.OutOrStdout(), plan, flags)
}

// request turns flags into a request.
func (flags sizeFlags) request() (r sizing.Request, err error) {
	r = sizing.Request{Brokers: flags.brokers, DataServers: flags.dataServers, Segments: flags.segments, NoCache: flags.noCache, Workload: sizing.Workload(flags.workload)}
	if r.Target, err = schema.ParseTarget(flags.target); err != nil {
		return r, fmt.Errorf("--target: %w", err)
	}
	if !slices.Contains(workloads, flags.workload) {
		return r, fmt.Errorf("--workload: unknown %q: write one of %s", flags.workload, strings.Join(workloads, ", "))
	}
	if err := inRange(flags); err != nil {
		return r, err
	}
	if r.Lookups, err = sizing.ParseSize(flags.lookups); err != nil {
		return r, fmt.Errorf("--lookups: %w", err)
	}
	if r.Reserve, err = sizing.ParseSize(flags.reserve); err != nil {
		return r, fmt.Errorf("--reserve: %w", err)
	}
	r.Servers, err = flags.servers()
	return r, err
}

// inRange checks the numbers.
func inRange(flags sizeFlags) error {
	for _, number := range []struct {
		flag           string
		n, least, most int64
	}{
		{"brokers", flags.brokers, 1, 10_000}, {"data-servers", flags.dataServers, 1, 100_000},
		{"segments", flags.segments, 0, 1_000_000_000}, {"cores", flags.cores, 0, 100_000},
	} {
		if number.n < number.least || number.n > number.most {
			return fmt.Errorf("--%s: %d: write a number from %d to %d", number.flag, number.n, number.least, number.most)
		}
	}
	return nil
}

// servers are those that --role or --services name; without either the three of
// a cluster.
func (flags sizeFlags) servers() (list []sizing.ServerRequest, err error) {
	roles := []string{sizing.Data, sizing.Query, sizing.Master}
	switch {
	case len(flags.services) > 0 && flags.role != "":
		return nil, errors.New("--role and --services exclude each other")
	case len(flags.services) > 0:
		roles = []string{strings.Join(flags.services, "+")}
	case flags.role != "":
		roles = []string{flags.role}
	}
	for _, role := range roles {
		s := sizing.ServerRequest{Role: role, Services: flags.services}
		if s.Machine, err = flags.machine(role); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
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
		if flags.host {
			return m, errors.New("--host and other hardware exclude each other")
		}
		return m, nil
	}
	host, err := hostMachine()
	if len(m.Disks) > 0 {
		host.Disks = m.Disks
	}
	return host, err
}

// writeTree writes files below a folder. Without force it writes none if one is
// there already.
func writeTree(log io.Writer, dir string, files map[string]string, force bool) error {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		full := filepath.Join(dir, "conf", name)
		if _, err := os.Lstat(full); err == nil && !force {
			return fmt.Errorf("%s exists: nothing was written; --force replaces files and keeps the old ones as *.bak", full)
		}
	}
	for _, name := range names {
		full := filepath.Join(dir, "conf", name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if _, err := os.Lstat(full); err == nil {
			if err := os.Rename(full, full+".bak"); err != nil {
				return err
			}
		}
		if err := os.WriteFile(full, []byte(files[name]), 0o644); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(log, "wrote %d files to %s; now: implycheck lint %s\n", len(names), filepath.Join(dir, "conf"), filepath.Join(dir, "conf"))
	return err
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
	if role == sizing.AllInOne {
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
