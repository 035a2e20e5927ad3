package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

func tranquilityRules() []*Rule {
	return []*Rule{tranqZooKeeper, tranqDiscovery, tranqName, tranqCapacity, tranqTooNew}
}

// tranquilities are the files of Tranquility that could be read.
func (p *Pass) tranquilities() []*conf.File {
	return slices.DeleteFunc(p.Files(conf.TranquilityJSON, conf.TranquilityYAML), func(f *conf.File) bool {
		return f.Node == nil || f.Node.Kind != syntax.Object
	})
}

// inUse reports whether Tranquility may run with a file: templates without data
// sources lie around.
func (p *Pass) inUse(f *conf.File) bool { return p.started(f) || len(dataSources(f)) > 0 }

// started reports whether supervise starts Tranquility with a file.
func (p *Pass) started(f *conf.File) bool {
	started := false
	p.eachCommand(func(_ *conf.File, c syntax.Command) {
		if c.ConfFile != nil && strings.HasSuffix(f.Path, strings.TrimPrefix(c.ConfFile.Text, "./")) {
			started = true
		}
	})
	return started
}

// dataSource is one of Tranquility's, with its key where there is one.
type dataSource struct {
	key  *syntax.Member
	node *syntax.Node
}

// dataSources are those of a file: an object by name, or an array.
func dataSources(f *conf.File) []dataSource {
	all, ok := f.Node.Get("dataSources")
	if !ok {
		return nil
	}
	var list []dataSource
	for i := range all.Members {
		list = append(list, dataSource{&all.Members[i], all.Members[i].Value})
	}
	for _, item := range all.Items {
		list = append(list, dataSource{nil, item})
	}
	return list
}

var tranqZooKeeper = &Rule{
	ID: "tranq-zookeeper", Severity: finding.Error, Area: Tranquility,
	Title:  "Tranquility does not look for the cluster's ZooKeeper.",
	Why:    "Tranquility finds the Overlord and its tasks through ZooKeeper, and has no default for it.",
	Effect: "It does not start without zookeeper.connect; with another ZooKeeper it never finds the Overlord, and events are dropped.",
	Fix:    "Give properties.zookeeper.connect the hosts of druid.zk.service.host.",
	Source: "docs/configuration.md of druid-io/tranquility (zookeeper.connect: none; must be provided)",
	Check: func(p *Pass) {
		druid := p.Tree.Get(conf.ZooKeeperKey)
		for _, f := range p.tranquilities() {
			if !p.inUse(f) {
				continue
			}
			connect, ok := f.Node.Path("properties", "zookeeper.connect")
			if !ok || connect.Text == "" {
				p.Report(In(f), "properties.zookeeper.connect is not set")
				continue
			}
			if !druid.Set || !druid.Known() || syntax.HasPlaceholder(connect.Text) || shareHost(druid.Text, connect.Text) {
				continue
			}
			found := p.Report(At(f, connect.Span), "Tranquility looks for ZooKeeper on %s, and Druid on %s", connect.Text, druid.Text)
			found.Severity = finding.Warning // hosts may have two names
			relate(found, Val(druid), "Druid's ZooKeeper")
		}
	},
}

// shareHost reports whether two connect strings have a host in common.
func shareHost(a, b string) bool {
	other := conf.Addresses(b, conf.ZooKeeperPort)
	return slices.ContainsFunc(conf.Addresses(a, conf.ZooKeeperPort), func(x conf.Address) bool {
		return slices.ContainsFunc(other, func(y conf.Address) bool { return x.Host == y.Host || x.Loopback() && y.Loopback() })
	})
}

var tranqDiscovery = &Rule{
	ID: "tranq-discovery", Severity: finding.Error, Area: Tranquility, Releases: schema.Range{Until: 37},
	Title:  "Tranquility looks for the Overlord under another name than it has.",
	Why:    "It finds the Overlord by druid.selectors.indexing.serviceName below druid.discovery.curator.path, and in no other way.",
	Effect: "No task is created, and events are dropped: the Overlord is not found.",
	Fix:    "Copy both from the cluster: the Overlord's druid.service and druid.discovery.curator.path.",
	Source: "docs/configuration.md of druid-io/tranquility; CuratorServiceUtils.java:45 (/ and : are the same), 0.14.2",
	Check: func(p *Pass) {
		overlords := p.Services("overlord")
		for _, f := range p.tranquilities() {
			if !p.inUse(f) || len(overlords) == 0 {
				continue
			}
			name := overlords[0].Get("druid.service")
			if overlords[0].Process() == "coordinator" {
				name = overlords[0].Get("druid.coordinator.asOverlord.overlordService")
			}
			p.sameInTranquility(f, "druid.selectors.indexing.serviceName", "druid/overlord", name)
			p.sameInTranquility(f, "druid.discovery.curator.path", "/druid/discovery", overlords[0].Get("druid.discovery.curator.path"))
		}
	},
}

// sameInTranquility compares a property of Tranquility's with Druid's value.
func (p *Pass) sameInTranquility(f *conf.File, key, byDefault string, druid conf.Value) {
	text, at := byDefault, In(f)
	if n, ok := f.Node.Path("properties", key); ok {
		text, at = n.Text, At(f, n.Span)
	}
	if !druid.Known() || druid.Text == "" || syntax.HasPlaceholder(text) || canonical(text) == canonical(druid.Text) {
		return
	}
	found := p.Report(at, "Tranquility's %s is %s, and the cluster's is %s", key, text, druid.Text)
	if druid.Set {
		relate(found, Val(druid), "the cluster's")
	}
}

