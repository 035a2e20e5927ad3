package report

import (
	"github.com/implycheck/implycheck/internal/diff"
)

// comparison has everything that a comparison may say.
func comparison() *diff.Report {
	at := func(text, file string, line int) *diff.Value {
		return &diff.Value{Text: text, File: file, Line: line, Column: 1}
	}
	c := diff.Cluster{
		Kind:   diff.Changed,
		Before: &diff.Side{Path: "conf", Target: "imply-3.0.19", TargetReason: "nothing in the tree tells"},
		After:  &diff.Side{Path: "new/conf", Target: "imply-3.1", TargetReason: "the distribution imply-3.1.2"},
		Groups: []diff.Group{
			{Services: []string{"coordinator", "broker"}, All: true, Changes: []diff.Change{
				{Key: "druid.metadata.storage.connector.password", Kind: diff.Changed, Secret: true,
					Before: at("****", "conf/druid/_common/common.runtime.properties", 9), After: at("****", "new/conf/druid/_common/common.runtime.properties", 9)},
				{Key: "druid.zk.service.host", Kind: diff.Changed,
					Before: at("zk1|zk2", "conf/druid/_common/common.runtime.properties", 3), After: at("", "new/conf/druid/_common/common.runtime.properties", 4)},
			}},
			{Services: []string{"broker"}, Changes: []diff.Change{
				{Key: "druid.plaintextPort", Kind: diff.Explicit, Before: &diff.Value{Text: "8082", Default: true}, After: at("8082", "new/conf/druid/broker/runtime.properties", 2)},
				{Key: "druid.processing.buffer.sizeBytes", Kind: diff.Added,
					After: &diff.Value{Text: "536870912", Reading: "536870912 = 512 MiB", File: "new/conf/druid/broker/runtime.properties", Line: 7, Column: 1}},
				{Key: "druid.server.maxSize", Kind: diff.Removed, Unread: true, Before: at("5", "conf/druid/broker/runtime.properties", 8)},
				{Key: "-Xmx", Kind: diff.Changed,
					Before: &diff.Value{Text: "-Xmx8g", Reading: "8 GiB", File: "conf/druid/broker/jvm.config", Line: 2, Column: 1},
					After:  &diff.Value{Text: "-Xmx12g", Reading: "12 GiB", File: "new/conf/druid/broker/jvm.config", Line: 2, Column: 1}},
			}},
		},
		Files: []diff.File{
			{File: "pivot/config.yaml", Kind: diff.Changed, Changes: []diff.Change{
				{Key: "clusters[a]", Kind: diff.Removed, Before: at("{name: a, host: x}", "conf/pivot/config.yaml", 4)},
			}},
			{File: "zk/zoo.cfg", Kind: diff.Added, Changes: []diff.Change{}},
		},
		Consequences: diff.Consequences{
			Restart: []string{"coordinator", "broker", "pivot"},
			Memory:  []diff.Amount{{Process: "broker", Before: 12 << 30, After: 16 << 30}, {Process: "router", Before: 1 << 30}},
			Ports:   []diff.Port{{Process: "broker", Name: "tls", Before: 0, After: 8282}},
			Appear: []diff.Finding{
				{Rule: "mem-direct-insufficient", Severity: "error", Message: "the broker needs 5 GiB", File: "new/conf/druid/broker/jvm.config", Line: 4, Service: "broker", Property: "a.b"},
				{Rule: "no-zookeeper", Severity: "warning", Message: "there is no ZooKeeper"},
			},
			Disappear: []diff.Finding{{Rule: "jvm-crlf-line-ends", Severity: "error", Message: "it has Windows line ends", File: "conf/druid/broker/jvm.config"}},
		},
	}
	return compared(c, diff.Cluster{
		Name: "dc2", Kind: diff.Removed, Before: &diff.Side{Path: "conf/dc2", Target: "imply-3.0.19"},
		Groups: []diff.Group{}, Files: []diff.File{}, Consequences: nothing(),
	})
}

// unchanged says nothing.
func unchanged() *diff.Report {
	side := &diff.Side{Path: "conf", Target: "imply-3.0.19"}
	return compared(diff.Cluster{Kind: diff.Same, Before: side, After: side, Groups: []diff.Group{}, Files: []diff.File{}, Consequences: nothing()})
}

// hostileComparison has the worst texts that files may hold.
func hostileComparison() *diff.Report {
	const evil = "\x1b[2J\u202e`|<b>@x\r\n- **"
	value := &diff.Value{Text: evil, Reading: evil, File: evil, Line: 1, Column: 1}
	side := &diff.Side{Path: evil, Target: evil, TargetReason: evil}
	f := diff.Finding{Rule: evil, Severity: "error", Message: evil, File: evil, Line: 1, Service: evil, Property: evil}
	e := nothing()
	e.Restart, e.Appear, e.Disappear = []string{evil}, []diff.Finding{f}, []diff.Finding{f}
	e.Memory = []diff.Amount{{Process: evil, Before: 1, After: 2}}
	e.Ports = []diff.Port{{Process: evil, Name: evil, Before: 1, After: 2}}
	changes := []diff.Change{{Key: evil, Kind: diff.Changed, Before: value, After: value}}
	return compared(diff.Cluster{
		Name: evil, Kind: diff.Changed, Before: side, After: side, Consequences: e,
		Groups: []diff.Group{{Services: []string{evil}, Changes: changes}},
		Files:  []diff.File{{File: evil, Kind: diff.Changed, Changes: changes}},
	})
}

func compared(clusters ...diff.Cluster) *diff.Report {
	return &diff.Report{Version: diff.Version, Before: "conf", After: "new/conf", Clusters: clusters, Summary: diff.Summarize(clusters)}
}

func nothing() diff.Consequences {
	return diff.Consequences{
		Restart: []string{}, Memory: []diff.Amount{}, Ports: []diff.Port{}, Appear: []diff.Finding{}, Disappear: []diff.Finding{},
	}
}
