package form

import (
	"path"
	"slices"
	"strings"
)

// kubePod is a pod, of whatever makes it.
type kubePod struct {
	unit   string
	home   Place
	spec   *Node
	claims *Node // volumeClaimTemplates
}

// pod adds the containers of a pod that run Druid.
func (k *kube) pod(p kubePod) (found []*kubeContainer) {
	for _, n := range items(p.spec.Get("containers")) {
		c, ok := k.container(p, n)
		if !ok {
			continue
		}
		k.add(c)
		k.probes(n, c)
		found = append(found, c)
	}
	return found
}

// items are the items of a list, none for anything else.
func items(n *Node) []*Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// container reads a container; false if it does not run a service of Druid.
func (k *kube) container(p kubePod, n *Node) (*kubeContainer, bool) {
	c := &kubeContainer{unit: p.unit, home: p.home, resources: n.Get("resources"), mountsAt: p.home}
	if image := n.Get("image"); image != nil {
		c.image = k.chartImage(image.Text)
	}
	command := commandWords(n)
	role, known := roleAmong(command)
	if !isDruidImage(c.image.s) && !known {
		return nil, false
	}
	var complete bool
	c.env, complete = k.env(n, p.unit)
	c.open = !complete
	if mounts := n.Get("volumeMounts"); mounts != nil {
		c.mountsAt = mounts.At
		c.mounts = k.mounts(mounts, volumesOf(k, p), p.unit)
	}
	druid := isDruidImage(c.image.s) || slices.ContainsFunc(c.env, func(v Var) bool { return strings.HasPrefix(v.Name.s, "druid_") }) ||
		slices.ContainsFunc(c.mounts, func(m kubeMount) bool { return strings.Contains(m.path, "/conf/druid") })
	if !druid {
		return nil, false
	}
	if !known {
		if role, known = roleIn(n.Get("name").String()); !known {
			role, known = roleIn(p.unit)
		}
		if !known || isOfficial(c.image.s) && len(command) > 0 {
			return nil, false
		}
	}
	c.role, c.own = role, ownStart(command) || !isOfficial(c.image.s) && !slices.ContainsFunc(command, isScript) && c.mountsElsewhere()
	return c, true
}

func isScript(word string) bool { return path.Base(strings.Trim(word, `"';`)) == "druid.sh" }

// mountsElsewhere reports whether a container gets its files in another folder than
// that of the official image: it starts Druid in a way of its own.
func (c *kubeContainer) mountsElsewhere() bool {
	elsewhere := false
	for _, m := range c.mounts {
		if within(imagePath(m.path), path.Clean(confRoot)) {
			return false
		}
		for _, name := range []string{"common.runtime.properties", "runtime.properties"} {
			if m.file != nil {
				_, ok := m.file(path.Join(m.sub, name))
				elsewhere = elsewhere || ok
			}
		}
	}
	return elsewhere
}

// commandWords are the words of command and args, and of scripts in them.
func commandWords(n *Node) (list []string) {
	for _, word := range append(words(n.Get("command")), words(n.Get("args"))...) {
		list = append(list, strings.Fields(word)...)
	}
	return list
}

func roleAmong(words []string) (string, bool) {
	for _, word := range words {
		if word = strings.Trim(word, `"';`); slices.Contains(roles, word) {
			return word, true
		}
	}
	return "", false
}

// ownStart reports whether a command starts Druid without druid.sh.
func ownStart(command []string) bool {
	for _, word := range command {
		switch base := path.Base(strings.Trim(word, `"';`)); {
		case isScript(word):
			return false
		case base == "java", base == "run-druid", base == "run-druid.sh", base == "run-java", strings.HasPrefix(base, "start-"), strings.HasPrefix(base, "org.apache.druid.cli.Main"):
			return true
		}
	}
	return false
}

// env is the environment of a container: later sources of envFrom win over earlier
// ones, and env over all of them.
func (k *kube) env(n *Node, unit string) (vars []Var, complete bool) {
	all := &envReader{}
	complete = true
	for _, from := range items(n.Get("envFrom")) {
		for _, source := range []struct{ key, kind string }{{"configMapRef", "ConfigMap"}, {"secretRef", "Secret"}} {
			ref := from.Get(source.key)
			if ref == nil {
				continue
			}
			c := k.config(source.kind, ref.Get("name"), unit, ref.Get("optional").String() == "true")
			if c == nil {
				complete = false
				continue
			}
			for _, key := range c.keys {
				name := c.values[key].made(from.Get("prefix").String() + key)
				all.set(Var{Name: name, Value: c.variable(key, name.s)})
			}
		}
	}
	for _, item := range items(n.Get("env")) {
		name := item.Get("name")
		if name.String() == "" {
			continue
		}
		all.set(Var{Name: name.Text, Value: k.value(item, name.Text, all)})
	}
	return all.vars, complete
}

// variable is a value as a variable. Of a Secret's nothing is ever shown.
func (c *kubeConfig) variable(key, name string) Text {
	value := c.values[key]
	if c.secret && value.s != "" {
		return value.made(unknown(name))
	}
	return value
}

// value is that of an entry of env.
func (k *kube) value(item *Node, name Text, before *envReader) Text {
	if value := item.Get("value"); !value.IsNull() {
		return expand(value.Text, before)
	}
	if item.Get("valueFrom") == nil {
		return name.made("")
	}
	for _, source := range []struct{ key, kind string }{{"configMapKeyRef", "ConfigMap"}, {"secretKeyRef", "Secret"}} {
		ref := item.Path("valueFrom", source.key)
		if ref == nil {
			continue
		}
		if c := k.find(source.kind, ref.Get("name").String()); c != nil {
			if _, ok := c.values[ref.Get("key").String()]; ok {
				return c.variable(ref.Get("key").String(), name.s)
			}
		}
	}
	return name.made(unknown(name.s))
}

