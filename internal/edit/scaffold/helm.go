package scaffold

import (
	"slices"

	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// hostVariable makes the image announce the address of the pod: most pods of the chart
// have a name that others do not resolve.
var hostVariable = variable{"DRUID_SET_HOST_IP", "1"}

// firstHostName is the release from which on the image announces the pod's name.
const firstHostName schema.Release = 33

func helmFile(all containers) []File {
	var p page
	p.line(0, "image:")
	p.line(1, "repository: %s", all.image)
	p.line(1, "tag: %s", quoted(all.tag))
	p.line(0, "configVars:")
	if all.plan.Target.Release >= firstHostName {
		p.variables(1, []variable{hostVariable})
	}
	p.variables(1, all.shared())
	for _, c := range all.list {
		p.line(0, "%s:", c.role)
		p.line(1, "enabled: true")
		p.line(1, "replicaCount: %d", c.replicas)
		p.line(1, "config:")
		p.variables(2, chartVariables(c))
		p.line(1, "resources:")
		p.line(2, "requests: {memory: %dMi}", c.request)
		p.line(2, "limits: {memory: %dMi}", c.limit)
		if sizing.IsData(c.role) {
			p.line(1, "persistence: {enabled: true, accessMode: ReadWriteOnce, size: %dGi}", c.volumes[0].gib)
			p.line(1, "securityContext: {fsGroup: %d}", imageUser)
		}
		if c.role == "middleManager" {
			p.line(1, "autoscaling: {enabled: false}") // what it takes away runs tasks
		}
	}
	for _, other := range []string{"coordinator", "overlord", "broker", "historical", "middleManager", "router", "zookeeper", "mysql", "postgresql"} {
		if !slices.ContainsFunc(all.list, func(c container) bool { return c.role == other }) {
			p.line(0, "%s: {enabled: false}", other) // the chart would start it
		}
	}
	return []File{{"values.yaml", p.String()}}
}

// chartVariables are those of a process. Temporary files are on its volume, if it
// has one, in a folder that the image's script makes.
func chartVariables(c container) []variable {
	list := variables(c.own, c.flags)
	if sizing.IsData(c.role) {
		list = append([]variable{{"JAVA_OPTS", "-Djava.io.tmpdir=" + chartTmp}, {"DRUID_DIRS_TO_CREATE", imageTmp + " " + chartTmp}}, list...)
	}
	return list
}
