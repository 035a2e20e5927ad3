package ports

import (
	"fmt"
	"slices"
	"strings"
)

// Range is the port, or the first and the last one: 8100-8102. It is empty
// where the files do not tell.
func (l Listener) Range() string { return portRange(l.Port, l.LastPort) }

// Range is the port, or the first and the last one.
func (f Flow) Range() string { return portRange(f.Port, f.LastPort) }

func portRange(first, last int64) string {
	switch {
	case first == 0:
		return "?"
	case first == last:
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d-%d", first, last)
}

// String is file:line, or that it is a default.
func (o Origin) String() string {
	if o.Line == 0 {
		return "default"
	}
	return fmt.Sprintf("%s:%d", o.File, o.Line)
}

// Destination is what a flow goes to, for people.
func (f Flow) Destination() string {
	switch {
	case f.To != External:
		return f.To + ": " + f.Process
	case f.Host == "":
		return f.Process
	}
	return f.Process + ": " + f.Host
}

// Only is the part of a map that concerns the servers of some roles: what they
// open, and what they connect to.
func (m Map) Only(roles []string) Map {
	m.Listeners = slices.DeleteFunc(slices.Clone(m.Listeners), func(l Listener) bool { return !slices.Contains(roles, l.Role) })
	m.Flows = slices.DeleteFunc(slices.Clone(m.Flows), func(f Flow) bool {
		return !slices.Contains(roles, f.To) && !slices.Contains(roles, f.From)
	})
	return m
}

// Title is a role as a heading has it: Data.
func Title(role string) string { return strings.ToUpper(role[:1]) + role[1:] }
