package effective

import (
	"cmp"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/schema"
)

// Peons says what the tasks get that the tree's MiddleManagers start, or an
// Overlord that runs tasks itself; one process for each of them. What a task
// says in its own context overrules all of it, and stands in no file.
func Peons(t *conf.Tree, o Options) []Process {
	var peons []Process
	for _, s := range t.Services {
		if s.RunsTasks() {
			peons = append(peons, peon(s, o))
		}
	}
	return peons
}

func peon(s *conf.Service, o Options) Process {
	f := newFork(s)
	v := view{service: s, process: "peon", written: f.written(), cores: taskCores(s, o.Machine.Cores), reads: readByPeon}
	values := v.values(o.All)
	for _, a := range f.assigned(v) {
		values = slices.DeleteFunc(values, func(v Value) bool { return v.Key == a.Key })
		values = append(values, a)
	}
	slices.SortFunc(values, func(a, b Value) int { return cmp.Compare(a.Key, b.Key) })
	return Process{Service: "peon", Dir: s.Dir, Values: values, Flags: f.jvm()}
}

func readByPeon(p *schema.Property) bool { return p.ReadBy("peon") }

// taskCores are the processors that a task's JVM counts: all of the machine's up
// to 0.23, and its share of them after (ForkingTaskRunner.setNumProcessorsPerTask).
func taskCores(s *conf.Service, cores int64) int64 {
	if s.Tree().Target.Release < 24 {
		return cores
	}
	capacity, ok := s.Get("druid.worker.capacity").Int64()
	if !ok || capacity < 1 {
		return 0
	}
	return (cores + capacity - 1) / capacity
}
