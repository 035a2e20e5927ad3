package form

import (
	"bytes"
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// chartData are the values that the known charts have where nobody sets others, as
// far as they reach Druid.
//
//go:embed charts.yaml
var chartData []byte

var chartValues = lazy.Value[*Node]{New: func() *Node {
	s := &Source{Data: chartData}
	documents, err := s.Documents()
	if err != nil || len(documents) != 1 {
		panic("charts.yaml is broken")
	}
	return documents[0]
}}

// The known charts: that of apache/druid, of the incubator before and of
// asdf2014/druid-helm since, and that of wiremind.
const (
	apacheChart   = "apache"
	wiremindChart = "wiremind"
)

// isHelm reports whether a file holds values of a known chart.
func isHelm(s *Source) bool { return len(helmValues(s)) > 0 }

// helmRoot is a map of values, and whether it is the file's own top.
type helmRoot struct {
	values *Node
	chart  string
	top    bool
}

// helmValues finds values of a chart in a file: the file's own, below the name of the
// chart in those of a chart around it, or in a resource that tells a controller to
// install it.
func helmValues(s *Source) (list []helmRoot) {
	if !bytes.Contains(s.Data, []byte("druid_")) && !bytes.Contains(s.Data, []byte("DRUID_")) || isTemplate(s) {
		return nil
	}
	documents, _ := s.Documents()
	for _, n := range documents {
		candidates := []*Node{n, n.Get("druid")}
		switch n.Get("kind").String() {
		case "":
		case "HelmRelease":
			candidates = []*Node{n.Path("spec", "values"), n.Path("spec", "values", "druid")}
		case "Application":
			candidates = []*Node{n.Path("spec", "source", "helm", "valuesObject"), n.Path("spec", "source", "helm", "valuesObject", "druid")}
			for _, from := range items(n.Path("spec", "sources")) {
				candidates = append(candidates, from.Path("helm", "valuesObject"))
			}
		default:
			candidates = nil
		}
		for _, c := range candidates {
			if chart := chartOf(c); chart != "" {
				list = append(list, helmRoot{c, chart, c == n})
			}
		}
	}
	return list
}

// isTemplate reports whether a file is a template of a chart, and no YAML yet.
func isTemplate(s *Source) bool { return bytes.Contains(s.Data, []byte("{{")) && s.hasFailed() }

func (s *Source) hasFailed() bool {
	_, err := s.Documents()
	return err != nil
}

// chartOf tells a known chart by the places in which variables of the image stand.
func chartOf(n *Node) string {
	if n == nil || n.Kind != Map || n.Get("services") != nil && n.Get("configVars") == nil {
		return ""
	}
	found := ""
	if isEnvironment(n.Get("configVars")) {
		found = apacheChart
	}
	for _, role := range roles {
		r := n.Get(role)
		if isEnvironment(r.Get("config")) {
			found = apacheChart
		}
		if isEnvironment(r.Get("envVars")) || isEnvironment(r.Path("defaults", "envVars")) {
			return wiremindChart
		}
		for _, groups := range []string{"tiers", "categories"} {
			if g := r.Get(groups); g != nil && g.Kind == Map && slices.ContainsFunc(g.Members, func(m Member) bool { return isEnvironment(m.Value.Get("envVars")) }) {
				return wiremindChart
			}
		}
	}
	return found
}

// isEnvironment reports whether a map holds variables of the image.
func isEnvironment(n *Node) bool {
	return n != nil && n.Kind == Map && slices.ContainsFunc(n.Members, func(m Member) bool {
		return strings.HasPrefix(strings.ToLower(m.Key.s), "druid_")
	})
}

// readHelm reads values of a chart.
func readHelm(in *Input, s *Source) (trees []*Tree) {
	for _, root := range helmValues(s) {
		h := &helm{kube: newKube(in), dir: path.Dir(s.Path), top: Place{Source: s}}
		h.values = h.whole(root, s)
		if root.chart == wiremindChart {
			h.wiremind()
		} else {
			h.apache()
		}
		if len(h.tree.processes) > 0 {
			trees = append(trees, h.tree)
		}
	}
	return trees
}

// helm reads the values of a chart as its templates do.
type helm struct {
	*kube
	dir    string // the folder of the values
	top    Place
	values *Node
	image  Text
}

// whole are the values with those below them: the chart's own, which lie in its
// values.yaml if the chart is here.
func (h *helm) whole(root helmRoot, s *Source) *Node {
	if root.top {
		if _, err := h.in.File(path.Join(h.dir, "Chart.yaml")); err == nil {
			base, err := h.in.File(path.Join(h.dir, "values.yaml"))
			if err != nil || base == s {
				return root.values
			}
			documents, _ := base.Documents()
			if len(documents) == 1 && chartOf(documents[0]) == root.chart {
				h.tree.use(base)
				return merge(documents[0], root.values, nil, 0)
			}
			return root.values
		}
	}
	h.tree.Partial = true // further values may be given beside these
	return merge(chartValues.Get().Get(root.chart), root.values, &h.top, 0)
}

// maxMerged is how deep values are laid over others: what Druid gets lies in the first
// few maps, and aliases make deep ones endless.
const maxMerged = 6

// merge lays values over others, as Helm does: maps key by key, and null takes a key
// away. What comes from the chart is said to be where the values are that do not
// set it.
func merge(base, over *Node, at *Place, depth int) *Node {
	switch {
	case over == nil:
		return moved(base, at)
	case depth > maxMerged:
		return over
	case base == nil || base.Kind != Map || over.Kind != Map:
		return over
	}
	if at != nil {
		place := over.At
		at = &place
	}
	out := &Node{Kind: Map, At: over.At}
	for _, m := range base.Members {
		own := over.Get(m.Key.s)
		if own != nil && own.IsNull() {
			continue
		}
		key := m.Key
		if at != nil {
			key = stockText(key.s, *at)
		}
		out.Members = append(out.Members, Member{key, merge(m.Value, own, at, depth+1)})
	}
	for _, m := range over.Members {
		if i := slices.IndexFunc(out.Members, func(o Member) bool { return o.Key.s == m.Key.s }); i >= 0 {
			out.Members[i].Key = m.Key
		} else if !m.Value.IsNull() {
			out.Members = append(out.Members, m)
		}
	}
	return out
}

// moved is a value of the chart, said to be at a place.
func moved(n *Node, at *Place) *Node {
	if at == nil {
		return n
	}
	out := *n
	out.At = *at
	if n.Kind == Scalar {
		out.Text = stockText(n.Text.s, *at)
	}
	out.Members, out.Items = nil, nil
	for _, m := range n.Members {
		out.Members = append(out.Members, Member{stockText(m.Key.s, *at), moved(m.Value, at)})
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, moved(item, at))
	}
	return &out
}

