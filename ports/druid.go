package ports

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// Listeners are the ports that the processes of a server open, as far as they
// are known.
func (s Server) Listeners(t *conf.Tree) []Listener {
	var list []Listener
	for _, service := range s.Services {
		role := service.ServerRole()
		list = append(list, Connectors(t, service)...)
		list = append(list, prometheus(t, service, role)...)
		list = append(list, flagged(service.Name, role, service, service.JVM)...)
		if service.RunsTasks() {
			list = append(list, taskFlagged(t, service)...)
		}
		if service.Process() == "coordinator" && t.UsesDerby() {
			list = append(list, derby(t, service))
		}
	}
	list = append(list, s.beside(t)...)
	for _, service := range s.Services {
		list = append(list, peons(t, service, list)...)
	}
	return list
}

// connectors are the two ports of a Druid process.
var connectors = []struct {
	key, enabled, suffix string
	tls                  bool
}{
	{"druid.plaintextPort", "druid.enablePlaintextPort", "", false},
	{"druid.tlsPort", "druid.enableTlsPort", " (TLS)", true},
}

// Connectors are the plain and the TLS port of a Druid process, those that it
// opens.
func Connectors(t *conf.Tree, s *conf.Service) []Listener {
	role := s.ServerRole()
	var list []Listener
	for _, c := range connectors {
		if !isOn(s, c.enabled) {
			continue
		}
		v := s.Get(c.key)
		if old := s.Get("druid.port"); !c.tls && !v.Set && old.Set {
			v = old
		}
		n, ok := v.Int64()
		if !ok || !conf.IsPort(n) {
			continue
		}
		l := Listener{Role: role, Process: s.Name, Name: s.Name + c.suffix, Port: n, LastPort: n, TLS: c.tls, Needed: true, service: s}
		list = append(list, l.at(t.Where(s, v), v.Set))
	}
	return list
}

func isOn(s *conf.Service, key string) bool { return strings.EqualFold(s.Get(key).Text, "true") }

// prometheus is the port that a process opens for Prometheus to read.
func prometheus(t *conf.Tree, s *conf.Service, role string) []Listener {
	v := s.Get("druid.emitter.prometheus.port")
	n, ok := v.Int64()
	if !ok || !conf.IsPort(n) || !slices.Contains(emitters(s), "prometheus") || s.Get("druid.emitter.prometheus.strategy").Text == "pushgateway" {
		return nil
	}
	l := Listener{
		Role: role, Process: s.Name, Name: s.Name + " (Prometheus)", Port: n, LastPort: n, Needed: true,
		Why: "for Prometheus, whose address is not in the tree: no rule opens it", service: s, tool: true,
	}
	return []Listener{l.at(t.Where(s, v), v.Set)}
}

// emitters are the names of the emitters that a process uses.
func emitters(s *conf.Service) []string {
	name := s.Get("druid.emitter").Text
	if name != "composing" {
		return []string{name}
	}
	names, _ := s.Get("druid.emitter.composing.emitters").Strings()
	return names
}
