package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

// Clusters are the answers to one demand, side by side.
type Clusters struct {
	Demand sizing.Demand
	// hot is the part of the data that is to be in memory, as the user said it.
	Hot     string
	Plans   []ClusterPlan
	Explain bool
	// Prices are what an hour of an instance costs, by its name. They are the user's:
	// none is built in.
	Prices map[string]float64
	// Made is when the plan was made, for the page.
	Made time.Time
}

// ClusterPlan is an answer to a demand for one kind of Data server; next is the
// command that sizes its servers.
type ClusterPlan struct {
	Name    string
	Cluster sizing.Cluster
	Next    string
}

// ClustersText prints the plans side by side, then what they rest on.
func ClustersText(w io.Writer, format string, c Clusters) error {
	fmt.Fprintf(w, "%s\n\n", demandText(c))
	header := []string{""}
	for _, p := range c.Plans {
		header = append(header, p.Name)
	}
	if err := WriteTable(w, format, header, clusterRows(c)); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, note := range planNotes(c.Plans) {
		fmt.Fprintf(w, "- %s\n", note)
	}
	if c.Explain {
		fmt.Fprintln(w, "\nWhere the numbers come from:")
		fmt.Fprintln(w)
		if err := WriteTable(w, format, []string{"instance", "servers", "limit", "count", "because", "source"}, reasonRows(c.Plans)); err != nil {
			return err
		}
	}
	fmt.Fprintln(w, "\nWhat is assumed; --assume name=value sets it:")
	fmt.Fprintln(w)
	return WriteTable(w, format, []string{"assumption", "value", "what", "source"}, assumptionRows(c.Demand))
}

// demandText repeats what was asked for.
func demandText(c Clusters) string {
	d := c.Demand
	parts := []string{text.Decimal(d.Data) + " of segments", fmt.Sprintf("replication %d", d.Replication)}
	if c.Hot != "" {
		parts = append(parts, c.Hot+" hot")
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

// clusterRows are a row a fleet, a limit and a loss, with a column a plan; what they
// cost first.
func clusterRows(c Clusters) [][]string {
	var rows [][]string
	add := func(label string, cell func(sizing.Cluster) string) {
		row := []string{label}
		for _, p := range c.Plans {
			row = append(row, cell(p.Cluster))
		}
		rows = append(rows, row)
	}
	add("All servers", func(c sizing.Cluster) string { return fmt.Sprint(c.Servers()) })
	add("  instance-hours a month", func(c sizing.Cluster) string {
		var hours int64
		for _, f := range c.Fleets {
			hours += f.Hours()
		}
		return grouped(hours)
	})
	if len(c.Prices) > 0 {
		add("  cost a month", func(cluster sizing.Cluster) string { return c.cost(cluster.Fleets) })
	}
	for i, f := range c.Plans[0].Cluster.Fleets {
		add(fleetTitle(f), func(c sizing.Cluster) string { return fmt.Sprint(c.Fleets[i].Count) })
		add("  hardware", func(c sizing.Cluster) string { return c.Fleets[i].Machine.String() })
		add("  instance-hours a month", func(c sizing.Cluster) string { return grouped(c.Fleets[i].Hours()) })
		if len(c.Prices) > 0 {
			add("  cost a month", func(cluster sizing.Cluster) string { return c.cost(cluster.Fleets[i : i+1]) })
		}
		for j, l := range f.Limits {
			add("  "+l.Name, func(c sizing.Cluster) string { return limitCell(c.Fleets[i], j) })
		}
		for j, l := range f.Losses {
			add("  "+f.Lost+": "+l.Name, func(c sizing.Cluster) string { return c.Fleets[i].Losses[j].String() })
		}
	}
	return rows
}

// fleetTitle heads the rows of a fleet.
func fleetTitle(f sizing.Fleet) string {
	if f.Tier != "" {
		return RoleTitle(f.Role) + " servers, tier " + f.Tier
	}
	return RoleTitle(f.Role) + " servers"
}

// cost is what fleets cost in a month, in whole units, where their prices were said.
func (c Clusters) cost(fleets []sizing.Fleet) string {
	var sum float64
	for _, f := range fleets {
		price, ok := c.Prices[f.Machine.Name]
		if !ok {
			return "no price of " + f.Machine.Name
		}
		sum += price * float64(f.Hours())
	}
	return grouped(int64(math.Round(sum)))
}

// grouped writes a number with commas between the thousands.
func grouped(n int64) string { return sizing.UnitCount.Format(n) }

func limitCell(f sizing.Fleet, i int) string {
	if i >= len(f.Limits) {
		return ""
	}
	if f.Decides() == f.Limits[i] {
		return fmt.Sprintf("%d, decides", f.Limits[i].Count)
	}
	return fmt.Sprint(f.Limits[i].Count)
}

// planNotes are the notes of all plans, each with the instance that it is about
// unless it is about all.
func planNotes(plans []ClusterPlan) []string {
	var common, own []string
	everywhere := func(note string) bool {
		return !slices.ContainsFunc(plans, func(p ClusterPlan) bool { return !slices.Contains(p.Cluster.Notes, note) })
	}
	for i, p := range plans {
		for _, note := range p.Cluster.Notes {
			switch {
			case !everywhere(note):
				own = append(own, p.Name+": "+note)
			case i == 0:
				common = append(common, note)
			}
		}
		if len(p.Cluster.Fleets[0].Machine.Disks) == 0 {
			own = append(own, p.Name+": no local disks are known; it is taken to have twice its memory for segments. Say what it has with --disk.")
		}
	}
	for _, p := range plans {
		own = append(own, "For the settings of these servers: "+p.Next)
	}
	return append(common, own...)
}

func reasonRows(plans []ClusterPlan) [][]string {
	var rows [][]string
	for _, p := range plans {
		for _, f := range p.Cluster.Fleets {
			for _, l := range f.Limits {
				rows = append(rows, []string{p.Name, strings.TrimSuffix(strings.Replace(fleetTitle(f), " servers,", ",", 1), " servers"), l.Name, fmt.Sprint(l.Count), l.Formula, l.Source})
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
