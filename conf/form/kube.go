package form

import (
	"encoding/base64"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// kube reads what Kubernetes makes of objects: the parts that resources, operators
// and charts share.
type kube struct {
	in   *Input
	tree *Tree
	// configs are ConfigMaps and Secrets by kind and name, and claims what a
	// PersistentVolumeClaim asks for.
	configs map[string]*kubeConfig
	claims  map[string]int64
}

func newKube(in *Input) *kube {
	return &kube{in: in, tree: &Tree{Containers: map[string]Limits{}, Deployed: Deployed{"cluster", "each pod of Kubernetes is a machine of its own"}}, configs: map[string]*kubeConfig{}, claims: map[string]int64{}}
}

// kubeConfig is a ConfigMap or a Secret.
type kubeConfig struct {
	keys   []string
	values map[string]Text
	secret bool
	// sources are the files that it is made of.
	sources []*Source
}

func (c *kubeConfig) set(key string, value Text) {
	if _, ok := c.values[key]; !ok {
		c.keys = append(c.keys, key)
	}
	c.values[key] = value
}

// object remembers a resource of a file that others name.
func (k *kube) object(n *Node, s *Source) {
	kind, name := n.Get("kind").String(), n.Path("metadata", "name").String()
	switch kind {
	case "ConfigMap", "Secret":
		c := &kubeConfig{values: map[string]Text{}, secret: kind == "Secret", sources: []*Source{s}}
		for _, key := range []string{"data", "stringData"} {
			data := n.Get(key)
			if data == nil {
				continue
			}
			for _, m := range data.Members {
				value := m.Value.Text
				if m.Value.IsNull() {
					value = value.made("") // text that is null is empty
				}
				if c.secret && key == "data" {
					plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value.s))
					if err != nil {
						continue
					}
					value = value.made(string(plain))
				}
				c.set(m.Key.s, value)
			}
		}
		k.configs[kind+"/"+name] = c
	case "PersistentVolumeClaim":
		k.claims[name], _ = quantity(n.Path("spec", "resources", "requests", "storage").String())
	}
}

// config finds a ConfigMap or a Secret. One that is not among the files is made
// elsewhere, and what it gives to a container is not known.
func (k *kube) config(kind string, name *Node, unit string, optional bool) *kubeConfig {
	if name.String() == "" {
		return nil
	}
	c := k.find(kind, name.String())
	if c == nil && !optional {
		k.note(Fact{Kind: Absent, At: name.At, Service: unit, Name: kind + " " + name.String()})
	}
	return c
}

// find finds a ConfigMap or a Secret that is used, nil if there is none.
func (k *kube) find(kind, name string) *kubeConfig {
	c := k.configs[kind+"/"+name]
	if c != nil {
		for _, s := range c.sources {
			k.tree.use(s)
		}
	}
	return c
}

func (k *kube) note(f Fact) { k.tree.note(f) }

func (t *Tree) note(f Fact) {
	if !slices.Contains(t.Facts, f) {
		t.Facts = append(t.Facts, f)
	}
}

// kubeVolume is what a container may mount.
type kubeVolume struct {
	from  string // what it is, for who shares it
	size  int64  // 0 if that is not known
	empty bool   // nothing is in it when the container starts
	// file is a file in it; nil where nobody knows.
	file func(name string) (Text, bool)
}

// kubeMount is a volume at a path of a container, or one file or folder of it.
type kubeMount struct {
	kubeVolume
	path, sub string
	at        Place
}

// kubeContainer is a container that runs Druid, whatever it was made of.
type kubeContainer struct {
	unit      string
	home      Place
	role      string
	image     Text
	env       []Var
	mounts    []kubeMount
	mountsAt  Place
	resources *Node
	// own is set where not druid.sh starts the process.
	own bool
	// open is set where the environment is not all known.
	open bool
	// podless is set where no file shows the pod: what it mounts and may use is not known.
	podless bool
}

// add adds the process of a container.
func (k *kube) add(c *kubeContainer) {
	at := c.home
	if c.image.s != "" {
		at = c.image.Place()
		k.tree.image(c.image)
		k.tree.noticeTag(c.image, c.unit)
	}
	c.unit = k.tree.unit(c.unit)
	out := &Container{Role: c.role, Env: c.env, Release: c.release(k.in), Image: at, Kubernetes: true, Open: c.open, Own: c.own, Foreign: c.image.s != "" && !isOfficial(c.image.s), Homes: map[string]Place{}}
	out.Mounted = func(file string) (Text, holding) { return c.mounted(out, file) }
	if c.own {
		out.Env = nil
		out.Mounted = c.anywhere
	}
	k.tree.Add(c.unit, c.home, out)
	if !c.podless {
		k.tree.Containers[c.unit] = c.limits()
	}
	if c.own {
		return
	}
	c.noticeMounts(k, out)
}

// release is the one that the container is read for. The folder cluster came with
// 0.16, whatever other signs there are.
func (c *kubeContainer) release(in *Input) schema.Release {
	r := in.release(c.image.s)
	if r < 16 && slices.ContainsFunc(c.mounts, func(m kubeMount) bool { return within(imagePath(m.path), confRoot+"cluster") }) {
		return 16
	}
	return r
}

// unit is a name for a service that no other has, and that can be a folder's.
func (t *Tree) unit(name string) string {
	name = strings.Map(func(c rune) rune {
		if c == '/' || c == '\\' || c < ' ' {
			return '-'
		}
		return c
	}, name)
	if name == "" || name == "." || name == ".." {
		name = "druid"
	}
	unit := name
	for n := 2; slices.ContainsFunc(t.processes, func(p service) bool { return p.unit == unit }); n++ {
		unit = name + "-" + strconv.Itoa(n)
	}
	return unit
}

