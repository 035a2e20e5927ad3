package scaffold

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// Plans in other forms say what the conf tree says, and the memory that each
// container may take: files of variables, a Compose file, a resource of the
// druid-operator, and values of the chart of Apache and its successor. So they are
// made of the conf tree's own files.

// forms write a plan in each form.
var forms = lazy.Value[map[string]func(containers) []File]{New: func() map[string]func(containers) []File {
	return map[string]func(containers) []File{"docker-env": envFiles, "compose": composeFile, "operator": operatorFile, "helm": helmFile}
}}

// Forms are those that a plan can be written in.
func Forms() []string { return []string{"conf", "docker-env", "compose", "operator", "helm"} }

// firstImage is the release of the first official image.
const firstImage schema.Release = 16

// FilesIn are the files of a plan in a form.
func FilesIn(form string, plan sizing.Plan, site Site) ([]File, error) {
	write := forms.Get()[form]
	switch {
	case form == "conf":
		return Files(plan, site), nil
	case write == nil:
		return nil, fmt.Errorf("unknown %q: write one of %s", form, strings.Join(Forms(), ", "))
	case plan.Target.Imply || plan.Target.Release < firstImage:
		return nil, fmt.Errorf("%s is for the official image, which there is from Druid %s on, and the plan is for %s: say --target druid-%s", form, firstImage, plan.Target.Name, schema.Newest)
	}
	if form == "helm" && plan.Target.Release < arrayImage {
		// The chart has the array by default, and the image before 24 the text: tasks would get both.
		return nil, fmt.Errorf("values of the chart are written from Druid %s on, and the plan is for %s", arrayImage, plan.Target.Name)
	}
	return write(containersOf(plan, site)), nil
}

// Contained is a plan without what has no container of its own in any form.
func Contained(plan sizing.Plan) sizing.Plan {
	plan.Servers = slices.Clone(plan.Servers)
	for i := range plan.Servers {
		plan.Servers[i].Processes = slices.DeleteFunc(slices.Clone(plan.Servers[i].Processes), func(p sizing.Process) bool {
			return p.Service == "zookeeper" || p.Service == "pivot"
		})
	}
	return plan
}

// containers are the processes of a plan as containers.
type containers struct {
	image, tag string
	common     []syntax.Entry
	logging    string // log4j2.xml
	list       []container
}

// container is one process.
type container struct {
	role, port string
	own        []syntax.Entry
	flags      []string
	// request and limit are memory, in MiB.
	request, limit int64
	segments       int64 // in GiB, and what else lies beside them
	metadata       bool  // it needs the password of the metadata store
}

// containersOf reads the files of the conf tree.
func containersOf(plan sizing.Plan, site Site) containers {
	w := writer{plan: plan, site: site.of(plan), layout: layoutOf(plan)}
	w.common()
	all := containers{
		image: "apache/druid", tag: tagOf(plan.Target),
		common: entries(w.written("common.runtime.properties")), logging: w.written("log4j2.xml"),
	}
	for _, server := range Contained(plan).Servers {
		resources := server.Containers()
		for i, p := range server.Processes {
			port, _ := schema.DefaultPort("druid.plaintextPort", program(p.Service), plan.Target.Release)
			all.list = append(all.list, container{
				role: program(p.Service), port: port, own: likeImage(plan.Target.Release, entries(strings.Join(w.runtime(p), "\n"))), flags: w.jvmFlags(p),
				request: resources[i].Request.Memory >> 20, limit: resources[i].Limit.Memory >> 20, metadata: !w.site.derby(),
			})
			if p.Service == "historical" {
				all.list[len(all.list)-1].segments = server.Segments/(1<<30) + beside
			}
		}
	}
	return all
}

// beside is the space, in GiB, that a Historical has beside its segments: for queries
// that spill to disk, and logs.
const beside = 10

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

// envFiles are one file of variables for each process: docker run --env-file.
func envFiles(all containers) (files []File) {
	for _, c := range all.list {
		text := fmt.Sprintf("# docker run --env-file %s.env --memory %dm %s:%s %s\n", c.role, c.limit, all.image, all.tag, c.role)
		for _, v := range variables(slices.Concat(all.common, c.own), c.flags) {
			text += v.name + "=" + v.value + "\n"
		}
		files = append(files, File{c.role + ".env", text})
	}
	return files
}

// page is YAML that is being written.
type page struct{ strings.Builder }

func (p *page) line(indent int, format string, args ...any) {
	fmt.Fprintf(&p.Builder, strings.Repeat("  ", indent)+format+"\n", args...)
}

// quoted is a text in quotes, of which YAML has two kinds.
func quoted(text string) string {
	if strings.Contains(text, `"`) && !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	data, _ := json.Marshal(text) // a text is always JSON
	return string(data)
}

