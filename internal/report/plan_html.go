//go:build !js

package report

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

//go:embed plan.html.tmpl
var planTemplate string

//go:embed plan.css
var planStyle string

// planPage is parsed when the first page is written: other commands do not wait for it.
var planPage = lazy.Value[*template.Template]{New: func() *template.Template {
	return template.Must(template.New("plan").Parse(planTemplate))
}}

// What the template shows, every text of it printable. The template escapes.
type (
	page struct {
		pageHead
		Servers []pageServer
		Flags   pageProcess
		Notes   []string
	}
	pageServer struct {
		Title, Hardware, Remainder string
		Segments                   []pageSegment
		Processes                  []pageProcess
		Notes                      []string
		Setup                      []sizing.Step
	}
	// pageSegment is one part of a memory map; X and Width are in percent. Over
	// and Under are the lines of its label, empty where it is too narrow for one.
	pageSegment struct {
		X, Width, Class, Name, Size, Percent, Over, Under string
	}
	pageProcess struct {
		Service string
		Explain bool
		Figures []pageFigure
		Files   []pageText
	}
	// pageText is what a button copies: the lines of a file.
	pageText struct {
		Name, Text string
	}
	pageFigure struct {
		Meaning, Formula, Source string
		Key, Value               []string // May break between the pieces.
		Inputs                   []sizing.Input
	}
)

// PlanHTML writes a page that needs nothing else. Its script copies; without one
// everything is there to read.
func PlanHTML(w io.Writer, p *sizing.Plan, o PlanOptions) error {
	out := bufio.NewWriter(w)
	document := page{newPageHead("Sizing plan for "+printable(p.Target.Name), planStyle, "", o.Made), each(p.Servers, func(s sizing.Server) pageServer { return pageOfServer(s, p.Flags, o.Explain) }), pageOfFigures(everyJVM, p.Flags, o.Explain), each(p.Notes, printable)}
	if err := planPage.Get().Execute(out, document); err != nil {
		return err
	}
	return out.Flush()
}

func pageOfServer(s sizing.Server, everywhere []sizing.Figure, explain bool) pageServer {
	processes := make([]pageProcess, len(s.Processes))
	for i, p := range s.Processes {
		processes[i] = pageOfFigures(p.Service, shownFigures(&s, i), explain)
		processes[i].Files = pageFiles(&p, everywhere)
	}
	return pageServer{
		Title: printable(serverTitle(&s)), Hardware: printable(hardwareTitle(&s)), Remainder: remainder(&s),
		Segments: segments(s.Parts()), Notes: each(s.Notes, printable),
		Processes: processes,
		Setup: each(s.Setup(), func(s sizing.Step) sizing.Step {
			return sizing.Step{Text: printable(s.Text), Commands: each(s.Commands, printable)}
		}),
	}
}

// pageFiles are the lines of a process's files, without the reasons.
func pageFiles(p *sizing.Process, everywhere []sizing.Figure) []pageText {
	flags, settings := filesOf(p, everywhere)
	name, separator := settingsFile(p)
	all := []pageText{
		{"jvm.config", textOf(flags, func(f *sizing.Figure) string { return printable(assign(f)) })},
		{name, textOf(settings, func(f *sizing.Figure) string { return settingLine(f, separator) })},
	}
	return slices.DeleteFunc(all, func(t pageText) bool { return t.Text == "" })
}

func textOf(figures []sizing.Figure, line func(*sizing.Figure) string) string {
	var b strings.Builder
	for i := range figures {
		b.WriteString(line(&figures[i]) + "\n")
	}
	return b.String()
}

func pageOfFigures(heading string, figures []sizing.Figure, explain bool) pageProcess {
	return pageProcess{Service: printable(heading), Explain: explain, Figures: each(figures, func(f sizing.Figure) pageFigure {
		return pageFigure{
			Key: strings.SplitAfter(printable(f.Key), "."), Value: strings.SplitAfter(printable(f.Value), ","), Meaning: meaning(&f), Formula: printable(f.Formula), Source: printable(f.Source),
			Inputs: each(f.Inputs, func(i sizing.Input) sizing.Input {
				return sizing.Input{Name: printable(i.Name), Value: printable(i.Value)}
			}),
		}
	})}
}

// pageUnits make up the width of a bar on the page.
const pageUnits = 250

func segments(parts []sizing.Part) []pageSegment {
	shares := spread(parts, pageUnits)
	units := 0
	for _, n := range shares {
		units += n
	}
	all, x := make([]pageSegment, len(parts)), 0
	for i, p := range parts {
		segment := pageSegment{
			X: inPercent(x, units), Width: inPercent(shares[i], units), Class: kindOf(p.Kind).class,
			Name: printable(string(p.Kind)), Size: text.About(p.Bytes), Percent: sizing.Percent(p.Bytes, totalOf(parts)),
		}
		over, under := segment.Name, segment.Size
		if p.Process != "" {
			over, under = printable(p.Process), segment.Name+" "+segment.Size
			segment.Name = over + " " + segment.Name
		}
		// A character takes nearly two units of the widest page, the margin five.
		if 2*max(columns(over), columns(under))+5 <= shares[i] {
			segment.Over, segment.Under = over, under
		}
		all[i] = segment
		x += shares[i]
	}
	return all
}

// inPercent writes n of all in percent, with two decimals.
func inPercent(n, all int) string {
	return fmt.Sprintf("%d.%02d", 100*n/all, 10000*n/all%100)
}
