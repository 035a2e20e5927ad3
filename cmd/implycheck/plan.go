package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// planFlags are what a user may say to plan.
type planFlags struct {
	target, format, data, hot, ingest, queries string
	replication, tasks, cores                  int64
	instances, assume, tiers, prices           []string
	query, master, memory, disk                string
	explain                                    bool
}

func newPlan() *cobra.Command {
	var flags planFlags
	cmd := &cobra.Command{
		Use:   "plan --data SIZE --instance NAME[,NAME...] [flags]",
		Short: "Compute how many servers a cluster needs",
		Long: `Plan computes how many Data, Query and Master servers hold some amount of data and
serve it, what decides their number, and what is left when one of them is lost.
Several instance types are compared side by side. What each server gives is what
size would set on it.

What nobody can know beforehand is assumed, and shown with its source; --assume
sets it. Druid's documentation has few numbers for that, and some are old: measure
your own queries and streams.`,
		Example: `  implycheck plan --data 20TB --instance i3.2xlarge
  implycheck plan --data 20TB --hot 30d/1y --ingest 200MB/s --tasks 12 --queries 50/s --instance i3.2xlarge,i3en.3xlarge
  implycheck plan --data 20TB --tier hot=30d/1y:2@memory --tier cold=1y/1y:1,i3en.3xlarge --instance r5d.4xlarge
  implycheck plan --data 20TB --instance i3.2xlarge,i3.4xlarge --price i3.2xlarge=0.624,i3.4xlarge=1.248 --format html > plan.html
  implycheck plan --data 20TB --assume growth=50% --assume horizon=24 --assume zones=3 --instance i3.4xlarge
  implycheck plan --data 5TB --instance r4.2xlarge --disk 2TB --master-instance m5.xlarge --assume fill=90%`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return planClusters(cmd, flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.target, "target", schema.DefaultTarget.Name, "version to plan for: imply-3.0.19, druid-28, ...")
	f.StringVar(&flags.data, "data", "", "size of all segments, without their copies: 20TB")
	f.Int64Var(&flags.replication, "replication", 2, "copies of each segment")
	f.StringVar(&flags.hot, "hot", "", "newest part of all time that is to be in memory: 30d/1y")
	f.StringVar(&flags.ingest, "ingest", "0", "what streams bring: 200MB/s")
	f.Int64Var(&flags.tasks, "tasks", 0, "tasks that read streams: the sum of taskCount")
	f.StringVar(&flags.queries, "queries", "0", "queries that come in: 50/s")
	f.StringSliceVar(&flags.instances, "instance", nil, "instance type of all servers; several, with commas between, to compare them")
	f.StringVar(&flags.query, "query-instance", "", "instance type of the Query servers")
	f.StringVar(&flags.master, "master-instance", "", "instance type of the Master servers")
	f.Int64Var(&flags.cores, "cores", 0, "cores of all servers, instead of --instance")
	f.StringVar(&flags.memory, "memory", "", "memory of all servers, instead of --instance: 61GiB")
	f.StringVar(&flags.disk, "disk", "", "disks for segments of Data servers without local ones: 2TB or 2x1900GB")
	f.StringArrayVar(&flags.tiers, "tier", nil, "data by its age, from the newest: hot=30d/1y:2@memory, then cold=1y/1y:1, each perhaps with its servers: ...,i3en.3xlarge")
	f.StringSliceVar(&flags.prices, "price", nil, "what an hour of an instance costs: i3.2xlarge=0.624; none is built in")
	f.StringArrayVar(&flags.assume, "assume", nil, "set an assumption, fill=90%; may be given several times")
	f.BoolVar(&flags.explain, "explain", false, "say where each number comes from")
	f.StringVar(&flags.format, "format", "table", "output format: table, markdown, html or json")
	complete(cmd, "target", schema.TargetNames())
	complete(cmd, "format", append(slices.Clone(report.TableFormats), "html"))
	complete(cmd, "assume", sizing.DefaultAssumptions().Names())
	for _, name := range []string{"instance", "query-instance", "master-instance"} {
		_ = cmd.RegisterFlagCompletionFunc(name, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return instanceNames(), cobra.ShellCompDirectiveNoFileComp
		})
	}
	return cmd
}

