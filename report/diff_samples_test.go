package report

import "github.com/implycheck/implycheck/difference"

// comparison has everything that a comparison may say.
func comparison() *difference.Report {
	at := func(text, file string, line int) *difference.Value {
		return &difference.Value{Text: text, File: file, Line: line, Column: 1}
	}
	c := difference.Cluster{
		Kind:   difference.Changed,
		Before: &difference.Side{Path: "conf", Target: "imply-3.0.19", TargetReason: "nothing in the tree tells"},
		After:  &difference.Side{Path: "new/conf", Target: "imply-3.1", TargetReason: "the distribution imply-3.1.2"},
		Groups: []difference.Group{
			{Services: []string{"coordinator", "broker"}, All: true, Changes: []difference.Change{
				{Key: "druid.metadata.storage.connector.password", Kind: difference.Changed, Secret: true,
					Before: at("****", "conf/druid/_common/common.runtime.properties", 9), After: at("****", "new/conf/druid/_common/common.runtime.properties", 9)},
				{Key: "druid.zk.service.host", Kind: difference.Changed,
					Before: at("zk1|zk2", "conf/druid/_common/common.runtime.properties", 3), After: at("", "new/conf/druid/_common/common.runtime.properties", 4)},
			}},
			{Services: []string{"broker"}, Changes: []difference.Change{
				{Key: "druid.plaintextPort", Kind: difference.Explicit, Before: &difference.Value{Text: "8082", Default: true}, After: at("8082", "new/conf/druid/broker/runtime.properties", 2)},
				{Key: "druid.processing.buffer.sizeBytes", Kind: difference.Added,
					After: &difference.Value{Text: "536870912", Reading: "536870912 = 512 MiB", File: "new/conf/druid/broker/runtime.properties", Line: 7, Column: 1}},
				{Key: "druid.server.maxSize", Kind: difference.Removed, Unread: true, Before: at("5", "conf/druid/broker/runtime.properties", 8)},
				{Key: "-Xmx", Kind: difference.Changed,
					Before: &difference.Value{Text: "-Xmx8g", Reading: "8 GiB", File: "conf/druid/broker/jvm.config", Line: 2, Column: 1},
					After:  &difference.Value{Text: "-Xmx12g", Reading: "12 GiB", File: "new/conf/druid/broker/jvm.config", Line: 2, Column: 1}},
			}},
		},
		Files: []difference.File{
			{File: "pivot/config.yaml", Kind: difference.Changed, Changes: []difference.Change{
				{Key: "clusters[a]", Kind: difference.Removed, Before: at("{name: a, host: x}", "conf/pivot/config.yaml", 4)},
			}},
			{File: "zk/zoo.cfg", Kind: difference.Added, Changes: []difference.Change{}},
		},
		Consequences: difference.Consequences{
			Restart: []string{"coordinator", "broker", "pivot"},
			Memory:  []difference.Amount{{Process: "broker", Before: 12 << 30, After: 16 << 30}, {Process: "router", Before: 1 << 30}},
			Ports:   []difference.Port{{Process: "broker", Name: "tls", Before: 0, After: 8282}},
			Appear: []difference.Finding{
				{Rule: "mem-direct-insufficient", Severity: "error", Message: "the broker needs 5 GiB", File: "new/conf/druid/broker/jvm.config", Line: 4, Service: "broker", Property: "a.b"},
				{Rule: "no-zookeeper", Severity: "warning", Message: "there is no ZooKeeper"},
			},
			Disappear: []difference.Finding{{Rule: "jvm-crlf-line-ends", Severity: "error", Message: "it has Windows line ends", File: "conf/druid/broker/jvm.config"}},
		},
	}
	return compared(c, difference.Cluster{
		Name: "dc2", Kind: difference.Removed, Before: &difference.Side{Path: "conf/dc2", Target: "imply-3.0.19"},
		Groups: []difference.Group{}, Files: []difference.File{}, Consequences: nothing(),
	})
}

// unchanged says nothing.
func unchanged() *difference.Report {
	side := &difference.Side{Path: "conf", Target: "imply-3.0.19"}
	return compared(difference.Cluster{Kind: difference.Same, Before: side, After: side, Groups: []difference.Group{}, Files: []difference.File{}, Consequences: nothing()})
}

// hostileComparison has the worst texts that files may hold.
func hostileComparison() *difference.Report {
	const evil = "\x1b[2J\u202e`|<b>@x\r\n- **"
	value := &difference.Value{Text: evil, Reading: evil, File: evil, Line: 1, Column: 1}
	side := &difference.Side{Path: evil, Target: evil, TargetReason: evil}
	f := difference.Finding{Rule: evil, Severity: "error", Message: evil, File: evil, Line: 1, Service: evil, Property: evil}
	e := nothing()
	e.Restart, e.Appear, e.Disappear = []string{evil}, []difference.Finding{f}, []difference.Finding{f}
	e.Memory = []difference.Amount{{Process: evil, Before: 1, After: 2}}
	e.Ports = []difference.Port{{Process: evil, Name: evil, Before: 1, After: 2}}
	changes := []difference.Change{{Key: evil, Kind: difference.Changed, Before: value, After: value}}
	return compared(difference.Cluster{
		Name: evil, Kind: difference.Changed, Before: side, After: side, Consequences: e,
		Groups: []difference.Group{{Services: []string{evil}, Changes: changes}},
		Files:  []difference.File{{File: evil, Kind: difference.Changed, Changes: changes}},
	})
}

func compared(clusters ...difference.Cluster) *difference.Report {
	return &difference.Report{Version: difference.Version, Before: "conf", After: "new/conf", Clusters: clusters, Summary: difference.Summarize(clusters)}
}

func nothing() difference.Consequences {
	return difference.Consequences{
		Restart: []string{}, Memory: []difference.Amount{}, Ports: []difference.Port{}, Appear: []difference.Finding{}, Disappear: []difference.Finding{},
	}
}
