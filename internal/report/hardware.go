package report

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing/hardware"
)

func HardwareText(w io.Writer, host hardware.Host) error {
	if _, err := fmt.Fprintf(w, "%s\n\n", host.Machine); err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range host.Facts {
		fmt.Fprintf(table, "%s\t%s\t%s\n", text.Printable(f.Name), text.Printable(f.Value), text.Printable(f.From))
	}
	return table.Flush()
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
