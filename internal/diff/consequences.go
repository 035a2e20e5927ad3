package diff

import (
	"context"
	"path"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/rules"
)

func none() Consequences {
	return Consequences{
		Restart: []string{}, Memory: []Amount{}, Ports: []Port{},
		Appear: []Finding{}, Disappear: []Finding{},
	}
}

// consequences are what the changes of a cluster mean.
func consequences(ctx context.Context, a, b *conf.Tree, list []pair, c *Cluster, o Options) (e Consequences, err error) {
	e = none()
	if !b.Running() {
		e.Restart = restart(list, c)
	}
	for _, p := range list {
		if m := (Amount{Process: p.name, Before: memory(p.a), After: memory(p.b)}); m.Before != m.After && (!running(a, b) || m.Before > 0 && m.After > 0) {
			e.Memory = append(e.Memory, m)
		}
		e.Ports = append(e.Ports, portChanges(p)...)
	}
	if running(a, b) {
		return e, nil // lint of either says what there is to say: each shows other things
	}
	e.Appear, e.Disappear, err = findings(ctx, a, b, o)
	return e, err
}

func memory(p *process) int64 {
	if p == nil {
		return 0
	}
	bytes, ok := rules.MemoryOf(p.service)
	if !ok {
		return 0
	}
	return bytes
}

// restart are the processes that read what has changed. None of them looks at
// its files again while it runs.
func restart(list []pair, c *Cluster) []string {
	needed := map[string]bool{}
	for _, g := range c.Groups {
		if slices.ContainsFunc(g.Changes, func(c Change) bool { return c.Kind.Matters() && !c.Unread }) {
			for _, name := range g.Services {
				needed[name] = true
			}
		}
	}
	var beside []string
	for _, f := range c.Files {
		services, others := readers(list, f.File)
		for _, name := range services {
			needed[name] = true
		}
		beside = append(beside, others...)
	}
	names := []string{}
	for _, p := range list {
		if needed[p.name] && p.b != nil {
			names = append(names, p.name)
		}
	}
	return append(names, slices.Compact(slices.Sorted(slices.Values(beside)))...)
}

// besides are the programs that read the files of a folder beside Druid's.
var besides = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{"zk": "zookeeper", "pivot": "pivot", "tranquility": "tranquility", "supervise": "supervise"}
}}

// readers are who reads a file: the process in whose folder it lies, all where it
// is shared, or the program that its folder is named after.
func readers(list []pair, file string) (services, others []string) {
	folder := path.Dir(file)
	for _, p := range list {
		if folder == p.either().folder() {
			return []string{p.name}, nil
		}
		services = append(services, p.name)
	}
	if name, ok := besides.Get()[path.Base(folder)]; ok {
		return nil, []string{name}
	}
	return services, nil
}

// only keeps what concerns these processes.
func only(e Consequences, names ...string) Consequences {
	other := func(f Finding) bool { return !slices.Contains(names, f.Service) }
	e.Restart = []string{}
	e.Appear, e.Disappear = slices.DeleteFunc(e.Appear, other), slices.DeleteFunc(e.Disappear, other)
	return e
}
