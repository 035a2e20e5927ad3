package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/sizing/hardware"
)

func newHardware() *cobra.Command {
	var format string
	var explain bool
	cmd := &cobra.Command{
		Use:   "hardware",
		Short: "Show what size sees of this machine, and where",
		Long: `Hardware shows what size takes for this machine: its cores, its memory and the
disks that segments may be kept on, each with the file that says so. Limits of
control groups (containers, slices of systemd) are applied: what a process may
use counts, and not what the host has.

--format json writes one object, version 1. Amounts are numbers, memory and
disks in bytes:

  version  1
  cores    what processes may use
  memory   what processes may use
  disks    those for segments: size, kind (nvme-ssd, ssd, hdd, or "" where nobody
           knows), mount ("" where it has no file system yet)
  facts    what was seen: name, value for people, amount where it is a number,
           from (the file or folder that was read), left where nothing is
           computed with it`,
		Example: `  implycheck hardware
  implycheck hardware --explain
  implycheck hardware --format json`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			text := func(w io.Writer, h hardware.Host) error { return report.HardwareText(w, h, explain) }
			write, known := map[string]func(io.Writer, hardware.Host) error{"text": text, "json": report.HardwareJSON}[format]
			if !known {
				return fmt.Errorf("--format: unknown %q: write text or json", format)
			}
			host, err := hardware.Detect("/")
			if err != nil {
				return err
			}
			return write(cmd.OutOrStdout(), host)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "output format: text or json")
	cmd.Flags().BoolVar(&explain, "explain", false, "say what size makes of it, and what it leaves out")
	complete(cmd, "format", []string{"text", "json"})
	return cmd
}
