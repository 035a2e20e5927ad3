package scaffold

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

// recorded is .implycheck.yaml, in which lint finds for what the tree was sized.
func (w *writer) recorded(onOne bool) File {
	deployment := "cluster"
	if onOne {
		deployment = "single"
	}
	lines := []string{
		"# For what implycheck sized this tree; lint reads it. Change it when the cluster changes.",
		"version: 1", "target: " + w.plan.Target.Name, "deployment: " + deployment,
	}
	lines = append(lines, w.topology()...)
	return File{ConfigName, strings.Join(lines, "\n") + "\n"}
}

// ConfigName is the file that lint looks for.
const ConfigName = ".implycheck.yaml"

// topology is what was said of the cluster, and what its servers have.
func (w *writer) topology() []string {
	var lines []string
	if p := w.plan.Peers; !single(w.plan) {
		if p.BrokersSaid {
			lines = append(lines, fmt.Sprintf("  brokers: %d", p.Brokers))
		}
		if p.DataServersSaid {
			lines = append(lines, fmt.Sprintf("  data-servers: %d", p.DataServers))
		}
	}
	for _, fact := range []struct {
		name string
		of   func(sizing.Machine) string
	}{
		{"instance", func(m sizing.Machine) string { return m.Name }},
		{"cores", func(m sizing.Machine) string { return fmt.Sprint(m.Cores) }},
		{"memory", func(m sizing.Machine) string { return fmt.Sprintf("%dMiB", m.Memory>>20) }},
	} {
		if values := w.byRole(fact.name == "instance", fact.of); values != "" {
			lines = append(lines, "  "+fact.name+": "+values)
		}
	}
	if len(lines) > 0 {
		lines = append([]string{"topology:"}, lines...)
	}
	return lines
}

// byRole is a fact of the servers: one value where they are one kind, else one for
// each role. An instance says all that another fact would.
func (w *writer) byRole(named bool, of func(sizing.Machine) string) string {
	var parts []string
	for _, s := range w.plan.Servers {
		if s.Role == sizing.AllInOne && (s.Machine.Name != "") == named {
			return of(s.Machine)
		}
		if roleFacts(s.Role) && (s.Machine.Name != "") == named && text.IsPrintable(s.Machine.Name) {
			parts = append(parts, s.Role+": "+of(s.Machine))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// roleFacts reports whether lint knows servers of the role.
func roleFacts(role string) bool {
	return role == sizing.Data || role == sizing.Query || role == sizing.Master
}