// findImage reads the image, whose tag may be that of the chart.
func (h *helm) findImage() {
	i := h.values.Get("image")
	if i == nil {
		return
	}
	if i.Kind == Scalar {
		h.image = i.Text
		return
	}
	repository, tag := i.text("repository"), i.text("tag")
	if repository.s == "" {
		return
	}
	if tag.s == "" {
		if chart, err := h.in.File(path.Join(h.dir, "Chart.yaml")); err == nil {
			if documents, _ := chart.Documents(); len(documents) > 0 {
				tag = repository.made(documents[0].text("appVersion").s)
			}
		}
	}
	if h.image = repository; tag.s != "" {
		h.image = Join(repository, tag.made(":"), tag)
	}
}

// isOn reports whether a switch of the values is on.
func isOn(n *Node) bool { return n != nil && n.Kind == Scalar && printed(n) == "true" }

// maxPrinted bounds the text of a list or a map, of which aliases can make any length.
const maxPrinted = 1 << 16

// printed is a value as a template prints it that quotes it. To Helm every number is
// a floating-point number.
func printed(n *Node) string {
	if n.Kind == Scalar {
		return printedScalar(n)
	}
	left := maxPrinted
	return printedWithin(n, &left)
}

func printedWithin(n *Node, left *int) string {
	if *left--; *left < 0 {
		return "..."
	}
	var list []string
	switch n.Kind {
	case List:
		for _, item := range n.Items {
			list = append(list, printedWithin(item, left))
		}
		return "[" + strings.Join(list, " ") + "]"
	case Map:
		for _, m := range n.Members {
			list = append(list, m.Key.s+":"+printedWithin(m.Value, left))
		}
		slices.Sort(list)
		return "map[" + strings.Join(list, " ") + "]"
	}
	*left -= len(n.Text.s)
	return printedScalar(n)
}

