package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/sizing"
)

func newInstances() *cobra.Command {
	var provider, minMemory string
	var nvme bool
	cmd := &cobra.Command{
		Use:   "instances [PATTERN]",
		Short: "List instance types of AWS, Azure and GCP",
		Long: `Instances lists the instance types that size and lint know. PATTERN may hold *
and ?, and matches in any case. The data is of May 2025 to July 2026.`,
		Example: `  implycheck instances 'r4.*'
  implycheck instances --provider aws --nvme --min-memory 200GiB`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			least, err := sizing.ParseSize(minMemory)
			if err != nil {
				return fmt.Errorf("--min-memory: %w", err)
			}
			pattern := "*"
			if len(args) > 0 {
				pattern = strings.ToLower(args[0])
			}
			if _, err := path.Match(pattern, ""); err != nil {
				return fmt.Errorf("%q is no pattern", pattern)
			}
			found := 0
			for _, i := range sizing.Instances() {
				matches, _ := path.Match(pattern, strings.ToLower(i.Name))
				if !matches || provider != "" && i.Provider != provider || i.Memory < least || nvme && i.DiskKind != "nvme-ssd" {
					continue
				}
				found++
				disks := ""
				if i.Disks > 0 {
					disks = fmt.Sprintf("%d x %s %s", i.Disks, sizing.About(i.DiskSize), i.DiskKind)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%-6s %-26s %4d cores  %-10s %-6s %s\n", i.Provider, i.Name, i.Cores, sizing.About(i.Memory), i.Arch, disks)
			}
			if found == 0 && len(args) > 0 {
				_, err := sizing.LookupInstance(args[0])
				return err
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&provider, "provider", "", "only those of aws, azure or gcp")
	cmd.Flags().StringVar(&minMemory, "min-memory", "0", "only those with that much memory: 64GiB")
	cmd.Flags().BoolVar(&nvme, "nvme", false, "only those with local NVMe disks")
	complete(cmd, "provider", []string{"aws", "azure", "gcp"})
	return cmd
}