// mounted finds a file of a container in what it mounts.
func (c *kubeContainer) mounted(out *Container, file string) (Text, holding) {
	file = imagePath(file)
	var best *kubeMount
	for i := range c.mounts {
		m := &c.mounts[i]
		if within(file, imagePath(m.path)) && (best == nil || len(m.path) >= len(best.path)) {
			best = m
		}
	}
	if best == nil {
		return Text{}, asInImage
	}
	name := path.Join(best.sub, strings.TrimPrefix(strings.TrimPrefix(file, imagePath(best.path)), "/"))
	switch {
	case best.empty:
		return Text{}, hidden
	case best.file == nil:
		return Text{}, unseen
	}
	text, ok := best.file(name)
	if !ok {
		return Text{}, hidden
	}
	if first := text.Find(0, 1); text.s != "" && !first.Stock {
		out.Homes[path.Base(file)] = Place{first.Source, first.From, first.To}
	}
	return text, given
}

// anywhere finds a file by its name: a start script of somebody's own puts any
// folder on the class path.
func (c *kubeContainer) anywhere(file string) (Text, holding) {
	base := path.Base(file)
	for _, m := range c.mounts {
		if m.file == nil {
			continue
		}
		if text, ok := m.file(path.Join(m.sub, base)); ok {
			return text, given
		}
		if path.Base(m.path) == base {
			if text, ok := m.file(m.sub); ok {
				return text, given
			}
		}
	}
	return Text{}, unseen
}

func within(file, dir string) bool {
	return file == dir || dir == "/" || strings.HasPrefix(file, dir+"/")
}

// imagePath is a path of the image without its links: /opt/druid is one to
// /opt/apache-druid-33.0.0.
func imagePath(file string) string {
	file = path.Clean(file)
	if rest, ok := strings.CutPrefix(file, "/opt/apache-druid-"); ok {
		if _, below, ok := strings.Cut(rest, "/"); ok {
			return "/opt/druid/" + below
		}
		return "/opt/druid"
	}
	return file
}

// noticeMounts looks for configuration that the script does not look at.
func (c *kubeContainer) noticeMounts(k *kube, out *Container) {
	s := &image{Container: out}
	own, common := confRoot+s.confPath(), confRoot+s.commonPath()
	named := func(file string) bool {
		return slices.ContainsFunc(c.env, func(v Var) bool {
			return strings.HasPrefix(v.Name.s, "DRUID_CONFIG_") && within(v.Value.s, file)
		})
	}
	for _, m := range c.mounts {
		if m.file == nil || named(m.path) {
			continue
		}
		has := func(name string) bool {
			if path.Base(m.path) == name {
				return true
			}
			_, ok := m.file(path.Join(m.sub, name))
			return ok
		}
		want := ""
		switch {
		case has("common.runtime.properties"):
			want = common
		case has("runtime.properties") || has("jvm.config"):
			want = own
		default:
			continue
		}
		at := imagePath(m.path)
		if path.Ext(at) == ".properties" || path.Ext(at) == ".config" {
			at = path.Dir(at)
		}
		if at != want && !within(want, at) {
			k.note(Fact{Kind: Unread, At: m.at, Name: m.path, Service: c.unit, Detail: "for the " + c.role + " the script of the image reads " + want})
		}
	}
	_, shared := out.Mounted(common + "/log4j2.xml")
	_, apart := out.Mounted(own + "/log4j2.xml")
	if shared == hidden && apart == hidden && !out.Open && !c.has("DRUID_LOG4J") && !c.has("DRUID_SERVICE_LOG4J") {
		k.note(Fact{Kind: NoLog, At: c.mountsAt, Service: c.unit})
	}
}

func (c *kubeContainer) has(name string) bool {
	return slices.ContainsFunc(c.env, func(v Var) bool { return v.Name.s == name })
}

// limits are what is said of the container beside its environment.
func (c *kubeContainer) limits() Limits {
	l := Limits{MountsAt: c.mountsAt}
	if memory := c.resources.Path("limits", "memory"); memory != nil {
		l.Memory, _ = quantity(memory.String())
		l.MemoryAt = memory.At
	}
	if memory := c.resources.Path("requests", "memory"); memory != nil {
		l.Asked, _ = quantity(memory.String())
		l.AskedAt = memory.At
	}
	if cpu := c.resources.Path("limits", "cpu"); cpu != nil {
		l.CPUs, _ = decimal(cpu.String())
	}
	for _, m := range c.mounts {
		l.Mounts = append(l.Mounts, Mount{From: path.Join(m.from, m.sub), To: m.path, At: m.at, Size: m.size, Empty: m.empty})
	}
	return l
}

// kubeUnits are the suffixes of quantities.
var kubeUnits = []struct {
	suffix string
	factor float64
}{
	{"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30}, {"Ti", 1 << 40}, {"Pi", 1 << 50}, {"Ei", 1 << 60},
	{"m", 1e-3}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15}, {"E", 1e18},
}

// quantity reads 4Gi, 512M or 1e9.
func quantity(text string) (int64, bool) {
	n, ok := decimal(text)
	return int64(n), ok && n < 1<<62
}

func decimal(text string) (float64, bool) {
	factor := 1.0
	for _, u := range kubeUnits {
		if number, ok := strings.CutSuffix(text, u.suffix); ok {
			text, factor = number, u.factor
			break
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	return n * factor, err == nil && n >= 0
}