func printedScalar(n *Node) string {
	if !n.isPlain() {
		return n.Text.s
	}
	switch n.Tag {
	case "!!null":
		return ""
	case "!!int", "!!float":
		switch v := n.Decoded().(type) {
		case int:
			return fmt.Sprint(float64(v))
		case int64:
			return fmt.Sprint(float64(v))
		case uint64:
			return fmt.Sprint(float64(v))
		case float64:
			return fmt.Sprint(v)
		}
	}
	switch strings.ToLower(n.Text.s) { // YAML 1.1, which Helm reads
	case "true", "yes", "on", "y":
		return "true"
	case "false", "no", "off", "n":
		return "false"
	}
	return n.Text.s
}

// isPlain reports whether a scalar is written without quotes, so that YAML guesses
// what it is.
func (n *Node) isPlain() bool { return n.node != nil && n.node.Style == 0 }

// quotedVars are the variables of a map whose values the template quotes.
func (h *helm) quotedVars(env *envReader, n *Node, unit string) {
	if n == nil {
		return
	}
	for _, m := range n.Members {
		value := printed(m.Value)
		if m.Value.Kind == Scalar && value == m.Value.Text.s {
			env.set(Var{Name: m.Key, Value: m.Value.Text})
			continue
		}
		text := m.Key.made(value)
		if m.Value.Kind == Scalar {
			text = m.Value.Text.made(value)
		}
		if m.Value.Kind != Scalar || strings.Contains(value, "e+") || strings.Contains(value, "e-") {
			h.note(Fact{Kind: Reformatted, At: text.Place(), Service: unit, Name: m.Key.s, Detail: value})
		}
		env.set(Var{Name: m.Key, Value: text})
	}
}

// rawVars are those of a map that goes into a ConfigMap as it is, whose values have
// to be text.
func (h *helm) rawVars(env *envReader, n *Node) {
	if n == nil {
		return
	}
	for _, m := range n.Members {
		if m.Value.Kind != Scalar {
			h.note(Fact{Kind: NoText, At: m.Key.Place(), Name: m.Key.s, Detail: "a list or a map"})
			continue
		}
		if kind := notText(m.Value); kind != "" {
			h.note(Fact{Kind: NoText, At: m.Value.At, Name: m.Key.s, Detail: kind})
		}
		env.set(Var{Name: m.Key, Value: m.Value.Text})
	}
}

// notText says what a scalar is to the API server that is no text, empty for text.
func notText(n *Node) string {
	if !n.isPlain() {
		return ""
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	}
	if text := printed(n); text != n.Text.s && (text == "true" || text == "false") {
		return "true or false"
	}
	return ""
}

// generated sets a variable that the templates make. Where the values set it too,
// only one of both counts.
func (h *helm) generated(env *envReader, by *Node, byName, name, value string, wins bool) {
	i := env.index(name)
	switch {
	case i >= 0 && !wins:
		return
	case i >= 0 && env.vars[i].Value.s != value && !env.vars[i].Value.Find(0, 0).Stock:
		h.note(Fact{Kind: Overwritten, At: env.vars[i].Value.Place(), Name: name, Detail: byName, Other: by.At})
	}
	made := Made
	if by.Text.Find(0, 0).Stock { // the switch is the chart's own
		made = stockText
	}
	env.set(Var{Name: made(name, by.At), Value: made(value, by.At)})
}

// release stands for the name that a release of the chart is given.
const release = "${release}"

// stores sets what the charts make for ZooKeeper and the metadata store.
func (h *helm) stores(env *envReader, wins bool, zk, mysql, postgres string) {
	v := h.values
	if on := v.Path("zookeeper", "enabled"); isOn(on) {
		h.generated(env, on, "zookeeper.enabled", "druid_zk_service_host", release+zk, wins)
	} else if hosts := v.Get("zkHosts"); hosts.String() != "" {
		h.generated(env, hosts, "zkHosts", "druid_zk_service_host", hosts.Text.s, wins)
	}
	for _, db := range []struct{ name, uri string }{{"mysql", mysql}, {"postgresql", postgres}} {
		n := v.Get(db.name)
		on := n.Get("enabled")
		if !isOn(on) {
			continue
		}
		by := db.name + ".enabled"
		pick := func(keys ...string) *Node {
			for _, key := range keys {
				if found := n.Path(strings.Split(key, ".")...); found != nil {
					return found
				}
			}
			return &Node{Text: Made("${"+db.name+"}", on.At)}
		}
		database := pick("auth.database", "postgresqlDatabase", "mysqlDatabase")
		h.generated(env, on, by, "druid_metadata_storage_type", db.name, wins)
		h.generated(env, on, by, "druid_metadata_storage_connector_connectURI", db.uri+"/"+database.Text.s, wins)
		h.generated(env, on, by, "druid_metadata_storage_connector_user", pick("auth.username", "postgresqlUsername", "mysqlUser").Text.s, wins)
		h.generated(env, on, by, "druid_metadata_storage_connector_password", unknown("druid_metadata_storage_connector_password"), wins)
	}
}

