package report

import (
	"github.com/implycheck/implycheck/sizing"
)

// ClustersDoc is the JSON shape of plans.
func ClustersDoc(c Clusters) map[string]any {
	d, list := c.Demand, make([]map[string]any, len(c.Plans))
	for i, p := range c.Plans {
		fleets := make([]fleetDoc, len(p.Cluster.Fleets))
		for j, f := range p.Cluster.Fleets {
			fleets[j] = newFleetDoc(f, c.Prices[f.Machine.Name])
		}
		list[i] = map[string]any{"servers": fleets, "segments": p.Cluster.Segments, "notes": p.Cluster.Notes}
	}
	return map[string]any{
		"version": 1, "target": d.Target.Name, "assumptions": assumptionDocs(d.Assumptions), "clusters": list,
		"demand": map[string]any{
			"data": d.Data, "replication": d.Replication, "hotPart": d.Hot.Part, "hotWhole": d.Hot.Whole,
			"ingest": d.Ingest, "tasks": d.Tasks, "queries": d.Queries,
		},
	}
}

// fleetDoc is the JSON shape of the servers of one role.
type fleetDoc struct {
	Role     string `json:"role"`
	Instance string `json:"instance"`
	Cores    int64  `json:"cores"`
	Memory   int64  `json:"memory"`
	Disk     int64  `json:"disk"`
	Tier     string `json:"tier,omitempty"`
	Count    int64  `json:"count"`
	// Hours are those of all its servers in a month, Cost what they cost where a price
	// was said.
	Hours   int64          `json:"instanceHoursPerMonth"`
	Cost    float64        `json:"costPerMonth,omitempty"`
	Decides string         `json:"decides"`
	Limits  []sizing.Limit `json:"limits"`
	Lost    string         `json:"lost"`
	Losses  []lossDoc      `json:"losses"`
}

type lossDoc struct {
	Name     string      `json:"name"`
	Survives bool        `json:"survives"`
	Left     int64       `json:"left"`
	Need     int64       `json:"need"`
	Unit     sizing.Unit `json:"unit"`
}

func newFleetDoc(f sizing.Fleet, price float64) fleetDoc {
	doc := fleetDoc{
		Role: f.Role, Instance: f.Machine.Name, Cores: f.Machine.Cores, Memory: f.Machine.Memory, Disk: f.Machine.DiskSpace(),
		Tier: f.Tier, Count: f.Count, Hours: f.Hours(), Cost: price * float64(f.Hours()), Decides: f.Decides().Name, Limits: f.Limits, Lost: f.Lost,
	}
	for _, l := range f.Losses {
		doc.Losses = append(doc.Losses, lossDoc{l.Name, l.Survives(), l.Left, l.Need, l.Unit})
	}
	return doc
}

type assumptionDoc struct {
	Name   string      `json:"name"`
	Value  int64       `json:"value"`
	Unit   sizing.Unit `json:"unit"`
	What   string      `json:"what"`
	Source string      `json:"source"`
}

func assumptionDocs(list sizing.Assumptions) []assumptionDoc {
	docs := make([]assumptionDoc, len(list))
	for i, a := range list {
		docs[i] = assumptionDoc{a.Name, a.Value, a.Unit, a.Doc, a.Source}
	}
	return docs
}
