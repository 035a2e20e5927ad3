package report

import (
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

// PlanFormat writes a plan. It returns only errors of w.
type PlanFormat func(w io.Writer, p *sizing.Plan, o PlanOptions) error

// PlanOptions are the wishes of the reader. Formats for programs ignore them.
type PlanOptions struct {
	// Color turns ANSI colours on; the environment is not consulted.
	Color bool
	// Width is the number of terminal columns, 0 when unknown.
	Width int
	// Explain says of each number how it came about.
	Explain bool
	// Made is when the plan was made, for pages that people keep.
	Made time.Time
}

// PlanFormats lists every format of plans by name, sorted.
var PlanFormats = []Named[PlanFormat]{
	{"html", "a page of its own with the memory maps, to look at and to print", PlanHTML},
	{"json", "the whole plan for programs, described by docs/plan.schema.json", PlanJSON},
	{"markdown", "for a ticket or a pull request", PlanMarkdown},
	{"properties", "the lines of each file, ready to paste", PlanProperties},
	{"table", "memory maps and tables for people", PlanTable},
}

// LookupPlan finds a format of plans by its name.
func LookupPlan(name string) (PlanFormat, error) { return lookup(PlanFormats, name) }

// PlanNames lists the formats of plans, sorted.
func PlanNames() []string { return namesOf(PlanFormats) }

// serverTitle names a server by its role.
func serverTitle(s *sizing.Server) string {
	kind := " server"
	if s.Machine.Limited {
		kind = " container"
	}
	return strings.TrimSpace(RoleTitle(s.Role) + kind)
}

// RoleTitle is a role as a heading has it: Data.
func RoleTitle(role string) string {
	first, size := utf8.DecodeRuneInString(role)
	if size != 1 {
		return role
	}
	return string(unicode.ToUpper(first)) + role[1:]
}

// everyJVM heads the flags that do not depend on the hardware.
const everyJVM = "every JVM of Druid"

// hardwareTitle says what a server is made of: "r4.2xlarge, 8 cores, 61 GiB".
func hardwareTitle(s *sizing.Server) string {
	if s.Machine.Name == "" {
		return s.Machine.String()
	}
	return s.Machine.Name + ", " + s.Machine.String()
}

// remainder says how much memory is left, and how much of the segments it holds.
func remainder(s *sizing.Server) string {
	given := text.About(s.Committed) + " committed, "
	if s.Reserved > 0 {
		given += text.About(s.Reserved) + " reserved for other programs, "
	}
	given += text.About(s.Free) + " left to the kernel and its page cache"
	if s.Machine.Limited {
		given = text.About(s.Committed) + " committed, " + text.About(s.Free) + " of the limit left to the pages of files"
	}
	if s.Segments > 0 {
		given += ", " + sizing.Percent(s.Free, s.Segments) + " of " + text.About(s.Segments) + " of segments"
	}
	return given + "."
}

// shownFigures are the figures of a server's process. In a container the resources
// that it asks for are as good as a setting.
func shownFigures(s *sizing.Server, process int) []sizing.Figure {
	figures := s.Processes[process].Figures
	if !s.Machine.Limited {
		return figures
	}
	return slices.Concat(figures, s.Containers()[process].Figures)
}

// reason is how a figure came about, in one sentence.
func reason(f *sizing.Figure) string {
	parts := []string{}
	for _, part := range []string{f.Formula, f.Source} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}