// apache reads the values as the chart of apache/druid does.
func (h *helm) apache() {
	h.findImage()
	common := &envReader{}
	if on := h.values.Path("configMap", "enabled"); on == nil || isOn(on) {
		if h.templates(".Values.configVars", "toYaml .Values.configVars") {
			h.rawVars(common, h.values.Get("configVars"))
		} else {
			h.quotedVars(common, h.values.Get("configVars"), "")
		}
		port := h.values.Path("postgresql", "service", "port").String()
		if port == "" {
			port = "5432"
		}
		h.stores(common, true, "-zookeeper-headless:2181", "jdbc:mysql://"+release+"-mysql:3306", "jdbc:postgresql://"+release+"-postgresql:"+port)
	}
	for _, role := range []string{"broker", "coordinator", "overlord", "historical", "middleManager", "indexer", "router"} {
		m, ok := h.member(role)
		if !ok {
			continue
		}
		if tiers := m.Value.Get("tierData"); isOn(m.Value.Get("tiers")) && tiers != nil {
			for _, tier := range tiers.Items {
				h.apachePod(common, role+"-"+tier.Get("name").String(), role, tier.At, m.Value, tier)
			}
			continue
		}
		h.apachePod(common, role, role, m.Key.Place(), m.Value, m.Value)
	}
}

// member is what the values say of a role that is installed.
func (h *helm) member(role string) (Member, bool) {
	for _, m := range h.values.Members {
		if m.Key.s == role && m.Value.Kind == Map {
			on := m.Value.Get("enabled")
			return m, on == nil || isOn(on)
		}
	}
	return Member{}, false
}

// apachePod adds a pod. Of a tier, the tier's own variables count, and not those of
// the role.
func (h *helm) apachePod(common *envReader, unit, role string, home Place, r, own *Node) {
	env := &envReader{vars: slices.Clone(common.vars)}
	h.quotedVars(env, own.Get("config"), unit)
	c := &kubeContainer{unit: unit, home: home, role: role, image: h.image, env: env.vars, mountsAt: home, resources: own.Get("resources")}
	if role == "historical" || role == "middleManager" {
		c.mountsAt = h.data(c, r, r.Path("persistence", "enabled"), r.Path("persistence", "size"), "/opt/druid/var/druid")
	}
	h.add(c)
	if opts := own.Get("javaOpts"); opts.String() != "" && !h.templates(".javaOpts", ".javaOpts") {
		h.note(Fact{Kind: Ignored, At: opts.At, Service: unit, Name: role + ".javaOpts", Detail: "no template of the chart reads it, and the " + role + " has the heap of the image unless " + role + ".config sets DRUID_XMX and DRUID_XMS"})
	}
}

// data mounts the claim or the empty volume that a pod has for its data.
func (h *helm) data(c *kubeContainer, r, persistent, size *Node, at string) Place {
	v := kubeVolume{from: c.unit + "/data", empty: true}
	place := c.home
	if size != nil && (persistent == nil || isOn(persistent)) {
		v.size, _ = quantity(size.String())
		place = size.At
	}
	c.mounts = append(c.mounts, kubeMount{kubeVolume: v, path: at, at: place})
	return place
}

// templates reports whether the chart's templates, where they lie beside the values,
// hold a text. Where none of them speaks of what it is about, it is taken for the
// known chart, which has the first such text for configVars and no other.
func (h *helm) templates(about, text string) bool {
	known := about == ".Values.configVars"
	prefix := path.Join(h.dir, "templates") + "/"
	seen := 0
	for _, name := range h.in.names() {
		if !strings.HasPrefix(name, strings.TrimPrefix(prefix, "./")) || seen > maxBeside {
			continue
		}
		seen++
		s, err := h.in.File(name)
		if err != nil || !bytes.Contains(s.Data, []byte(about)) {
			continue
		}
		if bytes.Contains(s.Data, []byte(text)) {
			return true
		}
		known = false
	}
	return known
}