func planClusters(cmd *cobra.Command, flags planFlags) error {
	if formats := append(slices.Clone(report.TableFormats), "html"); !slices.Contains(formats, flags.format) {
		return fmt.Errorf("--format: unknown %q: write one of %s", flags.format, strings.Join(formats, ", "))
	}
	demand, err := flags.demand()
	if err != nil {
		return err
	}
	kinds, err := flags.machines()
	if err != nil {
		return err
	}
	fmt.Fprint(cmd.ErrOrStderr(), memoryNote("memory", flags.memory))
	plans := make([]report.ClusterPlan, len(kinds))
	for i, m := range kinds {
		plans[i].Name = m.Data.Name
		if plans[i].Cluster, err = sizing.PlanCluster(demand, m); err != nil {
			return fmt.Errorf("%s: %w", m.Data.Name, err)
		}
		plans[i].Next = nextStep(flags, plans[i])
	}
	prices, err := parsePrices(flags.prices, plans)
	if err != nil {
		return fmt.Errorf("--price: %w", err)
	}
	answer := report.Clusters{Demand: demand, Hot: flags.hot, Plans: plans, Explain: flags.explain, Prices: prices, Made: time.Now()}
	switch flags.format {
	case "json":
		return report.WriteJSON(cmd.OutOrStdout(), report.ClustersDoc(answer))
	case "html":
		return report.ClustersHTML(cmd.OutOrStdout(), answer)
	}
	return report.ClustersText(cmd.OutOrStdout(), flags.format, answer)
}

// demand turns flags into what the cluster must do.
func (flags planFlags) demand() (d sizing.Demand, err error) {
	d = sizing.Demand{Replication: flags.replication, Tasks: flags.tasks, Assumptions: sizing.DefaultAssumptions()}
	if flags.data == "" {
		return d, errors.New("plan for what? Say how large all segments are, without their copies: --data 20TB")
	}
	if d.Target, err = schema.ParseTarget(flags.target); err != nil {
		return d, fmt.Errorf("--target: %w", err)
	}
	if d.Data, err = text.ParseAmount(flags.data, "TB"); err != nil {
		return d, fmt.Errorf("--data: %w", err)
	}
	if flags.hot != "" {
		if d.Hot, err = sizing.ParseShare(flags.hot); err != nil {
			return d, fmt.Errorf("--hot: %w", err)
		}
	}
	if d.Ingest, err = sizing.ParseRate(flags.ingest); err != nil {
		return d, fmt.Errorf("--ingest: %w", err)
	}
	if d.Queries, err = sizing.ParseCountRate(flags.queries); err != nil {
		return d, fmt.Errorf("--queries: %w", err)
	}
	for _, text := range flags.tiers {
		tier, err := parseTier(text)
		if err != nil {
			return d, fmt.Errorf("--tier: %w", err)
		}
		d.Tiers = append(d.Tiers, tier)
	}
	for _, text := range flags.assume {
		if err := d.Assumptions.Set(text); err != nil {
			return d, fmt.Errorf("--assume: %w", err)
		}
	}
	return d, nil
}

// machines are the servers to compare.
func (flags planFlags) machines() ([]sizing.Machines, error) {
	described, err := sizing.Described("", 0, "", flags.disk)
	if err != nil {
		return nil, fmt.Errorf("--%w", err)
	}
	all, err := flags.dataMachines()
	if err != nil {
		return nil, err
	}
	list := make([]sizing.Machines, len(all))
	for i, m := range all {
		list[i] = sizing.Machines{Data: m, Query: m, Master: m}
		if len(m.Disks) == 0 {
			list[i].Data.Disks = described.Disks
		}
		if flags.query != "" {
			if err := setInstance(&list[i].Query, flags.query); err != nil {
				return nil, fmt.Errorf("--query-instance: %w", err)
			}
		}
		if flags.master != "" {
			if err := setInstance(&list[i].Master, flags.master); err != nil {
				return nil, fmt.Errorf("--master-instance: %w", err)
			}
		}
	}
	return list, nil
}

