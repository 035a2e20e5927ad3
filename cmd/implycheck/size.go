package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// sizeFlags are what a user may say to size.
type sizeFlags struct {
	target                        string
	role                          string
	services                      []string
	host                          bool
	instance, master, query, data string
	cores                         int64
	memory, disk                  string
	memoryLimits, cpuLimits       []string
	brokers, queryServers         int64
	dataServers, segments         int64
	lookups, reserve, workload    string
	noCache, explain              bool
	format, like                  string
	files                         filesFlags
	seen                          *seenHost
}

func newSize() *cobra.Command {
	var flags sizeFlags
	cmd := &cobra.Command{
		Use:   "size [flags]",
		Short: "Compute heap, buffers, threads and task slots for a server",
		Long: `Size computes what each process of a Data, Query and Master server should get:
heap, direct memory, processing threads, buffers, connections, caches, segment
cache and task slots. The hardware is an instance type of a cloud, or --cores,
--memory and --disk, or else the machine that the command runs on.

It prints the plan, or writes it (--write) as a conf tree or in another form (--form),
or shows what it would change in a configuration that is there, in whatever form
(--conf). What it writes comes with a list of what is left to do before the first
start. Compose starts all on one machine: without --role the plan is for one.`,
		Example: `  implycheck size
  implycheck size --instance r4.2xlarge --master-instance m5.xlarge
  implycheck size --role data --cores 16 --memory 128GiB --disk 2x1900GB --explain
  implycheck size --services historical --instance i3.2xlarge --target druid-38
  implycheck size --memory-limit historical=16GiB,broker=8GiB,4GiB --cpu-limit 2 --target druid-33
  implycheck size --like start-druid --cores 8 --memory 64GiB --target druid-33
  implycheck size --instance r4.2xlarge --conf conf/ | git apply
  implycheck size --instance r4.2xlarge --conf compose.yaml | git apply
  implycheck size --target druid-38 --instance m5.4xlarge --write new --form compose
  implycheck size --instance i3.2xlarge --write new --zookeeper zk1:2181,zk2:2181,zk3:2181 \
      --metadata postgresql://druid@db.internal/druid --deep-storage s3://bucket/druid`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return size(cmd, flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.target, "target", schema.DefaultTarget.Name, "version to size for: imply-3.0.19, druid-28, ...")
	f.StringVar(&flags.role, "role", "", "which server: data, query, master or all-in-one (default: the first three; for Compose all-in-one)")
	f.StringSliceVar(&flags.services, "services", nil, "processes of a server of your own cut: historical,middleManager")
	f.BoolVar(&flags.host, "host", false, "the machine this runs on (the default without other hardware)")
	f.StringVar(&flags.instance, "instance", "", "instance type of all servers, such as r4.2xlarge")
	f.StringVar(&flags.master, "master-instance", "", "instance type of the Master servers")
	f.StringVar(&flags.query, "query-instance", "", "instance type of the Query servers")
	f.StringVar(&flags.data, "data-instance", "", "instance type of the Data servers")
	f.Int64Var(&flags.cores, "cores", 0, "cores of the servers")
	f.StringVar(&flags.memory, "memory", "", "memory of the servers: 61GiB")
	f.StringVar(&flags.disk, "disk", "", "disks for segments on Data servers: 2TB, or 2x1900GB")
	f.StringSliceVar(&flags.memoryLimits, "memory-limit", nil, "memory of a container for each process: 4GiB, or historical=16GiB,broker=8GiB")
	f.StringSliceVar(&flags.cpuLimits, "cpu-limit", nil, "its cores: 2, 1500m, or historical=8,broker=4")
	f.Int64Var(&flags.brokers, "brokers", 0, "how many Brokers there are (2 are assumed)")
	f.Int64Var(&flags.queryServers, "query-servers", 0, "how many Query servers there are, with a Broker each")
	f.Int64Var(&flags.dataServers, "data-servers", 0, "how many Data servers there are (up to 15 are assumed)")
	f.Int64Var(&flags.segments, "segments", 0, "how many segments the cluster has")
	f.StringVar(&flags.lookups, "lookups", "0", "size of all lookup maps: 2GiB")
	f.StringVar(&flags.reserve, "reserve", "0", "memory to leave to other programs: 4GiB")
	f.StringVar(&flags.workload, "workload", string(sizing.Balanced), "what the Data servers do most: "+strings.Join(sizing.Workloads(), ", "))
	f.BoolVar(&flags.noCache, "no-cache", false, "without a query cache")
	f.StringVar(&flags.like, "like", "", "what another would do, and where size differs: start-druid")
	f.BoolVar(&flags.explain, "explain", false, "say where each number comes from")
	f.StringVar(&flags.format, "format", "table", "output format: "+strings.Join(sizeFormats(), ", "))
	flags.files.add(f)
	complete(cmd, "target", schema.TargetNames())
	complete(cmd, "role", sizing.Roles())
	complete(cmd, "services", sizing.ServiceNames())
	complete(cmd, "workload", sizing.Workloads())
	complete(cmd, "form", scaffold.Forms())
	complete(cmd, "format", sizeFormats())
	complete(cmd, "like", []string{startDruid})
	for _, name := range []string{"instance", "master-instance", "query-instance", "data-instance"} {
		_ = cmd.RegisterFlagCompletionFunc(name, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return instanceNames(), cobra.ShellCompDirectiveNoFileComp
		})
	}
	return cmd
}

// sizeFormats are those of a plan, and the diff against a tree.
func sizeFormats() []string { return append(report.PlanNames(), "diff") }

func instanceNames() []string {
	var names []string
	for _, i := range sizing.Instances() {
		names = append(names, i.Name)
	}
	return names
}

const startDruid = "start-druid"

// advise is the plan, or what start-druid would do.
func (flags sizeFlags) advise(r sizing.Request) (sizing.Plan, error) {
	switch flags.like {
	case "":
		return sizing.Advise(r)
	case startDruid:
		return sizing.LikeStartDruid(r)
	}
	return sizing.Plan{}, fmt.Errorf("--like: unknown %q: write %s", flags.like, startDruid)
}

func size(cmd *cobra.Command, flags sizeFlags) error {
	flags.seen = &seenHost{}
	request, err := flags.request()
	if err != nil {
		return err
	}
	if err := flags.files.check(cmd.Flags()); err != nil {
		return err
	}
	fmt.Fprint(cmd.ErrOrStderr(), memoryNote("memory", flags.memory))
	tree, err := flags.files.openConf(cmd.Context(), cmd.Flags(), &request.Target)
	if err != nil {
		return err
	}
	form := flags.files.form
	if tree != nil {
		form = tree.Form
	}
	if request.Servers, err = flags.servers(form); err != nil {
		return err
	}
	plan, err := flags.advise(request)
	if err != nil {
		return err
	}
	plan.Notes = append(plan.Notes, flags.seen.notes()...)
	switch {
	case tree != nil:
		return flags.files.diff(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), tree, plan)
	case flags.files.write != "":
		return flags.files.writeTree(cmd.ErrOrStderr(), plan)
	}
	format, err := report.LookupPlan(flags.format)
	if err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	width, color := report.Screen(cmd.OutOrStdout())
	return format(cmd.OutOrStdout(), &plan, report.PlanOptions{Width: width, Color: color, Explain: flags.explain, Made: time.Now()})
}