// expand replaces $(NAME) by a variable that was set before.
func expand(t Text, before *envReader) Text {
	if !strings.Contains(t.s, "$(") {
		return t
	}
	var out []Text
	at := 0
	for i := 0; i+1 < len(t.s); i++ {
		if t.s[i] != '$' || t.s[i+1] != '(' && t.s[i+1] != '$' {
			continue
		}
		if t.s[i+1] == '$' { // $$(X) is written for $(X)
			out = append(out, t.Slice(at, i))
			at = i + 1
			i++
			continue
		}
		end := strings.IndexByte(t.s[i:], ')')
		if end < 0 {
			break
		}
		if j := before.index(t.s[i+2 : i+end]); j >= 0 {
			out = append(out, t.Slice(at, i), t.Slice(i, i+end+1).made(before.vars[j].Value.s))
			at = i + end + 1
		}
		i += end
	}
	return Join(append(out, t.Slice(at, len(t.s)))...)
}

// volumesOf are the volumes of a pod by their names.
func volumesOf(k *kube, p kubePod) map[string]kubeVolume {
	all := map[string]kubeVolume{}
	for _, n := range items(p.spec.Get("volumes")) {
		all[n.Get("name").String()] = k.volume(n, p.unit)
	}
	for _, n := range items(p.claims) {
		name := n.Path("metadata", "name").String()
		size, _ := quantity(n.Path("spec", "resources", "requests", "storage").String())
		all[name] = kubeVolume{from: p.unit + "/" + name, size: size}
	}
	return all
}

// volume reads one of a pod's volumes.
func (k *kube) volume(n *Node, unit string) kubeVolume {
	name := n.Get("name").String()
	switch {
	case n.Get("configMap") != nil:
		return k.configVolume("ConfigMap", n.Path("configMap", "name"), n.Get("configMap"), unit)
	case n.Get("secret") != nil:
		ref := n.Path("secret", "secretName")
		if ref == nil {
			ref = n.Path("secret", "name")
		}
		return k.configVolume("Secret", ref, n.Get("secret"), unit)
	case n.Get("projected") != nil:
		return k.projected(n.Path("projected", "sources"), unit)
	case n.Get("emptyDir") != nil:
		size, _ := quantity(n.Path("emptyDir", "sizeLimit").String())
		return kubeVolume{from: unit + "/" + name, size: size, empty: true}
	case n.Get("persistentVolumeClaim") != nil:
		claim := n.Path("persistentVolumeClaim", "claimName").String()
		return kubeVolume{from: "claim " + claim, size: k.claims[claim]}
	case n.Get("hostPath") != nil:
		return kubeVolume{from: n.Path("hostPath", "path").String()}
	case n.Get("nfs") != nil:
		return kubeVolume{from: n.Path("nfs", "server").String() + ":" + n.Path("nfs", "path").String()}
	}
	return kubeVolume{from: "volume " + name}
}

// configVolume is a volume of the keys of a ConfigMap or a Secret, as files.
func (k *kube) configVolume(kind string, name, n *Node, unit string) kubeVolume {
	v := kubeVolume{from: kind + " " + name.String()}
	c := k.config(kind, name, unit, n.Get("optional").String() == "true")
	if c == nil {
		return v
	}
	list := items(n.Get("items"))
	v.file = func(file string) (Text, bool) {
		key := file
		for _, item := range list {
			if path.Clean(item.Get("path").String()) == file {
				text, ok := c.values[item.Get("key").String()]
				return text, ok
			}
		}
		text, ok := c.values[key]
		return text, ok && len(list) == 0
	}
	return v
}

// projected is a volume of several sources.
func (k *kube) projected(sources *Node, unit string) kubeVolume {
	var all []kubeVolume
	for _, n := range items(sources) {
		for _, source := range []struct{ key, kind string }{{"configMap", "ConfigMap"}, {"secret", "Secret"}} {
			if ref := n.Get(source.key); ref != nil {
				all = append(all, k.configVolume(source.kind, ref.Get("name"), ref, unit))
			}
		}
	}
	return kubeVolume{from: "projected " + unit, file: func(name string) (Text, bool) {
		for _, v := range all {
			if v.file == nil {
				continue
			}
			if text, ok := v.file(name); ok {
				return text, true
			}
		}
		return Text{}, false
	}}
}

// mounts are the mounts of a container.
func (k *kube) mounts(n *Node, volumes map[string]kubeVolume, unit string) (list []kubeMount) {
	for _, item := range items(n) {
		at := item.Get("mountPath")
		if at.String() == "" {
			continue
		}
		name := item.Get("name").String()
		v, ok := volumes[name]
		if !ok {
			v = kubeVolume{from: "volume " + name}
		}
		list = append(list, kubeMount{kubeVolume: v, path: path.Clean(at.String()), sub: path.Clean(item.Get("subPath").String()), at: at.At})
		if last := &list[len(list)-1]; last.sub == "." {
			last.sub = ""
		}
	}
	return list
}

// probes remembers the ports that the kubelet asks.
func (k *kube) probes(n *Node, c *kubeContainer) {
	for _, key := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		port := n.Path(key, "httpGet", "port")
		if port == nil {
			port = n.Path(key, "tcpSocket", "port")
		}
		if port == nil {
			continue
		}
		number := port
		for _, named := range items(n.Get("ports")) {
			if own := named.Get("containerPort"); own != nil && named.Get("name").String() == port.String() {
				number = own
			}
		}
		k.note(Fact{Kind: OtherPort, At: number.At, Service: c.unit, Name: key, Detail: number.String()})
	}
}
