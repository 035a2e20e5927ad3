package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// runtime is the runtime.properties of a process: who it is, the plan's figures,
// and the fixed lines that no figure sets.
func (w *writer) runtime(p sizing.Process) []string {
	t := w.plan.Target
	name, _ := schema.DefaultPort("druid.service", program(p.Service), t.Release)
	port, _ := schema.DefaultPort("druid.plaintextPort", program(p.Service), t.Release)
	portKey := "druid.plaintextPort"
	if p.Service == "middleManager" && t.Release < 13 {
		portKey = "druid.port" // tasks inherit the other one, and would want the same port
	}
	lines := []string{
		fmt.Sprintf("# The %s, sized by implycheck for %s.", p.Service, t.Name),
		"druid.service=" + name, portKey + "=" + port,
	}
	for _, f := range p.Figures {
		if strings.HasPrefix(f.Key, "druid.") {
			lines = append(lines, "", comment(f.Formula+" ("+f.Source+")"), property(f.Key, f.Value))
		}
	}
	rest := fixedFor(p.Service, t)
	if p.Service == "middleManager" {
		rest = append(rest, taskPorts(p.Tasks, t)...)
	}
	for _, s := range rest {
		if _, planned := p.Figure(s.key); !planned {
			lines = append(lines, "")
			lines = append(lines, s.lines()...)
		}
	}
	return lines
}

// common is the file that all processes share.
func (w *writer) common() {
	t := w.plan.Target
	lines := []string{
		fmt.Sprintf("# What all processes share, written by implycheck for %s.", t.Name),
		property("druid.extensions.loadList", list(w.site.extensions)),
	}
	if record := w.plan.Peers.Record(); record != "" && !single(w.plan) {
		lines = slices.Insert(lines, 1, "# "+record)
	}
	groups := [][]setting{fixedFor("", t), w.site.zooKeeper(), w.site.metadata.settings, w.site.storage, {
		{"druid.monitoring.monitors", list([]string{druidPackage(t.Release) + ".java.util.metrics.JvmMonitor"}), ""},
		{"druid.emitter", "logging", "metrics go into each process's log until a collector of them is named here"},
		{"druid.emitter.logging.logLevel", "info", ""},
	}}
	for _, group := range groups {
		if len(group) > 0 {
			lines = append(lines, "")
		}
		for _, s := range group {
			lines = append(lines, s.lines()...)
		}
	}
	dir := w.layout.druid + "/_common"
	w.add(dir+"/common.runtime.properties", lines...)
	w.add(dir+"/log4j2.xml", strings.TrimSuffix(log4j2, "\n"))
}

func (s setting) lines() []string {
	if s.why == "" {
		return []string{property(s.key, s.value)}
	}
	return []string{comment(s.why), property(s.key, s.value)}
}

func property(key, value string) string { return key + "=" + syntax.EscapeValue(value) }

// comment keeps a text on the one line that it has.
func comment(text string) string { return "# " + strings.Join(strings.Fields(text), " ") }

// list is a JSON array of names that need no escapes.
func list(names []string) string { return `["` + strings.Join(names, `", "`) + `"]` }
