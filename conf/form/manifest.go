package form

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// workloads are the kinds of resources that make pods, and where the pod is in them.
var workloads = lazy.Value[map[string][]string]{New: func() map[string][]string {
	return map[string][]string{
		"Deployment": {"spec", "template", "spec"}, "StatefulSet": {"spec", "template", "spec"}, "DaemonSet": {"spec", "template", "spec"},
		"ReplicaSet": {"spec", "template", "spec"}, "ReplicationController": {"spec", "template", "spec"}, "Job": {"spec", "template", "spec"},
		"CronJob": {"spec", "jobTemplate", "spec", "template", "spec"}, "Pod": {"spec"},
	}
}}

// isManifest reports whether a file holds a pod that runs Druid, or a ConfigMap with
// Druid's files or variables.
func isManifest(s *Source) bool { return runsDruid(s) || len(druidConfigs(s)) > 0 }

// runsDruid reports whether a file holds a pod that runs Druid.
func runsDruid(s *Source) bool {
	if !bytes.Contains(s.Data, []byte("containers")) {
		return false
	}
	return slices.ContainsFunc(objects(s), func(n *Node) bool {
		where, ok := workloads.Get()[n.Get("kind").String()]
		return ok && slices.ContainsFunc(items(n.Path(where...).Get("containers")), containerLooksDruid)
	})
}

// containerLooksDruid is a first look, before variables are read.
func containerLooksDruid(n *Node) bool {
	if isDruidImage(n.Get("image").String()) {
		return true
	}
	command := commandWords(n)
	_, known := roleAmong(command)
	return known && (strings.Contains(strings.Join(command, " "), "druid") || slices.ContainsFunc(items(n.Get("volumeMounts")), func(m *Node) bool {
		return strings.Contains(m.Get("mountPath").String(), "/conf/druid")
	}) || slices.ContainsFunc(items(n.Get("env")), func(v *Node) bool { return strings.HasPrefix(v.Get("name").String(), "druid_") }))
}

// druidConfigs are the ConfigMaps of a file that hold configuration of Druid.
func druidConfigs(s *Source) (list []*Node) {
	if !bytes.Contains(s.Data, []byte("ConfigMap")) {
		return nil
	}
	for _, n := range objects(s) {
		data := n.Get("data")
		if n.Get("kind").String() != "ConfigMap" || data == nil {
			continue
		}
		if slices.ContainsFunc(data.Members, func(m Member) bool { return isDruidKey(m.Key.s) }) {
			list = append(list, n)
		}
	}
	return list
}

func isDruidKey(key string) bool {
	return key == "common.runtime.properties" || key == "runtime.properties" || strings.HasPrefix(key, "druid_")
}

// readManifests reads the resources of a folder, and of those below it that are
// called after a service or a kind of resource. One file that was named is read
// with the ConfigMaps that lie beside it.
func readManifests(in *Input, s *Source) (trees []*Tree) {
	m := &manifests{in: in, main: s}
	if !m.collect() {
		return nil
	}
	for _, namespace := range m.namespaces() {
		k := newKube(in)
		m.read(k, namespace)
		if len(k.tree.processes) > 0 {
			trees = append(trees, k.tree)
		}
	}
	return trees
}

// manifests are the files that belong together.
type manifests struct {
	in    *Input
	main  *Source
	files []*Source // of resources, the main one among them
	kusts []*Source // kustomization.yaml
}

