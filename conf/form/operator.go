package form

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// The folders that the operator mounts configuration on where the resource does not
// say: that of the shared file by its CRD since 1.2, that of a node by its code.
const (
	operatorCommonPath = confRoot + "cluster/_common"
	operatorNodePath   = "/druid/conf/druid/"
)

// isOperator reports whether a file holds a resource of the druid-operator.
func isOperator(s *Source) bool {
	return bytes.Contains(s.Data, []byte("druid.apache.org/")) && len(druidResources(s)) > 0
}

func druidResources(s *Source) (list []*Node) {
	for _, n := range objects(s) {
		if n.Get("kind").String() == "Druid" && strings.HasPrefix(n.Get("apiVersion").String(), "druid.apache.org/") && n.Path("spec", "nodes") != nil {
			list = append(list, n)
		}
	}
	return list
}

// readOperator reads the resources of a file, each a cluster.
func readOperator(in *Input, s *Source) (trees []*Tree) {
	for _, n := range druidResources(s) {
		k := newKube(in)
		k.beside(s)
		o := &operator{kube: k, name: n.Path("metadata", "name").String(), spec: n.Get("spec")}
		o.common = o.commonFiles()
		for _, m := range o.spec.Get("nodes").Members {
			o.node(m)
		}
		if len(k.tree.processes) > 0 {
			trees = append(trees, k.tree)
		}
	}
	return trees
}

// operator reads a resource of kind Druid, as controllers/druid of the operator does.
type operator struct {
	*kube
	name   string
	spec   *Node
	common map[string]Text
}

// text is a scalar of a map, empty if there is none.
func (n *Node) text(key string) Text {
	if v := n.Get(key); v != nil && v.Kind == Scalar && !v.IsNull() {
		return v.Text
	}
	return Text{}
}

// first is the first text that is not empty.
func first(texts ...Text) Text {
	for _, t := range texts {
		if t.s != "" {
			return t
		}
	}
	return Text{}
}

// joinLines puts texts together, each beginning a line.
func joinLines(texts ...Text) Text {
	var list []Text
	for _, t := range texts {
		if t.s == "" {
			continue
		}
		if n := len(list); n > 0 && !strings.HasSuffix(list[n-1].s, "\n") {
			list = append(list, list[n-1].made("\n"))
		}
		list = append(list, t)
	}
	return Join(list...)
}

// commonFiles are the files of the shared folder. What stands in the blocks comes
// behind the text, and wins over it.
func (o *operator) commonFiles() map[string]Text {
	common := []Text{o.spec.text("common.runtime.properties")}
	for _, block := range []string{"zookeeper", "metadataStore", "deepStorage"} {
		if b := o.spec.Get(block); b != nil && b.Get("type").String() == "default" {
			common = append(common, b.Get("spec").text("properties"))
		}
	}
	files := map[string]Text{"common.runtime.properties": joinLines(common...)}
	for key, name := range map[string]string{"metricDimensions.json": "metricDimensions.json", "hdfs-site.xml": "hdfs-site.xml", "core-site.xml": "core-site.xml"} {
		if t := o.spec.text(key); t.s != "" {
			files[name] = t
		}
	}
	for _, ref := range items(o.spec.Get("extraCommonConfig")) {
		if c := o.config("ConfigMap", ref.Get("name"), "", false); c != nil {
			for _, key := range c.keys {
				files[key] = c.values[key]
			}
		}
	}
	return files
}

// node adds a group of nodes.
func (o *operator) node(m Member) {
	n := m.Value
	if n.Kind != Map {
		return
	}
	pod := kubePod{unit: m.Key.s, home: m.Key.Place(), spec: o.spec}
	c := &kubeContainer{
		unit: m.Key.s, home: m.Key.Place(), role: n.Get("nodeType").String(), resources: n.Get("resources"), mountsAt: m.Key.Place(),
		image: o.chartImage(first(n.text("image"), o.spec.text("image"))),
	}
	fields := []string{"nodeType", "druid.port", "nodeConfigMountPath", "runtime.properties"}
	if missing := slices.DeleteFunc(fields, func(field string) bool { return n.Get(field) != nil }); len(missing) > 0 {
		o.note(Fact{Kind: Required, At: m.Key.Place(), Service: c.unit, Name: strings.Join(missing, ", ")})
	}
	if c.role == "" {
		return
	}
	c.own = o.ownScript(c, n)
	env := &Node{Kind: Map}
	for _, key := range []string{"env", "envFrom"} {
		if from := o.firstNode(n, key); from != nil {
			env.Members = append(env.Members, Member{Value: from, Key: Made(key, from.At)})
		}
	}
	var complete bool
	c.env, complete = o.env(env, c.unit)
	c.open = !complete
	port := n.Get("druid.port")
	c.mounts = append(c.mounts, o.commonMount(), o.nodeMount(m, port))
	volumes := volumesOf(o.kube, pod)
	for name, v := range volumesOf(o.kube, kubePod{unit: m.Key.s, spec: n, claims: o.claims(n)}) {
		volumes[name] = v
	}
	for _, from := range []*Node{o.spec, n} {
		c.mounts = append(c.mounts, o.mounts(from.Get("volumeMounts"), volumes, c.unit)...)
	}
	if own := n.Get("volumeMounts"); own != nil {
		c.mountsAt = own.At
	}
	o.add(c)
	o.notice(c, n, port)
}

