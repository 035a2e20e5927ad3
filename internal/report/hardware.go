//go:build !js

package report

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
	"github.com/implycheck/implycheck/sizing/hardware"
)

// HardwareText writes what was seen and, to explain it, what size makes of it.
func HardwareText(w io.Writer, host hardware.Host, explain bool) error {
	if _, err := fmt.Fprintf(w, "%s\n\n", host.Machine); err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range host.Facts {
		fmt.Fprintf(table, "%s\t%s\t%s\n", text.Printable(f.Name), text.Printable(f.Value), text.Printable(f.From))
	}
	if err := table.Flush(); err != nil || !explain {
		return err
	}
	return hardwareMeans(w, host)
}

// hardwareMeans says what follows of the hardware for Druid, and what does not.
func hardwareMeans(w io.Writer, host hardware.Host) error {
	m := host.Machine
	lines := []string{
		fmt.Sprintf("memory: processes may take 85 %%, %s; the rest is the kernel's, its page cache's and other programs'.", text.About(sizing.Budget(m.Memory))),
		fmt.Sprintf("cores: one is left free, so a Historical gets %d of %d for processing threads, where memory has buffers for them.", sizing.ProcessingThreads(m.Cores), m.Cores),
	}
	if free := m.FreeSpace(); free > 0 {
		lines = append(lines, fmt.Sprintf("disks: segments may take 80 %% of what is free where tasks run too, else 90 %%: of %s.", text.Decimal(free)))
	}
	for _, line := range append(lines, host.Summary()[1:]...) {
		if _, err := fmt.Fprintf(w, "\n%s\n", text.Printable(line)); err != nil {
			return err
		}
	}
	return nil
}

func HardwareJSON(w io.Writer, host hardware.Host) error {
	disks := make([]map[string]any, len(host.Machine.Disks))
	for i, d := range host.Machine.Disks {
		disks[i] = map[string]any{"size": d.Size, "kind": d.Kind, "mount": d.Mount}
	}
	return WriteJSON(w, map[string]any{
		"version": 1, "cores": host.Machine.Cores, "memory": host.Machine.Memory, "disks": disks, "facts": host.Facts,
	})
}
