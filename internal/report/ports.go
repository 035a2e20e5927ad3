package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/implycheck/implycheck/ports"
)

// PortsText writes the tables for people.
func PortsText(w io.Writer, format string, m ports.Map) error {
	if err := WriteTable(w, format, []string{"server", "process", "port", "from", "clients", "note"}, listenerRows(m)); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return WriteTable(w, format, []string{"from", "to", "port", "callers", "for"}, flowRows(m))
}

func listenerRows(m ports.Map) [][]string {
	var rows [][]string
	for _, l := range m.Listeners {
		port := l.Range()
		if !l.Needed {
			port += " (not needed)"
		}
		rows = append(rows, []string{l.Role, l.Name, port, l.Origin.String(), strings.Join(l.Clients, ", "), l.Why})
	}
	return rows
}

func flowRows(m ports.Map) [][]string {
	var rows [][]string
	for _, f := range m.Flows {
		rows = append(rows, []string{f.From, f.Destination(), f.Range(), strings.Join(f.Callers, ", "), f.Purpose})
	}
	return rows
}
