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
		Peers   peersDoc    `json:"peers"`
		Notes   []string    `json:"notes"`
	}
	peersDoc struct {
		Brokers         int64 `json:"brokers"`
		BrokersSaid     bool  `json:"brokersSaid"`
		MostBrokers     int64 `json:"mostBrokers"`
		DataServers     int64 `json:"dataServers"`
		DataServersSaid bool  `json:"dataServersSaid"`
		MostDataServers int64 `json:"mostDataServers"`
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
		Setup     []stepDoc    `json:"setup"`
	}
	stepDoc struct {
		Text     string   `json:"text"`
		Commands []string `json:"commands"`
	}
	machineDoc struct {
		Name   string    `json:"name,omitempty"`
		Cores  int64     `json:"cores"`
		Memory int64     `json:"memory"`
		CPU    int64     `json:"cpu,omitempty"`
		Disks  []diskDoc `json:"disks"`
	}
	diskDoc struct {
		Size   int64  `json:"size"`
		Used   int64  `json:"used,omitempty"`
		Kind   string `json:"kind,omitempty"`
		Mount  string `json:"mount,omitempty"`
		Device string `json:"device,omitempty"`
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
		// Container is what the process asks for where it runs in one.
		Container containerDoc `json:"container"`
	}
	containerDoc struct {
		RequestMemory int64 `json:"requestMemory"`
		LimitMemory   int64 `json:"limitMemory"`
		RequestCPU    int64 `json:"requestCPU"`
		LimitCPU      int64 `json:"limitCPU"`
		// Figures are the same as resources have them, with their reasons.
		Figures []figureDoc `json:"figures"`
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
	s.value("", docOfPlan(p))
	s.raw("\n")
	return s.close()
}

func docOfPlan(p *sizing.Plan) planDoc {
	n := p.Peers
	peers := peersDoc{n.Brokers, n.BrokersSaid, n.MostBrokers, n.DataServers, n.DataServersSaid, n.MostDataServers}
	return planDoc{planVersion, p.Target.Name, each(p.Servers, docOfServer), each(p.Flags, docOfFigure), peers, copied(p.Notes)}
}

// copied is a list that is not null.
func copied(list []string) []string { return each(list, func(text string) string { return text }) }

func docOfServer(s sizing.Server) serverDoc {
	m := machineDoc{s.Machine.Name, s.Machine.Cores, s.Machine.Memory, s.Machine.CPU, each(s.Machine.Disks, func(d sizing.Disk) diskDoc {
		return diskDoc{d.Size, d.Used, d.Kind, d.Mount, d.Device}
	})}
	parts := each(s.Parts(), func(p sizing.Part) partDoc { return partDoc{p.Process, string(p.Kind), p.Bytes} })
	steps := each(s.Setup(), func(s sizing.Step) stepDoc { return stepDoc{s.Text, copied(s.Commands)} })
	containers := s.Containers()
	processes := make([]processDoc, len(s.Processes))
	for i, p := range s.Processes {
		processes[i] = docOfProcess(p, containers[i])
	}
	return serverDoc{s.Role, m, s.Committed, s.Reserved, s.Free, s.Segments, parts, processes, copied(s.Notes), steps}
}

func docOfProcess(p sizing.Process, c sizing.Container) processDoc {
	container := containerDoc{c.Request.Memory, c.Limit.Memory, c.Request.CPU, c.Limit.CPU, each(c.Figures, docOfFigure)}
	return processDoc{p.Service, p.Heap, p.Direct, p.Other, p.Tasks, p.TaskHeap, p.TaskDirect, each(p.Figures, docOfFigure), container}
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
