package schema

import (
	"slices"
	"strconv"
)

// Process is a kind of Druid process and where it listens by default.
type Process struct {
	Name     string
	Service  string
	Plain    int
	TLS      int
	Releases Range
}

// Listener is something beside Druid that listens.
type Listener struct {
	Name     string
	Port     int
	Doc      string
	Property string
}

// Processes lists Druid's processes, sorted by name.
func Processes() []Process { return processes }

// Listeners lists what else listens in a cluster, sorted by name.
func Listeners() []Listener { return listeners }

// DefaultPort is the default of the keys that differ from process to process:
// ports and the name of the service.
func DefaultPort(key, process string, r Release) (string, bool) {
	i := slices.IndexFunc(processes, func(p Process) bool { return p.Name == process && p.Releases.Has(r) })
	if i < 0 {
		return "", false
	}
	switch p := processes[i]; key {
	case "druid.plaintextPort", "druid.port":
		return strconv.Itoa(p.Plain), true
	case "druid.tlsPort":
		return strconv.Itoa(p.TLS), true
	case "druid.service":
		return p.Service, true
	}
	return "", false
}
