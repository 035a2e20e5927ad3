package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/ports"
)

// PortsTables are the tables for people, each with its head: who listens, and who calls
// whom.
func PortsTables(m ports.Map) (listeners, flows [][]string) {
	listeners = append([][]string{{"server", "process", "port", "from", "clients", "note"}}, listenerRows(m)...)
	return listeners, append([][]string{{"from", "to", "port", "callers", "for"}}, flowRows(m)...)
}

// PortsText writes the tables for people.
func PortsText(w io.Writer, format string, m ports.Map) error {
	listeners, flows := PortsTables(m)
	if err := WriteTable(w, format, listeners[0], listeners[1:]); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return WriteTable(w, format, flows[0], flows[1:])
}

func listenerRows(m ports.Map) [][]string {
	var rows [][]string
	for _, l := range m.Listeners {
		port := l.Range()
		if !l.Needed {
			port += " (not needed)"
		}
		rows = append(rows, []string{onOne(m, l.Role), l.Name, port, l.Origin.String(), strings.Join(slices.Compact(each(l.Clients, func(role string) string { return onOne(m, role) })), ", "), l.Why})
	}
	return rows
}

// onOne is a role where there are servers of it, and the machine where everything is
// on one.
func onOne(m ports.Map, role string) string {
	if m.Deployment == "single" && slices.Contains(ports.Roles, role) {
		return "this machine"
	}
	return role
}

// flowRows are who calls whom. On one machine the same call is not told for each role.
func flowRows(m ports.Map) [][]string {
	var rows [][]string
	for _, f := range m.Flows {
		from, to := onOne(m, f.From), f.Destination()
		if name, process, ok := strings.Cut(to, ": "); ok {
			to = onOne(m, name) + ": " + process
		}
		row := []string{from, to, f.Range(), strings.Join(f.Callers, ", "), f.Purpose}
		if !slices.ContainsFunc(rows, func(other []string) bool { return slices.Equal(other, row) }) {
			rows = append(rows, row)
		}
	}
	return rows
}
