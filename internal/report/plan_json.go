package report

import (
	"io"

	"github.com/implycheck/implycheck/sizing"
)

// planVersion changes when a field is removed or changes its meaning.
const planVersion = 1

// The document of docs/plan.schema.json. It is written out here because the
// contract must not change when sizing's types do.
type (
	planDoc struct {
		Version int         `json:"version"`
		Target  string      `json:"target"`
		Servers []serverDoc `json:"servers"`
		Flags   []figureDoc `json:"flags"`
	}
	serverDoc struct {
		Role      string       `json:"role"`
		Machine   machineDoc   `json:"machine"`
		Committed int64        `json:"committed"`
		Reserved  int64        `json:"reserved"`
		Free      int64        `json:"free"`
		Segments  int64        `json:"segments"`
		Map       []partDoc    `json:"map"`
		Processes []processDoc `json:"processes"`
		Notes     []string     `json:"notes"`
	}
	machineDoc struct {
		Name   string    `json:"name,omitempty"`
		Cores  int64     `json:"cores"`
		Memory int64     `json:"memory"`
		Disks  []diskDoc `json:"disks"`
	}
	diskDoc struct {
		Size  int64  `json:"size"`
		Kind  string `json:"kind,omitempty"`
		Mount string `json:"mount,omitempty"`
	}
	partDoc struct {
		Process string `json:"process,omitempty"`
		Kind    string `json:"kind"`
		Bytes   int64  `json:"bytes"`
	}
	processDoc struct {
		Service    string      `json:"service"`
		Heap       int64       `json:"heap"`
		Direct     int64       `json:"direct"`
		Other      int64       `json:"other"`
		Tasks      int64       `json:"tasks"`
		TaskHeap   int64       `json:"taskHeap"`
		TaskDirect int64       `json:"taskDirect"`
		Figures    []figureDoc `json:"figures"`
	}
	figureDoc struct {
		Key     string     `json:"key"`
		Value   string     `json:"value"`
		Formula string     `json:"formula"`
		Inputs  []inputDoc `json:"inputs"`
		Source  string     `json:"source"`
	}
	inputDoc struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
)

// PlanJSON writes the contract of docs/plan.schema.json.
func PlanJSON(w io.Writer, p *sizing.Plan, _ PlanOptions) error {
	s := newJSONStream(w)
	s.value("", planDoc{planVersion, p.Target.Name, each(p.Servers, docOfServer), each(p.Flags, docOfFigure)})
	s.raw("\n")
	return s.close()
}

func docOfServer(s sizing.Server) serverDoc {
	m := machineDoc{s.Machine.Name, s.Machine.Cores, s.Machine.Memory, each(s.Machine.Disks, func(d sizing.Disk) diskDoc {
		return diskDoc{d.Size, d.Kind, d.Mount}
	})}
	parts := each(s.Parts(), func(p sizing.Part) partDoc { return partDoc{p.Process, string(p.Kind), p.Bytes} })
	notes := each(s.Notes, func(note string) string { return note })
	return serverDoc{s.Role, m, s.Committed, s.Reserved, s.Free, s.Segments, parts, each(s.Processes, docOfProcess), notes}
}

func docOfProcess(p sizing.Process) processDoc {
	return processDoc{p.Service, p.Heap, p.Direct, p.Other, p.Tasks, p.TaskHeap, p.TaskDirect, each(p.Figures, docOfFigure)}
}

func docOfFigure(f sizing.Figure) figureDoc {
	inputs := each(f.Inputs, func(i sizing.Input) inputDoc { return inputDoc(i) })
	return figureDoc{f.Key, f.Value, f.Formula, inputs, f.Source}
}

// each converts a list; of none it makes an empty one, since JSON tells null from [].
func each[A, B any](list []A, convert func(A) B) []B {
	converted := make([]B, len(list))
	for i, a := range list {
		converted[i] = convert(a)
	}
	return converted
}