// wiremind reads the values as wiremind's chart does: the Coordinator is Overlord
// too, and indexers are MiddleManagers.
func (h *helm) wiremind() {
	h.findImage()
	config, secret := &envReader{}, &envReader{}
	port := func(db, otherwise string) string {
		if n := h.values.Path(db, "primary", "service", "ports", db); n != nil {
			return n.String()
		}
		return otherwise
	}
	h.quotedVars(config, h.values.Get("configVars"), "")
	h.stores(config, false, "-zookeeper:2181", "jdbc:mysql://"+release+"-mysql:"+port("mysql", "3306"), "jdbc:postgresql://"+release+"-postgresql:"+port("postgresql", "5432"))
	if on := h.values.Path("metrics", "enabled"); isOn(on) {
		h.generated(config, on, "metrics.enabled", "druid_emitter", "prometheus", true)
		if n := h.values.Path("metrics", "service", "port"); n != nil {
			h.generated(config, on, "metrics.enabled", "druid_emitter_prometheus_port", printed(n), true)
		}
	}
	h.secretVars(secret, h.values.Get("secretEnvVars"))
	for _, role := range []string{"broker", "coordinator", "historical", "indexer", "router"} {
		m, ok := h.member(role)
		if !ok {
			continue
		}
		r := m.Value
		defaults := r
		groups := r.Get("tiers")
		if role == "indexer" {
			groups = r.Get("categories")
		}
		if groups == nil || groups.Kind != Map {
			h.wiremindPod(config, secret, role, role, m.Key.Place(), r, nil)
			continue
		}
		if d := r.Get("defaults"); d != nil {
			defaults = d
		}
		for _, g := range groups.Members {
			if on := g.Value.Get("enabled"); g.Value.Kind == Map && (on == nil || isOn(on)) {
				h.wiremindPod(config, secret, role+"-"+g.Key.s, role, g.Key.Place(), defaults, g.Value)
			}
		}
	}
}

// secretVars are the variables of a Secret that the chart makes.
func (h *helm) secretVars(env *envReader, n *Node) {
	if n == nil {
		return
	}
	for _, m := range n.Members {
		if m.Value.Kind == Scalar {
			env.set(Var{Name: m.Key, Value: m.Value.Text.made(unknown(m.Key.s))})
		}
	}
}

// wiremindPod adds a pod of a role, or of a group of it.
func (h *helm) wiremindPod(config, secret *envReader, unit, role string, home Place, r, group *Node) {
	env := &envReader{vars: slices.Clone(config.vars)}
	h.quotedVars(env, r.Get("envVars"), unit)
	if role == "indexer" {
		h.rawVars(env, group.Get("envVars"))
	} else {
		h.quotedVars(env, group.Get("envVars"), unit)
	}
	for _, v := range secret.vars {
		env.set(v)
	}
	h.secretVars(env, r.Get("secretEnvVars"))
	h.secretVars(env, group.Get("secretEnvVars"))
	if on := h.values.Path("service", "resolveWithDNS"); isOn(on) {
		env.set(Var{Name: Made("druid_host", on.At), Value: Made("${POD_NAME}", on.At)})
	}
	if list := h.values.Path("extensions", "loadList"); list != nil && len(list.Items) > 0 {
		var names []string
		for _, item := range list.Items {
			names = append(names, strconv.Quote(item.String()))
		}
		env.set(Var{Name: Made("druid_extensions_loadList", list.At), Value: Made("["+strings.Join(names, ",")+"]", list.At)})
	}
	service := role
	if role == "indexer" {
		service = "middleManager"
	}
	c := &kubeContainer{unit: unit, home: home, role: service, image: h.image, env: env.vars, mountsAt: home, resources: group.Get("resources")}
	if c.resources == nil || len(c.resources.Members) == 0 {
		c.resources = r.Get("resources")
	}
	switch role {
	case "historical":
		c.mountsAt = h.data(c, r, r.Path("persistence", "enabled"), group.Path("persistence", "size"), "/opt/druid/var")
	case "indexer":
		c.mountsAt = h.data(c, r, group.Path("persistence", "enabled"), group.Path("persistence", "size"), "/opt/druid/var")
	}
	if host := h.values.Path("deepStorage", "hostPath"); isOn(host.Get("enabled")) && host.Get("path") != nil {
		at := host.Get("path")
		c.mounts = append(c.mounts, kubeMount{kubeVolume: kubeVolume{from: at.String()}, path: path.Clean(at.String()), at: at.At})
	}
	h.add(c)
}