// dataMachines are the instances that were named, or the one that was described.
func (flags planFlags) dataMachines() ([]sizing.Machine, error) {
	if len(flags.instances) == 0 {
		return flags.ownMachine()
	}
	if flags.cores != 0 || flags.memory != "" {
		return nil, errors.New("--cores and --memory describe servers instead of --instance: say one or the other")
	}
	var list []sizing.Machine
	for _, name := range flags.instances {
		var m sizing.Machine
		if err := setInstance(&m, strings.TrimSpace(name)); err != nil {
			return nil, fmt.Errorf("--instance: %w", err)
		}
		if !slices.ContainsFunc(list, func(other sizing.Machine) bool { return other.Name == m.Name }) {
			list = append(list, m)
		}
	}
	return list, nil
}

func (flags planFlags) ownMachine() ([]sizing.Machine, error) {
	if flags.cores == 0 || flags.memory == "" {
		return nil, errors.New("on which servers? Say --instance i3.2xlarge, several to compare them, or --cores and --memory")
	}
	m, err := sizing.Described("", flags.cores, flags.memory, "")
	if err != nil {
		return nil, fmt.Errorf("--%w", err)
	}
	m.Name = m.String()
	return []sizing.Machine{m}, nil
}

func setInstance(m *sizing.Machine, name string) error {
	i, err := sizing.LookupInstance(name)
	if err == nil {
		*m = i.Machine()
	}
	return err
}

// nextStep is the command that sizes the servers of a plan.
func nextStep(flags planFlags, p report.ClusterPlan) string {
	data := p.Cluster.Fleets[0]
	step := "implycheck size"
	add := func(flag, value string) {
		if value != "" {
			step += " --" + flag + " " + value
		}
	}
	if flags.target != schema.DefaultTarget.Name {
		add("target", flags.target)
	}
	if len(flags.instances) > 0 {
		add("instance", p.Name)
	} else {
		add("cores", fmt.Sprint(data.Machine.Cores))
		add("memory", flags.memory)
	}
	if i, err := sizing.LookupInstance(p.Name); err != nil || i.Local.Space == 0 {
		add("disk", flags.disk)
	}
	add("query-instance", flags.query)
	add("master-instance", flags.master)
	return fmt.Sprintf("%s --brokers %d --data-servers %d --segments %d", step, p.Cluster.Count(sizing.Query), p.Cluster.Count(sizing.Data), p.Cluster.Segments)
}

// parseTier reads a tier and, behind a comma, the instance type of its servers.
func parseTier(given string) (sizing.Tier, error) {
	text, name, named := strings.Cut(given, ",")
	tier, err := sizing.ParseTier(text)
	if err == nil && named {
		err = setInstance(&tier.Machine, strings.TrimSpace(name))
	}
	return tier, err
}

// parsePrices reads what an hour of each instance of the plans costs.
func parsePrices(given []string, plans []report.ClusterPlan) (map[string]float64, error) {
	var names []string
	for _, p := range plans {
		for _, f := range p.Cluster.Fleets {
			names = append(names, f.Machine.Name)
		}
	}
	prices := map[string]float64{}
	for _, text := range given {
		name, price, ok := strings.Cut(text, "=")
		n, err := strconv.ParseFloat(price, 64)
		if !ok || err != nil || !(n >= 0 && n < 1e6) {
			return nil, fmt.Errorf("%q is no price: write an instance and what an hour of it costs, as in i3.2xlarge=0.624", text)
		}
		name = strings.TrimSpace(name)
		if !slices.Contains(names, name) {
			slices.Sort(names)
			return nil, fmt.Errorf("%s is not in this plan, which has %s", name, strings.Join(slices.Compact(names), ", "))
		}
		prices[name] = n
	}
	return prices, nil
}