// collect finds the files; false if another of them stands for all.
func (m *manifests) collect() bool {
	group := groupOf(m.main.Path)
	var patches []string
	m.files = []*Source{m.main}
	seen := 0
	for _, name := range m.in.names() {
		if dir := path.Dir(name); isKustomization(name) && dir != group && (dir == "." || within(group, dir)) {
			if s, err := m.in.File(name); err == nil { // that of a folder around this one, which may be one of its patches
				patches = append(patches, patchesOf(s)...)
			}
		}
		if name == m.main.Path || !IsYAML(name) || !within(name, group) && group != "." || groupOf(name) != group {
			continue
		}
		if seen++; seen > maxBeside {
			break
		}
		s, err := m.in.File(name)
		switch {
		case err != nil:
		case isKustomization(name):
			m.kusts = append(m.kusts, s)
			patches = append(patches, patchesOf(s)...)
		case Mentions(s.Data) || bytes.Contains(s.Data, []byte("PersistentVolumeClaim")):
			m.files = append(m.files, s)
		}
	}
	m.files = slices.DeleteFunc(m.files, func(s *Source) bool { return s != m.main && slices.Contains(patches, s.Path) })
	if m.in.Alone {
		return true
	}
	if slices.Contains(patches, m.main.Path) {
		return false
	}
	slices.SortFunc(m.files, func(a, b *Source) int { return strings.Compare(a.Path, b.Path) })
	first := slices.IndexFunc(m.files, runsDruid)
	if first < 0 {
		first = slices.IndexFunc(m.files, isManifest)
	}
	return m.files[max(first, 0)] == m.main
}

// kindWords are the names of folders that hold one kind of resource.
var kindWords = []string{
	"deployment", "deployments", "statefulset", "statefulsets", "configmap", "configmaps", "config", "configs", "service", "services", "secret",
	"secrets", "workload", "workloads", "pod", "pods", "job", "jobs", "volume", "volumes", "pvc", "common",
}

// groupOf is the folder whose resources belong to those of a file.
func groupOf(file string) string {
	dir := path.Dir(file)
	for dir != "." && dir != "/" {
		base := strings.ToLower(path.Base(dir))
		if _, ok := roleIn(strings.TrimSuffix(base, "s")); !ok && !slices.Contains(kindWords, base) {
			break
		}
		dir = path.Dir(dir)
	}
	return dir
}

