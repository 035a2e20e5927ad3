package scaffold

import (
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// layout is the shape of a distribution's conf folder.
type layout struct {
	// druid is the folder of the services and of _common.
	druid string
	// byServer puts services below master, query and data.
	byServer bool
	// supervise is the folder of the supervise files; empty where the
	// distribution has no supervise.
	supervise string
}

// layoutOf picks the layout: Imply keeps its services side by side, and so does
// Druid up to 0.14; later Druid has a cluster, and profiles for one machine.
func layoutOf(plan sizing.Plan) layout {
	switch t := plan.Target; {
	case t.Imply:
		return layout{druid: "druid", supervise: "supervise"}
	case t.Release < 15:
		return layout{druid: "druid"}
	case single(plan):
		return layout{druid: "druid/single-server/all-in-one", supervise: "supervise/single-server"}
	}
	return layout{druid: "druid/cluster", byServer: true, supervise: "supervise/cluster"}
}

// serverOf is the server in whose folder a service lies.
var serverOf = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{
		"historical": "data", "middleManager": "data", "indexer": "data",
		"broker": "query", "router": "query",
		"coordinator": "master", "overlord": "master", "coordinator-overlord": "master",
	}
}}

// folder is where the files of a service are.
func (l layout) folder(service string) string { return l.parent(service) + "/" + service }

func (l layout) parent(service string) string {
	if l.byServer {
		return l.druid + "/" + serverOf.Get()[service]
	}
	return l.druid
}

// program is what the main class is told to run.
func program(service string) string {
	if service == "coordinator-overlord" {
		return "coordinator"
	}
	return service
}

func mainClass(r schema.Release) string { return druidPackage(r) + ".cli.Main" }

// druidPackage is the package of Druid's classes; it moved to Apache with 0.13.
func druidPackage(r schema.Release) string {
	if r < 13 {
		return "io.druid"
	}
	return "org.apache.druid"
}