// ownScript reports whether not druid.sh starts the processes. By the CRD it does where
// nothing is said; operators before 1.2 start bin/run-druid.sh then, which only images
// of somebody's own have.
func (o *operator) ownScript(c *kubeContainer, n *Node) bool {
	if script := o.spec.Get("startScript").String(); script != "" {
		return !strings.HasSuffix(script, "druid.sh")
	}
	return !isOfficial(c.image.s) && !within(imagePath(n.Get("nodeConfigMountPath").String()), path.Clean(confRoot))
}

// firstNode is what a node group says, or else the resource: the one takes the place
// of the other.
func (o *operator) firstNode(n *Node, key string) *Node {
	if v := n.Get(key); v != nil {
		return v
	}
	return o.spec.Get(key)
}

// claims are the claims of a group, and those of all.
func (o *operator) claims(n *Node) *Node {
	both := &Node{Kind: List}
	for _, from := range []*Node{o.spec, n} {
		if n.Get("kind").String() != "Deployment" {
			both.Items = append(both.Items, items(from.Get("volumeClaimTemplates"))...)
		}
	}
	return both
}

func (o *operator) commonMount() kubeMount {
	m := kubeMount{path: operatorCommonPath, kubeVolume: kubeVolume{from: "common", file: lookup(o.common)}}
	if at := o.spec.Get("commonConfigMountPath"); at.String() != "" {
		m.path, m.at = path.Clean(at.String()), at.At
	}
	return m
}

func lookup(files map[string]Text) func(string) (Text, bool) {
	return func(name string) (Text, bool) {
		text, ok := files[name]
		return text, ok
	}
}

// nodeMount is the folder of a group, with the files that the operator makes.
func (o *operator) nodeMount(m Member, port *Node) kubeMount {
	n := m.Value
	runtime := n.text("runtime.properties")
	if port != nil {
		runtime = joinLines(Join(Made("druid.port=", port.At), port.Text), runtime)
	}
	files := map[string]Text{
		"runtime.properties": runtime,
		"jvm.config":         o.jvm(n),
	}
	if log := first(n.text("log4j.config"), o.spec.text("log4j.config")); log.s != "" {
		files["log4j2.xml"] = log
	}
	mount := kubeMount{path: operatorNodePath + n.Get("nodeType").String(), at: m.Key.Place(), kubeVolume: kubeVolume{from: "node " + m.Key.s, file: lookup(files)}}
	if at := n.Get("nodeConfigMountPath"); at.String() != "" {
		mount.path, mount.at = path.Clean(at.String()), at.At
	}
	return mount
}

// jvm is the jvm.config of a group. The operator writes a line end between both texts,
// whether there is a second one or not, so that what the image adds has its own line.
func (o *operator) jvm(n *Node) Text {
	options := first(n.text("jvm.options"), o.spec.text("jvm.options"))
	if options.s != "" && !strings.HasSuffix(options.s, "\n") {
		options = Join(options, options.made("\n"))
	}
	return joinLines(options, n.text("extra.jvm.options"))
}

// notice looks at what of a group has no effect, or another than it seems.
func (o *operator) notice(c *kubeContainer, n, port *Node) {
	if port != nil {
		o.note(Fact{Kind: OtherPort, At: port.At, Service: c.unit, Name: "druid.port", Detail: port.String()})
	}
	if own, shared := n.Get("jvm.options"), o.spec.Get("jvm.options"); own.String() != "" && shared.String() != "" {
		if lost := missingFlags(shared.String(), own.String()+"\n"+n.Get("extra.jvm.options").String()); lost != "" {
			o.note(Fact{Kind: Replaced, At: own.At, Service: c.unit, Name: "jvm.options", Detail: lost, Other: shared.At})
		}
	}
	if claims := n.Get("volumeClaimTemplates"); claims != nil && n.Get("kind").String() == "Deployment" {
		o.note(Fact{Kind: Ignored, At: claims.At, Service: c.unit, Name: "volumeClaimTemplates", Detail: "a Deployment has no claims of its own: only kind StatefulSet makes them"})
	}
}

// missingFlags is the first flag of a list that another one does not set.
func missingFlags(of, in string) string {
	for _, flag := range strings.Fields(of) {
		name, _, _ := strings.Cut(flag, "=")
		if strings.HasPrefix(flag, "-X") && !strings.HasPrefix(flag, "-XX") {
			name = flag[:min(len(flag), 4)]
		}
		if strings.HasPrefix(flag, "-") && flag != "-server" && !strings.Contains(in, strings.TrimLeft(strings.TrimPrefix(name, "-XX:"), "+-")) {
			return flag
		}
	}
	return ""
}
