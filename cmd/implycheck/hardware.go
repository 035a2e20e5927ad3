package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/hardware"
	"github.com/implycheck/implycheck/sizing"
)

// hostMachine is the machine that the command runs on.
func hostMachine() (sizing.Machine, error) {
	host, err := hardware.Detect("/")
	return host.Machine, err
}

func newHardware() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "hardware",
		Short: "Show what size sees of this machine, and where",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			host, err := hardware.Detect("/")
			if err != nil {
				return err
			}
			switch format {
			case "text":
				for _, f := range host.Facts {
					fmt.Fprintf(cmd.OutOrStdout(), "%-14s %-40s %s\n", f.Name, f.Value, f.From)
				}
				return nil
			case "json":
				return writeJSON(cmd.OutOrStdout(), map[string]any{
					"version": 1, "cores": host.Machine.Cores, "memory": host.Machine.Memory, "disk": host.Machine.DiskSpace(), "facts": host.Facts,
				})
			}
			return fmt.Errorf("--format: unknown %q: write text or json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "output format: text or json")
	complete(cmd, "format", []string{"text", "json"})
	return cmd
}
