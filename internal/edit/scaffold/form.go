package scaffold

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// form is a way to write a plan down.
type form struct {
	// roots are the folders that processes write to, one for each of so many disks for
	// data, and tmp those for temporary files; of a container.
	roots func(disks int) []string
	tmp   string
	write func(containers) []File
	// refuse says why a plan cannot be written so; nil if every one can.
	refuse func(containers) error
	todo   []step
}

// forms are all but the conf tree, which the others are made of: files of variables,
// a Compose file, a resource of the druid-operator, and values of the chart of Apache and
// its successor.
var forms = lazy.Value[map[string]form]{New: func() map[string]form {
	return map[string]form{
		"docker-env": {roots: imageRoots, tmp: imageTmp, write: envFiles, refuse: inDocker, todo: dockerSteps},
		"compose":    {roots: imageRoots, tmp: imageTmp, write: composeFile, refuse: inDocker, todo: composeSteps},
		"operator":   {roots: imageRoots, tmp: imageTmp, write: operatorFile, todo: operatorSteps},
		"helm":       {roots: chartRoots, tmp: chartTmp, write: helmFile, refuse: outOfChart, todo: helmSteps},
	}
}}

// Conf is the form that is no container's.
const Conf = "conf"

// Forms are those that a plan can be written in.
func Forms() []string { return []string{Conf, "docker-env", "compose", "operator", "helm"} }

// Roles are the servers of a plan in a form where nobody says which: Compose starts all
// on one machine.
func Roles(form string) []string {
	if form == "compose" {
		return []string{sizing.AllInOne}
	}
	return []string{sizing.Data, sizing.Query, sizing.Master}
}

// firstImage is the release of the first official image.
const firstImage schema.Release = 16

// FilesIn are the files of a plan in a form.
func FilesIn(name string, plan sizing.Plan, site Site) ([]File, error) {
	f, known := forms.Get()[name]
	switch {
	case name == Conf:
		return Files(plan, site), nil
	case !known:
		return nil, fmt.Errorf("unknown %q: write one of %s", name, strings.Join(Forms(), ", "))
	case plan.Target.Imply || plan.Target.Release < firstImage:
		return nil, fmt.Errorf("%s is for the official image, which there is from Druid %s on, and the plan is for %s: say --target druid-%s", name, firstImage, plan.Target.Name, schema.Newest)
	}
	all := containersOf(name, plan, site)
	if err := all.refused(); err != nil {
		return nil, err
	}
	if f.refuse != nil {
		if err := f.refuse(all); err != nil {
			return nil, err
		}
	}
	return append(f.write(all), all.recorded(all.onOne())), nil
}

// refused is what no form of containers can do.
func (all containers) refused() error {
	if all.site.derby() && has(all.plan, "overlord") {
		return errors.New("the container of the Coordinator has Derby, and that of the Overlord does not reach it: say another --metadata, or --services with coordinator-overlord")
	}
	if len(all.list) == 0 {
		return errors.New("none of these processes is in the image of Druid")
	}
	return nil
}

// outOfChart is what the chart has no value for.
func outOfChart(all containers) error {
	runs := func(service string) bool { return has(all.plan, service) }
	switch {
	case all.plan.Target.Release < arrayImage:
		// The chart has the array by default, and the image before 24 the text: tasks would get both.
		return fmt.Errorf("values of the chart are written from Druid %s on, and the plan is for %s", arrayImage, all.plan.Target.Name)
	case runs("indexer"):
		return errors.New("the chart has no Indexer: say --form operator, or run MiddleManagers")
	case runs("overlord"):
		return errors.New("no template of the chart reads settings of the Overlord: say coordinator-overlord, which is both")
	case all.site.derby():
		return errors.New("the chart gives the Coordinator, in which Derby is, no volume: say another --metadata")
	case all.site.store == "file":
		return errors.New("the chart mounts no folder that all pods share: say another --deep-storage")
	}
	return nil
}

// contained is a plan without what has no container of its own in any form.
func contained(plan sizing.Plan) sizing.Plan {
	plan.Servers = slices.Clone(plan.Servers)
	for i := range plan.Servers {
		plan.Servers[i].Processes = slices.DeleteFunc(slices.Clone(plan.Servers[i].Processes), func(p sizing.Process) bool {
			return p.Service == "zookeeper" || p.Service == "pivot"
		})
	}
	return plan
}
