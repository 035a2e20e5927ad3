package scaffold

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// containers are the processes of a plan as containers.
type containers struct {
	*writer
	form       string
	image, tag string
	common     []syntax.Entry
	logging    string // log4j2.xml
	secrets    []secret
	list       []container
}

// container is one process.
type container struct {
	server     sizing.Server
	role, port string
	own        []syntax.Entry
	flags      []string
	replicas   int64
	// request and limit are memory, in MiB.
	request, limit int64
	volumes        []volume
}

// containersOf reads the files of the conf tree.
func containersOf(form string, plan sizing.Plan, s Site) containers {
	plan = contained(plan)
	w := &writer{plan: plan, site: s.fill(plan, placeholders()), layout: layoutOf(plan)}
	w.common()
	all := containers{
		writer: w, form: form, image: "apache/druid", tag: tagOf(plan.Target), secrets: w.site.secrets(plan.Target),
		common: entries(w.written("common.runtime.properties")), logging: w.written("log4j2.xml"),
	}
	for _, server := range plan.Servers {
		resources := server.Containers()
		for i, p := range server.Processes {
			c := container{
				server: server, role: program(p.Service), replicas: replicas(plan.Peers, p.Service),
				request: resources[i].Request.Memory >> 20, limit: resources[i].Limit.Memory >> 20,
			}
			c.volumes = w.volumes(form, server, p)
			p = moved(form, server, p, len(c.volumes))
			c.port, _ = schema.DefaultPort("druid.plaintextPort", c.role, plan.Target.Release)
			c.own = likeImage(plan.Target.Release, append(entries(strings.Join(w.runtime(p), "\n")), apart(p.Service)...))
			c.flags = w.jvmFlags(p)
			all.list = append(all.list, c)
		}
	}
	return all
}

// moved is a process with what it writes in folders of its container.
func moved(form string, server sizing.Server, p sizing.Process, volumes int) sizing.Process {
	f := forms.Get()[form]
	if form == "helm" && !sizing.IsData(p.Service) {
		return server.Moved(p, imageRoots(1), imageTmp) // the chart mounts nothing there
	}
	return server.Moved(p, f.roots(max(1, volumes)), f.tmp)
}

// apart keeps a Coordinator from being the Overlord too, as the image has it.
func apart(service string) []syntax.Entry {
	if service != "coordinator" {
		return nil
	}
	return []syntax.Entry{{Key: "druid.coordinator.asOverlord.enabled", Value: "false"}}
}

// replicas are how many of a process there are: those that were said, or one.
func replicas(peers sizing.Peers, service string) int64 {
	switch {
	case sizing.IsData(service) && peers.DataServersSaid:
		return peers.DataServers
	case (service == "broker" || service == "router") && peers.BrokersSaid:
		return peers.Brokers
	}
	return 1
}

// together reports whether the containers are a whole cluster, which Compose starts on one
// machine. Others have to reach processes on other machines, and be reached from there.
func (all containers) together() bool {
	runs := func(roles ...string) bool {
		return slices.ContainsFunc(all.list, func(c container) bool { return slices.Contains(roles, c.role) })
	}
	return runs("coordinator") && runs("broker") && runs("historical") && runs("middleManager", "indexer")
}

// onOne reports whether one machine runs everything.
func (all containers) onOne() bool {
	return single(all.plan) || all.form == "compose" && all.together()
}

// written is a file that has been written, by its name.
func (w *writer) written(name string) string {
	i := slices.IndexFunc(w.files, func(f File) bool { return path.Base(f.Path) == name })
	if i < 0 {
		return ""
	}
	return w.files[i].Text
}

// arrayImage is the first release whose image gives tasks their options in an array.
const arrayImage schema.Release = 24

// likeImage writes the options of tasks into the property that the image has them in:
// of both, tasks get both.
func likeImage(r schema.Release, own []syntax.Entry) []syntax.Entry {
	const text, array = "druid.indexer.runner.javaOpts", "druid.indexer.runner.javaOptsArray"
	for i, e := range own {
		words, _ := syntax.ParseJSONValue(e.Value).Strings()
		switch {
		case e.Key == text && r >= arrayImage:
			own[i].Key, own[i].Value = array, list(strings.Fields(e.Value))
		case e.Key == array && r < arrayImage:
			own[i].Key, own[i].Value = text, strings.Join(words, " ")
		}
	}
	return own
}

func entries(text string) []syntax.Entry { return syntax.ParseProperties([]byte(text)).Entries }

// tagOf is the tag of the image: 33.0.0 for 33.
func tagOf(t schema.Target) string {
	tag := strings.TrimPrefix(t.Name, "druid-")
	for strings.Count(tag, ".") < 2 {
		tag += ".0"
	}
	return tag
}

// variable is a name and a value in the environment of a container.
type variable struct{ name, value string }

// imageFlags are the flags that the image makes of variables; the others are in the
// jvm.config that it brings.
var imageFlags = []struct{ flag, name string }{{"-Xms", "DRUID_XMS"}, {"-Xmx", "DRUID_XMX"}, {"-XX:MaxDirectMemorySize=", "DRUID_MAXDIRECTMEMORYSIZE"}}

// variables are the properties and the memory of a process.
func variables(list []syntax.Entry, flags []string) (all []variable) {
	for _, flag := range flags {
		for _, known := range imageFlags {
			if value, ok := strings.CutPrefix(flag, known.flag); ok {
				all = append(all, variable{known.name, value})
			}
		}
	}
	for _, e := range list {
		all = append(all, variable{strings.ReplaceAll(e.Key, ".", "_"), e.Value})
	}
	return all
}

// shared are the variables that all processes have. The image logs to files in the
// container, which are on no volume; this is standard output, as in the conf tree.
func (all containers) shared() []variable {
	var xml string
	for line := range strings.Lines(all.logging) {
		xml += strings.TrimSpace(line)
	}
	return append([]variable{{"DRUID_LOG4J", xml}}, variables(all.common, nil)...)
}

func properties(list []syntax.Entry) (lines []string) {
	for _, e := range list {
		lines = append(lines, syntax.EscapeKey(e.Key)+"="+syntax.EscapeValue(e.Value))
	}
	return lines
}