// text is a block of lines.
func (p *page) text(indent int, key string, lines []string) {
	p.line(indent, "%s: |", key)
	for _, line := range lines {
		p.line(indent+1, "%s", line)
	}
}

func composeFile(all containers) []File {
	var p page
	p.line(0, "x-druid: &druid")
	for _, v := range variables(all.common, nil) {
		p.line(1, "%s: %s", v.name, quoted(v.value))
	}
	p.line(0, "")
	p.line(0, "services:")
	for _, c := range all.list {
		p.line(1, "%s:", c.role)
		p.line(2, "image: %s:%s", all.image, all.tag)
		p.line(2, "command: [%s]", c.role)
		p.line(2, "ports: [%q]", c.port+":"+c.port)
		p.line(2, "mem_limit: %dm", c.limit)
		p.line(2, "volumes: [\"%s:/opt/druid/var\"]", c.role)
		p.line(2, "environment:")
		p.line(3, "<<: *druid")
		if c.metadata {
			p.line(3, "%s: ${%[1]s}", MetadataVariable)
		}
		for _, v := range variables(c.own, c.flags) {
			p.line(3, "%s: %s", v.name, quoted(v.value))
		}
	}
	p.line(0, "")
	p.line(0, "volumes:")
	for _, c := range all.list {
		p.line(1, "%s: {}", c.role)
	}
	return []File{{"compose.yaml", p.String()}}
}

func helmFile(all containers) []File {
	var p page
	p.line(0, "image:")
	p.line(1, "repository: %s", all.image)
	p.line(1, "tag: %s", all.tag)
	p.line(0, "configVars:")
	for _, v := range variables(all.common, nil) {
		p.line(1, "%s: %s", v.name, quoted(v.value))
	}
	for _, c := range all.list {
		p.line(0, "%s:", c.role)
		p.line(1, "enabled: true")
		p.line(1, "config:")
		for _, v := range variables(c.own, c.flags) {
			p.line(2, "%s: %s", v.name, quoted(v.value))
		}
		p.line(1, "resources:")
		p.line(2, "requests: {memory: %dMi}", c.request)
		p.line(2, "limits: {memory: %dMi}", c.limit)
		if c.segments > 0 {
			p.line(1, "persistence: {enabled: true, size: %dGi}", c.segments)
		}
	}
	for _, other := range []string{"coordinator", "overlord", "broker", "historical", "middleManager", "router", "zookeeper", "mysql", "postgresql"} {
		if !slices.ContainsFunc(all.list, func(c container) bool { return c.role == other }) {
			p.line(0, "%s: {enabled: false}", other) // the chart would start it
		}
	}
	return []File{{"values.yaml", p.String()}}
}

// nodeFolders are where the image has the configuration of each process.
var nodeFolders = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{"coordinator": "master/coordinator-overlord", "overlord": "master/coordinator-overlord"}
}}

func operatorFile(all containers) []File {
	const root = "/opt/druid/conf/druid/cluster"
	var p page
	p.line(0, "apiVersion: druid.apache.org/v1alpha1")
	p.line(0, "kind: Druid")
	p.line(0, "metadata:")
	p.line(1, "name: druid")
	p.line(0, "spec:")
	p.line(1, "image: %s:%s", all.image, all.tag)
	p.line(1, "startScript: /druid.sh")
	p.line(1, "commonConfigMountPath: %s/_common", root)
	p.text(1, "common.runtime.properties", properties(all.common))
	p.text(1, "log4j.config", strings.Split(strings.TrimSuffix(all.logging, "\n"), "\n"))
	p.line(1, "nodes:")
	for _, c := range all.list {
		folder, ok := nodeFolders.Get()[c.role]
		if !ok {
			folder = path.Join(serverOf.Get()[c.role], c.role)
		}
		p.line(2, "%ss:", strings.ToLower(c.role))
		p.line(3, "nodeType: %s", c.role)
		p.line(3, "druid.port: %s", c.port)
		p.line(3, "nodeConfigMountPath: %s/%s", root, folder)
		p.line(3, "replicas: 1")
		p.line(3, "resources:")
		p.line(4, "requests: {memory: %dMi}", c.request)
		p.line(4, "limits: {memory: %dMi}", c.limit)
		if c.metadata {
			p.line(3, "env:")
			p.line(4, "- name: %s", MetadataVariable)
			p.line(4, "  valueFrom: {secretKeyRef: {name: druid-metadata, key: password}}")
		}
		p.text(3, "extra.jvm.options", c.flags)
		p.text(3, "runtime.properties", properties(c.own))
	}
	return []File{{"druid.yaml", p.String()}}
}

func properties(list []syntax.Entry) (lines []string) {
	for _, e := range list {
		lines = append(lines, syntax.EscapeKey(e.Key)+"="+syntax.EscapeValue(e.Value))
	}
	return lines
}