// namespaces are those of the pods; one empty one if they do not differ.
func (m *manifests) namespaces() (list []string) {
	for _, s := range m.workloads() {
		for _, n := range objects(s) {
			if _, ok := workloads.Get()[n.Get("kind").String()]; !ok {
				continue
			}
			if name := n.Path("metadata", "namespace").String(); name != "" && !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	if len(list) < 2 {
		return []string{""}
	}
	return list
}

// workloads are the files whose pods count.
func (m *manifests) workloads() []*Source {
	if m.in.Alone {
		return []*Source{m.main}
	}
	return m.files
}

// read adds what runs in a namespace.
func (m *manifests) read(k *kube, namespace string) {
	ours := func(n *Node) bool {
		own := n.Path("metadata", "namespace").String()
		return namespace == "" || own == "" || own == namespace
	}
	var services []*Node
	var others []other
	for _, s := range m.files {
		for _, n := range objects(s) {
			if !ours(n) {
				continue
			}
			k.object(n, s)
			if n.Get("kind").String() == "Service" {
				services = append(services, n)
			}
		}
	}
	for _, s := range m.kusts {
		k.kustomize(s)
	}
	for _, s := range m.workloads() {
		for _, n := range objects(s) {
			where, ok := workloads.Get()[n.Get("kind").String()]
			if !ok || !ours(n) {
				continue
			}
			pod := kubePod{unit: n.Path("metadata", "name").String(), home: nameOf(n), spec: n.Path(where...), claims: n.Path("spec", "volumeClaimTemplates")}
			if found := k.pod(pod); len(found) > 0 {
				k.tree.use(s)
				k.services(n, found, services)
				continue
			}
			others = append(others, other{pod, s})
		}
	}
	if len(k.tree.processes) == 0 {
		m.loose(k)
		return
	}
	for _, o := range others {
		for _, c := range items(o.spec.Get("containers")) {
			if image := c.Get("image"); image != nil && k.tree.noticeTag(image.Text, o.unit) {
				k.tree.use(o.source)
			}
		}
	}
}

// other is a pod that does not run Druid.
type other struct {
	kubePod
	source *Source
}

// nameOf is the place of a resource.
func nameOf(n *Node) Place {
	if name := n.Path("metadata", "name"); name != nil {
		return name.At
	}
	return n.At
}

// services remembers the ports that Services send to.
func (k *kube) services(workload *Node, found []*kubeContainer, services []*Node) {
	labels := workload.Path("spec", "template", "metadata", "labels")
	for _, svc := range services {
		selector := svc.Path("spec", "selector")
		if selector == nil || len(selector.Members) == 0 || slices.ContainsFunc(selector.Members, func(m Member) bool { return labels.Get(m.Key.s).String() != m.Value.String() }) {
			continue
		}
		for _, port := range items(svc.Path("spec", "ports")) {
			target := port.Get("targetPort")
			if target == nil {
				target = port.Get("port")
			}
			if target == nil || target.Tag != "!!int" || len(found) > 1 {
				continue
			}
			k.note(Fact{Kind: OtherPort, At: target.At, Service: found[0].unit, Name: "the Service " + svc.Path("metadata", "name").String(), Detail: target.String()})
		}
	}
}

// loose reads ConfigMaps that no pod here mounts, as those of pods that mount them
// where the image looks.
func (m *manifests) loose(k *kube) {
	var common []kubeMount
	var env []Var
	type own struct {
		role string
		n    *Node
		s    *Source
	}
	var owns []own
	var variables []own
	for _, s := range m.files {
		for _, n := range druidConfigs(s) {
			data := n.Get("data")
			role, known := roleOfConfig(n)
			switch {
			case data.Get("common.runtime.properties") != nil:
				k.tree.use(s)
				common = append(common, k.looseMount(n, confRoot+"cluster/_common"))
			case data.Get("runtime.properties") != nil && known:
				k.tree.use(s)
				owns = append(owns, own{role, n, s})
			case slices.ContainsFunc(data.Members, func(m Member) bool { return strings.HasPrefix(m.Key.s, "druid_") }):
				k.tree.use(s)
				if known {
					variables = append(variables, own{role, n, s})
					continue
				}
				env = append(env, looseVars(n)...)
			}
		}
	}
	for _, o := range owns {
		image := &image{Container: &Container{Role: o.role, Release: k.in.release("")}}
		mounts := append(slices.Clone(common), k.looseMount(o.n, confRoot+image.confPath()))
		k.add(&kubeContainer{unit: o.n.Path("metadata", "name").String(), home: nameOf(o.n), role: o.role, mounts: mounts, mountsAt: nameOf(o.n), open: true, podless: true})
	}
	for _, v := range variables {
		k.add(&kubeContainer{unit: v.n.Path("metadata", "name").String(), home: nameOf(v.n), role: v.role, env: append(slices.Clone(env), looseVars(v.n)...), mountsAt: nameOf(v.n), open: true, podless: true})
	}
	if len(owns)+len(variables) > 0 || len(env) == 0 {
		return
	}
	for _, role := range usualRoles {
		home := Place{Source: m.main}
		k.add(&kubeContainer{unit: role, home: home, role: role, env: env, mountsAt: home, open: true, podless: true})
	}
}

// roleOfConfig is the service that a ConfigMap is for, by its name or by what it says.
func roleOfConfig(n *Node) (string, bool) {
	if role, ok := roleIn(n.Path("metadata", "name").String()); ok {
		return role, true
	}
	for line := range strings.Lines(n.Path("data", "runtime.properties").String()) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "druid.service="); ok {
			return roleIn(value)
		}
	}
	return "", false
}

func (k *kube) looseMount(n *Node, dir string) kubeMount {
	c := k.configs["ConfigMap/"+n.Path("metadata", "name").String()]
	return kubeMount{path: dir, at: nameOf(n), kubeVolume: kubeVolume{from: dir, file: lookup(c.values)}}
}

func looseVars(n *Node) (vars []Var) {
	for _, m := range n.Get("data").Members {
		vars = append(vars, Var{Name: m.Key, Value: m.Value.Text})
	}
	return vars
}
