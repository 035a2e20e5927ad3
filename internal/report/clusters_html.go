//go:build !js

package report

import (
	"bufio"
	_ "embed"
	"html/template"
	"io"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/sizing"
)

//go:embed clusters.html.tmpl
var clustersTemplate string

//go:embed clusters.css
var clustersStyle string

//go:embed clusters.js
var clustersScript string

var clustersPage = lazy.Value[*template.Template]{New: func() *template.Template {
	return template.Must(template.New("clusters").Parse(clustersTemplate))
}}

// pageTable is a table whose rows a click on a heading sorts, and a button copies.
type pageTable struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// ClustersHTML writes plans as a page that needs nothing else: the comparison first,
// one row a kind of server and instance, then what is behind it.
func ClustersHTML(w io.Writer, c Clusters) error {
	out := bufio.NewWriter(w)
	head := []string{""}
	for _, p := range c.Plans {
		head = append(head, p.Name)
	}
	document := struct {
		pageHead
		Demand string
		Tables []pageTable
		Notes  []string
	}{
		newPageHead("Capacity plan for "+printable(c.Demand.Target.Name), clustersStyle, clustersScript, c.Made), printable(demandText(c)),
		[]pageTable{
			printableTable("Servers by instance", []string{"instance", "servers", "count", "instance-hours a month", "cost a month", "decided by"}, comparisonRows(c)),
			printableTable("Limits and losses", head, clusterRows(c)),
			printableTable("Where the numbers come from", []string{"instance", "servers", "limit", "count", "because", "source"}, reasonRows(c.Plans)),
			printableTable("What is assumed", []string{"assumption", "value", "what", "source"}, assumptionRows(c.Demand)),
		},
		each(planNotes(c.Plans), printable),
	}
	if err := clustersPage.Get().Execute(out, document); err != nil {
		return err
	}
	return out.Flush()
}

// comparisonRows are a row a plan and kind of server, and one for all of them.
func comparisonRows(c Clusters) (rows [][]string) {
	for _, p := range c.Plans {
		var hours int64
		for _, f := range p.Cluster.Fleets {
			hours += f.Hours()
			rows = append(rows, []string{p.Name, fleetTitle(f), grouped(f.Count), grouped(f.Hours()), c.costCell([]sizing.Fleet{f}), f.Decides().Name})
		}
		rows = append(rows, []string{p.Name, "all", grouped(p.Cluster.Servers()), grouped(hours), c.costCell(p.Cluster.Fleets), ""})
	}
	return rows
}

// costCell is empty where no prices were said.
func (c Clusters) costCell(fleets []sizing.Fleet) string {
	if len(c.Prices) == 0 {
		return ""
	}
	return c.cost(fleets)
}

func printableTable(caption string, head []string, rows [][]string) pageTable {
	return pageTable{caption, each(head, printable), each(rows, func(row []string) []string { return each(row, printable) })}
}
