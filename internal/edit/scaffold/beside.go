package scaffold

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// This file has what lies beside Druid's own files: ZooKeeper, Pivot, supervise
// and logging.

// zooKeeper writes conf/zk. Several servers need a list of all of them.
func (w *writer) zooKeeper(p sizing.Process) {
	w.add("zk/jvm.config", append(plannedFlags(p.Figures), "-Duser.timezone=UTC")...)
	lines := []string{
		"tickTime=2000", "dataDir=var/zk", "clientPort=" + w.site.ensemble.clientPort(), "initLimit=5", "syncLimit=2",
		"autopurge.snapRetainCount=5", "autopurge.purgeInterval=1",
	}
	for _, f := range p.Figures {
		if f.Flag() == "" {
			lines = append(lines, f.Key+"="+f.Value)
		}
	}
	if servers := w.site.ensemble.servers; len(servers) > 1 {
		lines = append(lines, "", "# Each server finds its own number in var/zk/myid.")
		for i, server := range servers {
			host, _, _ := text.SplitHostPort(server)
			lines = append(lines, fmt.Sprintf("server.%d=%s:2888:3888", i+1, strings.TrimSuffix(text.JoinHostPort(host, ""), ":")))
		}
	}
	w.add("zk/zoo.cfg", lines...)
	if w.plan.Target.Release < 17 {
		w.add("zk/log4j.xml", strings.TrimSuffix(log4j1, "\n"))
	} else {
		w.add("zk/log4j2.xml", strings.TrimSuffix(log4j2, "\n"))
	}
}

// clientPort is the port that most clients are told; servers with different
// ones are not started from one file.
func (e ensemble) clientPort() string {
	_, port, ok := text.SplitHostPort(e.servers[0])
	if !ok {
		return "2181"
	}
	return port
}

// pivot writes conf/pivot. It asks the Router, which knows the Masters from 0.13
// on; before that it is told of the Broker on its own server alone.
func (w *writer) pivot(p sizing.Process) {
	lines := []string{
		"# Written by implycheck for " + w.plan.Target.Name + ".",
		"port: 9095", "varDir: var/pivot", "",
		"initialSettings:", "  connections:", "    - name: druid", "      type: druid", "      title: Druid",
	}
	if w.plan.Target.Release < 13 || !has(w.plan, "router") {
		lines = append(lines, "      host: localhost:8082")
	} else {
		lines = append(lines, "      host: localhost:8888", `      coordinatorHosts: ["localhost:8888"]`, `      overlordHosts: ["localhost:8888"]`)
	}
	lines = append(lines, "", "# What users make: data cubes, dashboards.", "stateStore:")
	if w.site.derby() {
		lines = append(lines, "  type: sqlite", "  connection: var/pivot/pivot-settings.sqlite")
	} else {
		d := w.site.database
		lines = append(lines, "  type: "+drivers.Get()[d.kind].pivot, "  connection: '"+drivers.Get()[d.kind].scheme+"://pivot@"+d.hosts+"/pivot'")
	}
	w.add("pivot/config.yaml", lines...)
}

// supervise writes a file for each server that starts its processes; a Master's
// twice, with and without ZooKeeper. What runs tasks stops first, ZooKeeper
// last.
func (w *writer) supervise() {
	if w.layout.supervise == "" {
		return
	}
	for _, s := range w.plan.Servers {
		if s.Machine.Limited {
			continue // the process is what the container starts
		}
		name, lines := s.Role, []string{}
		zooKeeper := false
		for _, p := range s.Processes {
			if p.Service == "zookeeper" {
				zooKeeper = true
				continue
			}
			lines = append(lines, w.command(p.Service))
		}
		head := w.verify()
		switch withZooKeeper := append(append([]string{}, head...), append([]string{"!p10 zk bin/run-zk conf"}, lines...)...); {
		case name == sizing.Master:
			w.add(w.layout.supervise+"/master-no-zk.conf", append(head, lines...)...)
			if zooKeeper {
				w.add(w.layout.supervise+"/master-with-zk.conf", withZooKeeper...)
			}
		case zooKeeper:
			w.add(w.layout.supervise+"/"+name+".conf", withZooKeeper...)
		default:
			w.add(w.layout.supervise+"/"+name+".conf", append(head, lines...)...)
		}
	}
}

func (w *writer) verify() []string {
	head := []string{":verify bin/verify-java"}
	if w.plan.Target.Imply {
		head = append(head, ":verify bin/verify-version-check")
	}
	return append(head, "")
}

// stopOrders are the processes that stop before the others.
var stopOrders = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{"overlord": "!p80 ", "middleManager": "!p90 ", "indexer": "!p90 "}
}}

// command starts a process.
func (w *writer) command(service string) string {
	if service == "pivot" {
		return pivotCommand(w.plan.Target)
	}
	dir := "conf"
	if !w.plan.Target.Imply {
		dir += "/" + w.layout.parent(service)
	}
	return fmt.Sprintf("%s%s bin/run-druid %s %s", stopOrders.Get()[service], service, service, dir)
}

func pivotCommand(t schema.Target) string {
	if strings.HasPrefix(t.Name, "imply-2") {
		return "imply-ui bin/run-imply-ui conf"
	}
	return "pivot bin/run-pivot conf"
}
