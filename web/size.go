package web

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// Choices are what the sizing form offers.
type Choices struct {
	Targets, Roles, Services, Forms []string
	// Instances are names with what they have.
	Instances [][2]string
}

// NewChoices are those that there are.
func NewChoices() Choices {
	c := Choices{
		Targets: schema.TargetNames(), Roles: sizing.Roles(), Services: sizing.ServiceNames(), Forms: scaffold.Forms(),
	}
	for _, i := range sizing.Instances() {
		about := fmt.Sprintf("%d cores, %s", i.Cores, text.About(i.Memory))
		if disks := i.Local.String(); disks != "" && !i.Local.Unknown {
			about += ", " + disks
		}
		c.Instances = append(c.Instances, [2]string{i.Name, about})
	}
	return c
}

// SizeRequest is the sizing form; what is empty is not said.
type SizeRequest struct {
	Target, Role, Service            string
	Instance, Memory, Disk           string
	Cores, Brokers, DataServers      string
	Workload                         string
	NoCache                          bool
	Form                             string
	ZooKeeper, Metadata, DeepStorage string
}

// SizeAnswer is the plan and the files that it makes.
type SizeAnswer struct {
	// Plan is what size --format json writes.
	Plan  json.RawMessage
	Files []Download
	Todo  []sizing.Step
}

// Download is a file to save.
type Download struct{ Path, Text string }

// Size makes a plan.
func Size(r SizeRequest) (SizeAnswer, error) {
	request, err := r.request()
	if err != nil {
		return SizeAnswer{}, err
	}
	plan, err := sizing.Advise(request)
	if err != nil {
		return SizeAnswer{}, err
	}
	var out bytes.Buffer
	if err := report.PlanJSON(&out, &plan, report.PlanOptions{}); err != nil {
		return SizeAnswer{}, err
	}
	site, err := scaffold.ParseSite(scaffold.Addresses{ZooKeeper: r.ZooKeeper, Metadata: r.Metadata, DeepStorage: r.DeepStorage})
	if err != nil {
		return SizeAnswer{}, err
	}
	files, err := scaffold.FilesIn(r.Form, plan, site)
	if err != nil {
		return SizeAnswer{}, err
	}
	a := SizeAnswer{Plan: out.Bytes()}
	for _, f := range files {
		a.Files = append(a.Files, Download(f))
	}
	a.Todo = scaffold.Todo(r.Form, ".", plan, site, files)
	return a, nil
}

// Blame is the field of a form that an error is about, if it is about one, and what is
// wrong with it: the fields are called like the flags, which errors begin with.
func Blame(err error) (field, why string) {
	name, why, ok := strings.Cut(err.Error(), ": ")
	if field, flag := strings.CutPrefix(name, "--"); ok && flag {
		return field, why
	}
	return "", err.Error()
}

// request is the form as sizing has it.
func (r SizeRequest) request() (q sizing.Request, err error) {
	q = sizing.Request{NoCache: r.NoCache, Workload: sizing.Workload(r.Workload)}
	if workloads := sizing.Workloads(); r.Workload != "" && !slices.Contains(workloads, r.Workload) {
		return q, fmt.Errorf("--workload: unknown %q: write one of %s", r.Workload, strings.Join(workloads, ", "))
	}
	if q.Target, err = schema.ParseTarget(r.Target); err != nil {
		return q, fmt.Errorf("--target: %w", err)
	}
	if q.Brokers, err = number("brokers", r.Brokers, sizing.MostBrokers); err != nil {
		return q, err
	}
	if q.DataServers, err = number("data-servers", r.DataServers, sizing.MostDataServers); err != nil {
		return q, err
	}
	machine, err := r.machine()
	if err != nil {
		return q, err
	}
	switch {
	case r.Service != "":
		q.Servers = []sizing.ServerRequest{{Role: r.Service, Services: []string{r.Service}, Machine: machine}}
	case r.Role != "":
		q.Servers = []sizing.ServerRequest{{Role: r.Role, Machine: machine}}
	default:
		for _, role := range scaffold.Roles(r.Form) {
			q.Servers = append(q.Servers, sizing.ServerRequest{Role: role, Machine: machine})
		}
	}
	return q, nil
}

// number reads a field that may be empty, which is 0.
func number(field, given string, most int64) (int64, error) {
	if given == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(given, 10, 64)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("--%s: %q: write a number from 1 to %d", field, given, most)
	}
	return n, nil
}

// machine is an instance, or what is said of a server.
func (r SizeRequest) machine() (sizing.Machine, error) {
	cores, err := number("cores", r.Cores, sizing.MostCores)
	if err != nil {
		return sizing.Machine{}, err
	}
	m, err := sizing.Described(r.Instance, cores, r.Memory, r.Disk)
	switch {
	case err != nil:
		return m, fmt.Errorf("--%w", err)
	case m.Cores == 0:
		return m, errors.New("--cores: write how many there are, or an instance type")
	case m.Memory == 0:
		return m, errors.New("--memory: write how much there is, such as 128GiB, or an instance type")
	}
	return m, nil
}

// Zip packs files.
func Zip(files []Download) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		into, err := w.CreateHeader(&zip.FileHeader{Name: f.Path, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := into.Write([]byte(f.Text)); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
