package sizing

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// This file is bin/start-druid, which Druid has from 25 on: it divides 80 % of a
// machine's memory by weights, whatever the cores, and leaves the buffers to Druid.
// It computes in floating-point numbers and cuts them off, and so does this: the
// numbers are its own, in MB of 1024 x 1024 bytes.

// startDruid is what differs between its versions.
type startDruid struct {
	// managerLeast and routerLeast are the least that a MiddleManager and a Router
	// get, routerDirect what a Router gets beside its heap.
	managerLeast, routerLeast, routerDirect int64
	// usable is what of a machine is divided, least being what all services need.
	usable func(total, least int64) int64
	// tasks is how many tasks run in a share, and what each takes.
	tasks func(share float64, cores int64) (count, each int64)
	// indexerFails says that it stops with an error where there is an Indexer.
	indexerFails bool
}

// startDruidOf is the version of a release; false before 25.
func startDruidOf(r schema.Release) (startDruid, bool) {
	s := startDruid{managerLeast: 64, routerLeast: 256, routerDirect: 128, usable: fourFifths, tasks: linearTasks, indexerFails: r < 26}
	if r >= 38 {
		s.managerLeast = 256
	}
	return s, r >= 25
}

func fourFifths(total, _ int64) int64 { return int64(float64(total) * 0.8) }

// linearTasks are one for each core where there is 1 GB for each, up to 2 GB; else as
// many as there are GB, else two.
func linearTasks(share float64, cores int64) (count, each int64) {
	switch {
	case share >= float64(cores*1024):
		return cores, min(2048, int64(share/float64(cores)))
	case share >= 2048:
		return int64(share / 1024), 1024
	}
	return 2, int64(share / 2)
}

// allotment is what start-druid gives a service, in MB.
type allotment struct {
	heap, direct, tasks, task int64
}

// taskPool is a service to it, of which all tasks live.
const taskPool = "tasks"

// weighed is a service's weight, the least that it gets, and the part of it that is
// heap.
type weighed struct {
	weight float64
	least  int64
	heap   float64
}

func (s startDruid) weighed(service string) weighed {
	switch service {
	case "middleManager":
		return weighed{1, s.managerLeast, 1}
	case "router":
		return weighed{2, s.routerLeast, 1}
	case "coordinator-overlord":
		return weighed{30, 256, 1}
	case taskPool:
		return weighed{30, 1024, 0.5}
	case "indexer":
		return weighed{32, 1124, 0.5}
	case "broker":
		return weighed{46, 900, 0.6}
	case "historical":
		return weighed{80, 900, 0.4}
	}
	return weighed{}
}

// distribute divides so many MB.
func (s startDruid) distribute(services []string, total, cores int64) (map[string]allotment, error) {
	list := slices.Clone(services)
	if slices.Contains(list, "middleManager") {
		list = append(list, taskPool)
	}
	var least int64
	for _, name := range list {
		least += s.weighed(name).least
	}
	if required := int64(float64(least) / 0.8); total < required {
		//lint:ignore ST1005 these are its own words
		return nil, fmt.Errorf("Minimum memory required for starting services is %dm", required)
	}
	if s.indexerFails && slices.Contains(list, "indexer") {
		return nil, errors.New("not enough values to unpack (expected 3, got 2)")
	}
	result := map[string]allotment{}
	rest := float64(s.usable(total, least))
	each := rest / s.weights(list, result)
	for _, name := range list {
		if w := s.weighed(name); w.weight*each < float64(w.least) {
			var taken int64
			result[name], taken = s.allot(name, float64(w.least), cores)
			rest -= float64(taken)
		}
	}
	if sum := s.weights(list, result); sum > 0 && len(result) > 0 {
		each = rest / sum
	}
	for _, name := range list {
		if _, done := result[name]; !done {
			w := s.weighed(name)
			result[name], _ = s.allot(name, max(w.weight*each, float64(w.least)), cores)
		}
	}
	return result, nil
}

// weights add those up that have got nothing yet.
func (s startDruid) weights(list []string, done map[string]allotment) (sum float64) {
	for _, name := range list {
		if _, ok := done[name]; !ok {
			sum += s.weighed(name).weight
		}
	}
	return sum
}

// allot splits a share, and says how much of it is taken: of tasks only what they
// are given.
func (s startDruid) allot(service string, share float64, cores int64) (a allotment, taken int64) {
	heap := float64(s.weighed(service).heap * share)
	if service == taskPool || service == "indexer" {
		a.tasks, a.task = s.tasks(share, cores)
		taken = a.tasks * a.task
	} else {
		taken = int64(share)
	}
	switch service {
	case taskPool:
		a.heap, a.direct = a.task/2, a.task/2
	case "router":
		a.heap, a.direct = int64(heap), s.routerDirect
	default:
		a.heap, a.direct = int64(heap), int64(share-heap)
	}
	return a, taken
}