// globalOnly are the beginnings of properties that no data source may have of
// its own.
var globalOnly = []string{"zookeeper.", "http.", "kafka."}

// perDataSource are the exceptions.
var perDataSource = []string{"zookeeper.path"}

var tranqName = &Rule{
	ID: "tranq-datasource-name", Severity: finding.Error, Area: Tranquility,
	Title:  "A data source of Tranquility that is not what its key says.",
	Why:    "The key must be the dataSource of its dataSchema, and connections are the same for all data sources.",
	Effect: "Tranquility does not start: dataSource[...] did not match spec[...], or Property '...' cannot be per-dataSource.",
	Fix:    "Give both the same name; set connections under the file's own properties.",
	Source: "DataSourceConfig.scala:49 and TranquilityConfig.scala:47,74 of druid-io/tranquility",
	Check: func(p *Pass) {
		for _, f := range p.tranquilities() {
			for _, d := range dataSources(f) {
				name, ok := d.node.Path("spec", "dataSchema", "dataSource")
				if ok && d.key != nil && name.Text != d.key.Key {
					found := p.Report(At(f, name.Span), "the key is %q, and the dataSource %q", d.key.Key, name.Text)
					relate(found, At(f, d.key.KeySpan), "the key")
				}
				properties, ok := d.node.Get("properties")
				if !ok {
					continue
				}
				for _, m := range properties.Members {
					global := slices.ContainsFunc(globalOnly, func(prefix string) bool { return strings.HasPrefix(m.Key, prefix) })
					if global && !slices.Contains(perDataSource, m.Key) && !strings.HasPrefix(m.Key, "kafka.topic") {
						p.Report(At(f, m.KeySpan), "%s is for all data sources, not for one", m.Key)
					}
				}
			}
		}
	},
}

// granularities are segmentGranularity's names.
var granularities = lazy.Value[map[string]time.Duration]{New: func() map[string]time.Duration {
	return map[string]time.Duration{
		"minute": time.Minute, "five_minute": 5 * time.Minute, "ten_minute": 10 * time.Minute, "fifteen_minute": 15 * time.Minute,
		"thirty_minute": 30 * time.Minute, "hour": time.Hour, "six_hour": 6 * time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour,
	}
}}

var tranqCapacity = &Rule{
	ID: "tranq-capacity-window", Severity: finding.Warning, Area: Tranquility,
	Title:  "Tranquility needs more tasks than there are, or keeps them longer than it should.",
	Why:    "Each data source runs partitions x replicants tasks, and twice as many while one segment follows another; a task waits for late events for windowPeriod.",
	Effect: "Tasks stay pending, and events are silently dropped.",
	Fix:    "Raise druid.worker.capacity, or lower task.partitions and task.replicants; keep windowPeriod below segmentGranularity.",
	Source: "docs/overview.md:41-86 of druid-io/tranquility",
	Check: func(p *Pass) {
		for _, f := range p.tranquilities() {
			var need int64
			for _, d := range dataSources(f) {
				need += 2 * tranqNumber(f, d, "task.partitions") * tranqNumber(f, d, "task.replicants")
				p.checkWindow(f, d)
			}
			for _, s := range p.Services("middleManager") {
				v := s.Get("druid.worker.capacity")
				capacity, ok := v.Int64()
				if !v.Set || !ok || p.Topology.DataServers == 0 || need <= capacity*p.Topology.DataServers {
					continue
				}
				found := p.Report(In(f), "up to %d tasks are needed, and %d servers run %d each", need, p.Topology.DataServers, capacity)
				relate(found, Val(v), "tasks of a server")
			}
		}
	},
}

// tranqNumber is a property of a data source, else of the file, else 1.
func tranqNumber(f *conf.File, d dataSource, key string) int64 {
	for _, n := range []*syntax.Node{d.node, f.Node} {
		if v, ok := n.Path("properties", key); ok {
			if number, err := strconv.ParseInt(v.Text, 10, 32); err == nil {
				return number
			}
		}
	}
	return 1
}

func (p *Pass) checkWindow(f *conf.File, d dataSource) {
	window, ok := d.node.Path("spec", "tuningConfig", "windowPeriod")
	segment, okSegment := d.node.Path("spec", "dataSchema", "granularitySpec", "segmentGranularity")
	if !ok || !okSegment {
		return
	}
	wait, okWait := conf.Value{Text: window.Text, Set: true}.Duration()
	length, known := granularities.Get()[strings.ToLower(segment.Text)]
	if okWait && known && wait >= length && !p.Deployment.Single() {
		found := p.Report(At(f, window.Span), "each task waits for %s after a segment of %s", window.Text, strings.ToLower(segment.Text))
		if !p.started(f) {
			found.Severity = finding.Info // an example that lies around
		}
	}
}

var tranqTooNew = &Rule{
	ID: "tranq-too-new-druid", Severity: finding.Error, Area: Tranquility, Releases: schema.Range{From: 27},
	Title:  "Tranquility with a Druid that left it behind.",
	Why:    "Pushed ingestion is deprecated since 27; from 38 on Druid no longer announces its services the way that Tranquility looks for them.",
	Effect: "From 38 on the Overlord is never found; before, it works but is not maintained.",
	Fix:    "Ingest from Kafka or Kinesis with a supervisor.",
	Source: "docs/release-info/upgrade-notes.md:788, 38; commit b876851c68 (38.0.0)",
	Check: func(p *Pass) {
		for _, f := range p.tranquilities() {
			if !p.inUse(f) {
				continue
			}
			found := p.Report(In(f), "Tranquility and Druid %s", p.Release())
			if p.Release() < 38 {
				found.Severity = finding.Warning
			}
		}
	},
}
