// Package scaffold writes a plan down as the configuration files that its
// target starts with.
//
// It is pure but for Write. Where a file belongs is decided by a layout, one
// for each shape of distribution (layout.go). What stands in a file comes from
// three places: the figures of the plan, each below a comment with its formula;
// the addresses of the site (site.go, metadata.go, storage.go); and what every
// such cluster needs and no hardware changes, a table by process and release
// (fixed.go). A figure always wins over a line of the table.
package scaffold

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/sizing"
)

// File is a file of a tree; its path is relative to the distribution:
// conf/druid/_common/common.runtime.properties.
type File struct {
	Path string
	Text string
}

// Files are the files of a plan, sorted by path.
func Files(plan sizing.Plan, site Site) []File {
	w := writer{plan: plan, site: site.of(plan), layout: layoutOf(plan)}
	w.common()
	for _, server := range plan.Servers {
		for _, p := range server.Processes {
			w.process(p)
		}
	}
	w.supervise()
	w.files = append(w.files, w.recorded(single(plan)))
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return w.files
}

// writer collects the files of one plan.
type writer struct {
	plan   sizing.Plan
	site   site
	layout layout
	files  []File
}

func (w *writer) add(path string, lines ...string) {
	w.files = append(w.files, File{"conf/" + path, strings.Join(lines, "\n") + "\n"})
}

// process writes the files of one process in the folder that its launcher
// reads.
func (w *writer) process(p sizing.Process) {
	switch p.Service {
	case "zookeeper":
		w.zooKeeper(p)
	case "pivot":
		w.pivot(p)
	default:
		dir := w.layout.folder(p.Service)
		w.add(dir+"/jvm.config", w.jvmFlags(p)...)
		w.add(dir+"/main.config", mainClass(w.plan.Target.Release)+" server "+program(p.Service))
		w.add(dir+"/runtime.properties", w.runtime(p)...)
	}
}

// has reports whether the plan has a process.
func has(plan sizing.Plan, service string) bool {
	return slices.ContainsFunc(plan.Servers, func(s sizing.Server) bool {
		return slices.ContainsFunc(s.Processes, func(p sizing.Process) bool { return p.Service == service })
	})
}

// single reports whether the plan puts everything on one machine.
func single(plan sizing.Plan) bool {
	return len(plan.Servers) == 1 && plan.Servers[0].Role == sizing.AllInOne
}
