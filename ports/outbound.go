package ports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/lazy"
)

// need is something outside of the cluster that processes connect to.
type need struct {
	process, purpose, protocol string
	// caller is who connects; any process of Druid's if it is empty.
	caller string
	at     []conf.Address
	from   []string
	value  conf.Value
	place  conf.Place
}

// outbound adds what the cluster needs of others.
func (m *Map) outbound(t *conf.Tree) {
	for _, find := range []func(*conf.Tree) []need{
		metadataNeeds, zooKeeperNeeds, storageNeeds, hadoopNeeds, emitterNeeds, cacheNeeds, pivotNeeds,
	} {
		for _, n := range find(t) {
			for _, role := range n.from {
				m.need(t, role, n)
			}
		}
	}
}

func (m *Map) need(t *conf.Tree, role string, n need) {
	if n.place.File == nil && n.value.Key != "" {
		n.place = t.Where(nil, n.value)
	}
	if n.protocol == "" {
		n.protocol = "tcp"
	}
	origin := Listener{}.at(n.place, n.value.Set || n.value.Key == "").Origin
	for _, a := range n.at {
		m.flow(Flow{
			From: role, Callers: []string{cmp.Or(n.caller, "Druid")}, To: External, Process: n.process, Host: a.Host, Protocol: n.protocol,
			Port: a.Port, LastPort: a.Port, Purpose: n.purpose, Origin: origin,
		})
	}
}

func metadataNeeds(t *conf.Tree) []need {
	kind := t.MetadataType()
	if !kind.Is("mysql") && !kind.Is("postgresql") {
		return nil
	}
	port := defaultPort(kind.Text)
	uri := t.Shared(metaURIKey, "coordinator", "overlord")
	at := conf.URLAddresses(uri.Text, port)
	if len(at) == 0 || !uri.Known() {
		at = []conf.Address{{Port: port}}
	}
	if !uri.Set {
		uri = kind
	}
	return []need{{process: kind.Text, purpose: "metadata", at: at, from: []string{Master, Data}, value: uri}}
}

func zooKeeperNeeds(t *conf.Tree) []need {
	if here, _ := zooKeeperHere(t); here || !t.UsesZooKeeper() || len(t.Services) == 0 {
		return nil
	}
	return []need{{process: zooKeeper, purpose: "coordination", at: zooKeeperHosts(t), from: Roles, value: t.Shared(conf.ZooKeeperKey)}}
}

// storageNeeds are the object stores that segments and task logs are kept in.
// HDFS is hadoopNeeds'.
func storageNeeds(t *conf.Tree) []need {
	var list []need
	for _, use := range []struct {
		key, purpose string
		from         []string
	}{
		{"druid.storage.type", "segments", []string{Data}},
		{"druid.indexer.logs.type", "task logs", []string{Master, Data}},
	} {
		kind := t.Shared(use.key)
		if at, ok := objectStore(t, kind.Text); ok && kind.Known() {
			list = append(list, need{process: stores.Get()[kind.Text], purpose: use.purpose, at: at, from: use.from, value: kind})
		}
	}
	return list
}

var stores = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{"s3": "S3", "google": "Google Cloud Storage", "azure": "Azure Storage"}
}}

func objectStore(t *conf.Tree, kind string) ([]conf.Address, bool) {
	switch kind {
	case "s3", "s3_zip":
		endpoint := t.Shared("druid.s3.endpoint.url").Text
		switch {
		case strings.Contains(endpoint, "://"):
			return conf.URLAddresses(endpoint, schemePort(endpoint)), true
		case endpoint != "":
			return conf.Addresses(endpoint, 443), true
		}
		return []conf.Address{{Host: "s3.amazonaws.com", Port: 443}}, true
	case "google":
		return []conf.Address{{Host: "storage.googleapis.com", Port: 443}}, true
	case "azure":
		account := t.Shared("druid.azure.account").Text
		if account == "" {
			account = "*"
		}
		endpoint := t.AzureEndpoint(account)
		return conf.URLAddresses(endpoint, schemePort(endpoint)), true
	}
	return nil, false
}

func cacheNeeds(t *conf.Tree) []need {
	var list []need
	for _, key := range []string{"druid.cache", "druid.cache.l1", "druid.cache.l2"} {
		for _, role := range []struct{ process, role string }{{"broker", Query}, {"historical", Data}} {
			for _, s := range t.Services {
				hosts := s.Get(key + ".hosts")
				if s.Plays(role.process) && s.Get(key+".type").Is("memcached") && hosts.Set && hosts.Known() {
					list = append(list, need{
						process: "memcached", purpose: "cache", at: conf.Addresses(hosts.Text, defaultPort("memcached")), from: []string{role.role},
						value: hosts, place: t.Where(s, hosts),
					})
				}
			}
		}
	}
	return list
}

// schemePort is the port of http and https.
func schemePort(url string) int64 {
	if strings.HasPrefix(strings.ToLower(url), "http:") {
		return 80
	}
	return 443
}

// emitterPorts say where each emitter keeps the address that it sends to. The
// keys are below druid.emitter.<name>. Most have no default port: without one
// the process stops at start.
var emitterPorts = []struct{ name, host, port, protocol string }{
	{"http", "recipientBaseUrl", "", "tcp"},
	{"parametrized", "recipientBaseUrlPattern", "", "tcp"},
	{"kafka", "bootstrap.servers", "", "tcp"},
	{"graphite", "hostname", "port", "tcp"},
	{"statsd", "hostname", "port", "udp"},
	{"opentsdb", "host", "port", "tcp"},
	{"influxdb", "hostname", "port", "tcp"},
	{"ambari-metrics", "hostname", "port", "tcp"},
	{"prometheus", "pushGatewayAddress", "", "tcp"},
}

func emitterNeeds(t *conf.Tree) []need {
	var list []need
	for _, s := range t.Services {
		role := s.ServerRole()
		for _, e := range emitterPorts {
			host := s.Get("druid.emitter." + e.name + "." + e.host)
			if !slices.Contains(emitters(s), e.name) || !host.Set || !host.Known() {
				continue
			}
			port, _ := s.Get("druid.emitter." + e.name + "." + e.port).Int64()
			text := host.Text
			if e.name == "prometheus" && !strings.Contains(text, "://") {
				text = "http://" + text // PushGateway.java
			}
			at := conf.Addresses(text, port)
			if strings.Contains(text, "://") {
				at = conf.URLAddresses(text, schemePort(text))
			}
			list = append(list, need{
				process: e.name + " emitter", purpose: "metrics", protocol: e.protocol, at: at, from: []string{role},
				value: host, place: t.Where(s, host),
			})
		}
	}
	return list
}

// pivotNeeds is the database that Pivot keeps its settings in.
func pivotNeeds(t *conf.Tree) []need {
	var list []need
	for _, f := range t.Readable(conf.PivotConfig) {
		kind, ok := f.Node.Path("stateStore", "type")
		connection, found := f.Node.Path("stateStore", "connection")
		if !ok || !found {
			continue
		}
		if database := map[string]string{"mysql": "mysql", "pg": "postgresql"}[kind.Text]; database != "" {
			list = append(list, need{
				process: database, caller: "Pivot", purpose: "settings of Pivot", at: conf.URLAddresses(connection.Text, defaultPort(database)), from: []string{Query},
				place: place(f, connection.Span, "connection", nil),
			})
		}
	}
	return list
}