// LikeStartDruid answers a request with what start-druid would do on each machine,
// and says where Advise differs. Its error is that of a release without start-druid, or
// of a machine that it cannot divide.
func LikeStartDruid(r Request) (Plan, error) {
	plan := Plan{Target: r.Target, Flags: flags}
	version, ok := startDruidOf(r.Target.Release)
	if !ok || r.Target.Imply {
		return plan, fmt.Errorf("%s has no start-druid: it came with Druid 25", r.Target.Name)
	}
	for _, asked := range r.Servers {
		s, err := version.server(r, asked)
		if err != nil {
			return plan, err
		}
		plan.Servers = append(plan.Servers, s)
	}
	plan.Notes = append(plan.Notes, "start-druid divides 80 % of the memory by weights and does not look at cores, disks or other servers; what it gives no process needs, the page cache misses. It sets no buffers: Druid divides the direct memory among them, up to 1 GiB each.")
	return plan, nil
}

func (version startDruid) server(r Request, asked ServerRequest) (Server, error) {
	s := Server{Role: asked.Role, Machine: asked.Machine}
	services := asked.Services
	if len(services) == 0 {
		var err error
		if services, err = ServicesOf(asked.Role, r.Target); err != nil {
			return s, err
		}
		services = slices.DeleteFunc(services, func(name string) bool { return name == "zookeeper" })
	}
	for _, name := range services {
		if version.weighed(name).weight == 0 {
			return s, fmt.Errorf("start-druid knows no %s", name)
		}
	}
	result, err := version.distribute(services, asked.Machine.Memory>>20, asked.Machine.Cores)
	if err != nil {
		return s, fmt.Errorf("start-druid of %s stops here: %w", r.Target.Name, err)
	}
	for _, name := range services {
		s.Processes = append(s.Processes, version.process(name, result, asked.Machine))
		s.Committed += s.Processes[len(s.Processes)-1].Memory()
	}
	s.Free = s.Machine.Memory - s.Committed
	s.Notes = differences(r, asked, s)
	return s, nil
}

const startDruidSource = "bin/start-druid"

// process is a service of its result, with the flags that it passes.
func (version startDruid) process(name string, result map[string]allotment, m Machine) Process {
	a, w := result[name], version.weighed(name)
	p := Process{Service: name, Heap: a.heap << 20, Direct: a.direct << 20}
	set := func(key, value, formula string) {
		p.Figures = append(p.Figures, Figure{Key: key, Value: value, Formula: formula, Source: startDruidSource})
	}
	why := fmt.Sprintf("weight %g of 80 %% of %d MB, at least %d MB; %g of it is heap", w.weight, m.Memory>>20, w.least, w.heap)
	set("-Xms", fmt.Sprintf("%dm", a.heap), "as -Xmx")
	set("-Xmx", fmt.Sprintf("%dm", a.heap), why)
	if a.direct > 0 {
		set("-XX:MaxDirectMemorySize", fmt.Sprintf("%dm", a.direct), "the rest of its share")
	}
	switch name {
	case "indexer":
		set("druid.worker.capacity", fmt.Sprint(a.tasks), "by cores and memory")
	case "middleManager":
		pool := result[taskPool]
		p.Tasks, p.TaskHeap, p.TaskDirect = pool.tasks, pool.heap<<20, pool.direct<<20
		set("druid.worker.capacity", fmt.Sprint(pool.tasks), "one for each core with 1 GB each, else one for each GB, else 2")
		options, _ := json.Marshal(startDruidOptions(pool))
		set("druid.indexer.runner.javaOptsArray", string(options), fmt.Sprintf("half of %d MB for each task is heap", pool.task))
	}
	return p
}

// startDruidOptions are the flags of its tasks.
func startDruidOptions(pool allotment) []string {
	return []string{
		"-server", "-Duser.timezone=UTC", "-Dfile.encoding=UTF-8", "-XX:+ExitOnOutOfMemoryError", "-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager",
		fmt.Sprintf("-Xms%dm", pool.heap), fmt.Sprintf("-Xmx%dm", pool.heap), fmt.Sprintf("-XX:MaxDirectMemorySize=%dm", pool.direct),
	}
}

// differences say what Advise gives in place of start-druid's numbers, and why.
func differences(r Request, asked ServerRequest, theirs Server) []string {
	r.Servers = []ServerRequest{asked}
	ours, err := r.fill(asked)
	if err != nil {
		return []string{"size would not do it: " + err.Error()}
	}
	var notes []string
	for _, p := range theirs.Processes {
		q := ours.process(p.Service)
		if q == nil {
			continue
		}
		for _, c := range []struct {
			what         string
			theirs, ours int64
			key          string
		}{
			{"of heap", p.Heap, q.Heap, "-Xmx"}, {"of direct memory", p.Direct, q.Direct, "-XX:MaxDirectMemorySize"},
			{"of heap for each task", p.TaskHeap, q.TaskHeap, "druid.indexer.runner.javaOptsArray"},
		} {
			if f, ok := q.Figure(c.key); ok && c.theirs != c.ours {
				notes = append(notes, fmt.Sprintf("%s: %s %s, and size would give %s: %s.", p.Service, text.About(c.theirs), c.what, text.About(c.ours), f.Formula))
			}
		}
		if f, ok := q.Figure("druid.worker.capacity"); ok && p.Tasks > 0 && p.Tasks != q.Tasks {
			notes = append(notes, fmt.Sprintf("%s: %d tasks, and size would run %d: %s.", p.Service, p.Tasks, q.Tasks, f.Formula))
		}
	}
	return notes
}
