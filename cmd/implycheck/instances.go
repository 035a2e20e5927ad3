package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

// instancesFlags are what a user may say to instances.
type instancesFlags struct {
	filter               sizing.InstanceFilter
	minMemory, maxMemory string
	format               string
}

var (
	providers     = []string{"aws", "azure", "gcp"}
	architectures = []string{"amd64", "arm64"}
)

func newInstances() *cobra.Command {
	var flags instancesFlags
	cmd := &cobra.Command{
		Use:   "instances [PATTERN]",
		Short: "List instance types of AWS, Azure and GCP",
		Long: `Instances lists the instance types that size, plan and lint know, with names as
each cloud spells them. PATTERN is a part of the name, or, with * and ? in it,
all of it; case does not matter. Disks are the local ones; all others come over
the network and are rented apart.

As of: ` + sizing.InstancesAsOf() + `.`,
		Example: `  implycheck instances 'r4.*'
  implycheck instances --provider gcp --min-memory 60GiB --max-memory 64GiB
  implycheck instances --nvme --arch arm64 --min-cores 16 --format json`,
		Args: arguments(0, 1, ""),
		RunE: func(cmd *cobra.Command, args []string) error {
			flags.filter.Pattern = strings.Join(args, "")
			return listInstances(cmd.OutOrStdout(), flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.filter.Provider, "provider", "", "only those of aws, azure or gcp")
	f.StringVar(&flags.filter.Arch, "arch", "", "only those with processors of amd64 or arm64")
	f.Int64Var(&flags.filter.MinCores, "min-cores", 0, "only those with that many cores")
	f.StringVar(&flags.minMemory, "min-memory", "0", "only those with that much memory: 64GiB")
	f.StringVar(&flags.maxMemory, "max-memory", "0", "only those with no more memory than that")
	f.BoolVar(&flags.filter.NVMe, "nvme", false, "only those with local NVMe disks")
	f.StringVar(&flags.format, "format", "table", "output format: table, markdown or json")
	complete(cmd, "provider", providers)
	complete(cmd, "arch", architectures)
	complete(cmd, "format", report.TableFormats)
	return cmd
}

func listInstances(w io.Writer, flags instancesFlags) (err error) {
	filter := flags.filter
	if filter.MinMemory, err = text.ParseSize(flags.minMemory); err != nil {
		return fmt.Errorf("--min-memory: %w", err)
	}
	if filter.MaxMemory, err = text.ParseSize(flags.maxMemory); err != nil {
		return fmt.Errorf("--max-memory: %w", err)
	}
	for _, choice := range []struct {
		flag, value string
		of          []string
	}{{"provider", filter.Provider, append(providers, "")}, {"arch", filter.Arch, append(architectures, "")}, {"format", flags.format, report.TableFormats}} {
		if !slices.Contains(choice.of, choice.value) {
			return fmt.Errorf("--%s: unknown %q: write one of %s", choice.flag, choice.value, strings.TrimSuffix(strings.Join(choice.of, ", "), ", "))
		}
	}
	list, err := sizing.FindInstances(filter)
	if err != nil {
		return err
	}
	if flags.format == "json" {
		return report.WriteJSON(w, report.InstancesDoc(list))
	}
	return report.InstancesTable(w, flags.format, list)
}
