package form

import (
	_ "embed"
	"path"
	"slices"
	"strings"
)

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
	if !h.makes("druid_zk_service_host") {
		// an owner has changed the chart
	} else if on := v.Path("zookeeper", "enabled"); isOn(on) {
		h.generated(env, on, "zookeeper.enabled", "druid_zk_service_host", release+zk, wins)
	} else if hosts := v.Get("zkHosts"); hosts.String() != "" {
		h.generated(env, hosts, "zkHosts", "druid_zk_service_host", hosts.Text.s, wins)
	}
	for _, db := range []struct{ name, uri string }{{"mysql", mysql}, {"postgresql", postgres}} {
		n := v.Get(db.name)
		on := n.Get("enabled")
		if !isOn(on) || !h.makes("druid_metadata_storage_type") {
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
		switch vars := h.values.Get("configVars"); {
		case !h.readsVars():
		case !h.says(".Values.configVars") || h.says("toYaml .Values.configVars"):
			h.rawVars(common, vars)
		default:
			h.quotedVars(common, vars, "")
		}
		h.ownKeys(common)
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
	config := own.Get("config")
	reads := !h.says(".Values."+role+".") || h.says(".Values."+role+".config") || h.says("tierData")
	if reads {
		h.quotedVars(env, config, unit)
	} else if config != nil && len(config.Members) > 0 {
		h.note(Fact{Kind: Ignored, At: config.Members[0].Key.Place(), Service: unit, Name: role + ".config", Detail: "no template of the chart reads it"})
	}
	c := &kubeContainer{unit: unit, home: home, role: role, image: h.image, env: env.vars, mountsAt: home, resources: own.Get("resources"), open: !reads || h.addsEnv(role)}
	if role == "historical" || role == "middleManager" {
		c.mountsAt = h.data(c, r, r.Path("persistence", "enabled"), r.Path("persistence", "size"), "/opt/druid/var/druid")
	}
	h.add(c)
	if opts := own.Get("javaOpts"); opts.String() != "" && !h.says(".javaOpts") {
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
		env.set(Var{Name: Made("druid_extensions_loadList", list.At), Value: Made(jsonList(list), list.At)})
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
