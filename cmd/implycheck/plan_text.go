package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// clustersText prints the plans side by side, then what they rest on.
func clustersText(w io.Writer, flags planFlags, d sizing.Demand, plans []clusterPlan) error {
	fmt.Fprintf(w, "%s\n\n", demandText(flags, d))
	header := []string{""}
	for _, p := range plans {
		header = append(header, p.name)
	}
	if err := writeTable(w, flags.format, header, clusterRows(plans)); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, note := range planNotes(flags, plans) {
		fmt.Fprintf(w, "- %s\n", note)
	}
	if flags.explain {
		fmt.Fprintln(w, "\nWhere the numbers come from:")
		fmt.Fprintln(w)
		if err := writeTable(w, flags.format, []string{"instance", "servers", "limit", "count", "because", "source"}, reasonRows(plans)); err != nil {
			return err
		}
	}
	fmt.Fprintln(w, "\nWhat is assumed; --assume name=value sets it:")
	fmt.Fprintln(w)
	return writeTable(w, flags.format, []string{"assumption", "value", "what", "source"}, assumptionRows(d))
}

// demandText repeats what was asked for.
func demandText(flags planFlags, d sizing.Demand) string {
	parts := []string{text.Decimal(d.Data) + " of segments", fmt.Sprintf("replication %d", d.Replication)}
	if flags.hot != "" {
		parts = append(parts, flags.hot+" hot")
	}
	if d.Ingest > 0 {
		parts = append(parts, sizing.UnitBytesPerSecond.Format(d.Ingest)+" of streams")
	}
	if d.Tasks > 0 {
		parts = append(parts, fmt.Sprintf("%d reading tasks", d.Tasks))
	}
	if d.Queries > 0 {
		parts = append(parts, fmt.Sprintf("%d queries/s", d.Queries))
	}
	return strings.Join(parts, ", ") + " (" + d.Target.Name + ")"
}

// clusterRows are a row a fleet, a limit and a loss, with a column a plan.
func clusterRows(plans []clusterPlan) [][]string {
	var rows [][]string
	add := func(label string, cell func(sizing.Cluster) string) {
		row := []string{label}
		for _, p := range plans {
			row = append(row, cell(p.cluster))
		}
		rows = append(rows, row)
	}
	add("All servers", func(c sizing.Cluster) string { return fmt.Sprint(c.Servers()) })
	for i, f := range plans[0].cluster.Fleets {
		add(report.RoleTitle(f.Role)+" servers", func(c sizing.Cluster) string { return fmt.Sprint(c.Fleets[i].Count) })
		add("  hardware", func(c sizing.Cluster) string { return c.Fleets[i].Machine.String() })
		for j, l := range f.Limits {
			add("  "+l.Name, func(c sizing.Cluster) string { return limitCell(c.Fleets[i], j) })
		}
		for j, l := range f.Losses {
			add("  one lost: "+l.Name, func(c sizing.Cluster) string { return c.Fleets[i].Losses[j].String() })
		}
	}
	return rows
}

func limitCell(f sizing.Fleet, i int) string {
	if f.Decides() == f.Limits[i] {
		return fmt.Sprintf("%d, decides", f.Limits[i].Count)
	}
	return fmt.Sprint(f.Limits[i].Count)
}

// planNotes are the notes of all plans, each with the instance that it is about
// unless it is about all.
func planNotes(flags planFlags, plans []clusterPlan) []string {
	var common, own []string
	everywhere := func(note string) bool {
		return !slices.ContainsFunc(plans, func(p clusterPlan) bool { return !slices.Contains(p.cluster.Notes, note) })
	}
	for i, p := range plans {
		for _, note := range p.cluster.Notes {
			switch {
			case !everywhere(note):
				own = append(own, p.name+": "+note)
			case i == 0:
				common = append(common, note)
			}
		}
		if len(p.cluster.Fleets[0].Machine.Disks) == 0 {
			own = append(own, p.name+": no local disks are known; it is taken to have twice its memory for segments. Say what it has with --disk.")
		}
	}
	for _, p := range plans {
		own = append(own, "For the settings of these servers: "+nextStep(flags, p))
	}
	return append(common, own...)
}

func reasonRows(plans []clusterPlan) [][]string {
	var rows [][]string
	for _, p := range plans {
		for _, f := range p.cluster.Fleets {
			for _, l := range f.Limits {
				rows = append(rows, []string{p.name, report.RoleTitle(f.Role), l.Name, fmt.Sprint(l.Count), l.Formula, l.Source})
			}
		}
	}
	return rows
}

func assumptionRows(d sizing.Demand) [][]string {
	var rows [][]string
	for _, a := range d.Assumptions {
		rows = append(rows, []string{a.Name, a.Unit.Format(a.Value), a.Doc, a.Source})
	}
	return rows
}

// nextStep is the command that sizes the servers of a plan.
func nextStep(flags planFlags, p clusterPlan) string {
	data, query := p.cluster.Fleets[0], p.cluster.Fleets[1]
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
		add("instance", p.name)
	} else {
		add("cores", fmt.Sprint(data.Machine.Cores))
		add("memory", flags.memory)
	}
	if i, err := sizing.LookupInstance(p.name); err != nil || i.Local.Space == 0 {
		add("disk", flags.disk)
	}
	add("query-instance", flags.query)
	add("master-instance", flags.master)
	return fmt.Sprintf("%s --brokers %d --data-servers %d --segments %d", step, query.Count, data.Count, p.cluster.Segments)
}
