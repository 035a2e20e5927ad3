package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// points is the deployment guide's list: what a cluster needs to survive the
// loss of any one server. Where one of the rules has spoken the answer is no.
var points = []struct {
	name   string
	rules  []string
	answer func(p *Pass) (finding.Answer, string)
}{
	{"3 or 5 ZooKeeper servers", []string{"zk-single-node", "zk-even-or-two-nodes", "zk-host-missing", "zk-host-localhost-in-cluster"}, haZooKeeper},
	{"all files name the same ZooKeeper", []string{"zk-ensemble-mismatch", "zk-myid", "tranq-zookeeper", "sv-zk-placement", "x-zk-namespace-differs"}, haSameZooKeeper},
	{"metadata in MySQL or PostgreSQL", []string{"meta-derby-in-cluster", "meta-derby-host-not-local", "ha-masters-need-shared-state", "meta-localhost-in-cluster", "meta-differs-between-services"}, haMetadata},
	{"several Coordinators and Overlords", nil, func(p *Pass) (finding.Answer, string) { return several(p.Topology.Masters, "Masters", "--masters") }},
	{"tasks that outlive their Overlord", []string{"ha-task-storage-local", "ha-runner-local"}, haTasks},
	{"several Brokers and Routers", nil, func(p *Pass) (finding.Answer, string) {
		return several(max(p.Topology.QueryServers, p.Topology.Brokers), "Query servers", "--query-servers")
	}},
	{"several Data servers", nil, func(p *Pass) (finding.Answer, string) {
		answer, detail := several(p.Topology.DataServers, "Data servers", "--data-servers")
		return answer, detail + "; they need nothing of their own"
	}},
	{"Pivot on a shared database", []string{"pivot-state-sqlite-in-cluster", "pivot-state-store-key"}, haPivot},
	{"segments off the local disks", []string{"ds-local-in-cluster", "ds-local-dir-relative", "ds-local-dir-default-tmp"}, func(p *Pass) (finding.Answer, string) { return haStored(p, "druid.storage.type", "local") }},
	{"task logs off the local disks", []string{"logs-local-in-cluster", "logs-type-differs-from-storage"}, func(p *Pass) (finding.Answer, string) { return haStored(p, "druid.indexer.logs.type", "file") }},
	{"metadata is backed up", nil, func(*Pass) (finding.Answer, string) {
		return finding.Unknown, "no file tells; without the metadata the segments are lost"
	}},
}

// highAvailability answers every point.
func (p *Pass) highAvailability() []finding.Point {
	list := make([]finding.Point, len(points))
	for i, point := range points {
		answer, detail := point.answer(p)
		if f := p.spoken(point.rules); f != nil {
			answer, detail = finding.No, fmt.Sprintf("%s [%s]", f.Message, f.Rule)
		}
		list[i] = finding.Point{Name: point.name, Answer: answer, Detail: detail}
	}
	return list
}

// spoken is the first finding of one of some rules.
func (p *Pass) spoken(rules []string) *finding.Finding {
	for _, f := range p.kept {
		if slices.Contains(rules, f.Rule) {
			return f
		}
	}
	return nil
}

func several(n int64, what, flag string) (finding.Answer, string) {
	switch {
	case n == 0:
		return finding.Unknown, "say how many with " + flag
	case n == 1:
		return finding.No, "one of the " + what
	}
	return finding.Yes, fmt.Sprintf("%d %s", n, what)
}

func haZooKeeper(p *Pass) (finding.Answer, string) {
	if !p.Tree.UsesZooKeeper() {
		return finding.Yes, "processes find each other without ZooKeeper"
	}
	hosts := p.Tree.ZooKeepers()
	v := p.shared(conf.ZooKeeperKey)
	switch {
	case v.Set && !v.Known():
		return finding.Unknown, "druid.zk.service.host is a placeholder"
	case len(hosts) == 1 && p.hasServers():
		return finding.Yes, hosts[0].Host + " stands for the servers of zoo.cfg"
	case len(hosts) < 2:
		return finding.No, "one server, or none that is named"
	}
	names := make([]string, len(hosts))
	for i, a := range hosts {
		names[i] = a.Host
	}
	return finding.Yes, strings.Join(names, ", ")
}

func haSameZooKeeper(*Pass) (finding.Answer, string) {
	return finding.Yes, "no file says otherwise"
}

func haMetadata(p *Pass) (finding.Answer, string) {
	v := p.Tree.MetadataType()
	switch {
	case v.Set && !v.Known():
		return finding.Unknown, "druid.metadata.storage.type is a placeholder"
	case v.Is("mysql"), v.Is("postgresql"), v.Is("sqlserver"):
		return finding.Yes, v.Text + "; the database itself must survive too"
	}
	return finding.No, "Derby lives on one Coordinator"
}

func haTasks(p *Pass) (finding.Answer, string) {
	overlords := p.Services("overlord")
	if len(overlords) == 0 {
		return finding.Unknown, "the tree has no Overlord"
	}
	storage, runner := overlords[0].Get(taskStorageKey), overlords[0].Get(runnerKey)
	switch {
	case storage.Set && !storage.Known() || runner.Set && !runner.Known():
		return finding.Unknown, "a setting of the Overlord is a placeholder"
	case !storage.Is("metadata"):
		return finding.No, taskStorageKey + " is not metadata"
	}
	return finding.Yes, taskStorageKey + "=metadata"
}

func haPivot(p *Pass) (finding.Answer, string) {
	if len(p.pivots()) == 0 {
		return finding.Unknown, "the tree has no Pivot"
	}
	return finding.Yes, "its state store is a database"
}

// haStored answers whether something is kept elsewhere than on local disks.
func haStored(p *Pass, key, local string) (finding.Answer, string) {
	v := p.shared(key)
	switch {
	case v.Set && !v.Known():
		return finding.Unknown, key + " is a placeholder"
	case !v.Set && !v.Absent():
		return finding.Unknown, key + " is not in the files"
	case !v.Set || v.Is(local):
		return finding.No, key + " is " + local
	}
	return finding.Yes, v.Text
}
