package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/sizing"
)

// PlanProperties writes the lines of each file, ready to paste. Comments say
// why; those of jvm.config stand before its flags, because the launcher would
// hand a comment to java.
func PlanProperties(w io.Writer, p *sizing.Plan, _ PlanOptions) error {
	out := bufio.NewWriter(w)
	for _, note := range p.Notes {
		fmt.Fprintf(out, "# %s\n", printable(note))
	}
	for i := range p.Servers {
		s := &p.Servers[i]
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "# %s: %s (%s)\n", printable(serverTitle(s)), printable(hardwareTitle(s)), printable(p.Target.Name))
		for _, note := range s.Notes {
			fmt.Fprintf(out, "# %s\n", printable(note))
		}
		for _, step := range s.Setup() {
			fmt.Fprintf(out, "# To do: %s\n", printable(step.Text))
			for _, command := range step.Commands {
				fmt.Fprintf(out, "#     %s\n", printable(command))
			}
		}
		for j := range s.Processes {
			flags, settings := filesOf(&s.Processes[j], p.Flags)
			writeFlags(out, &s.Processes[j], flags)
			writeSettings(out, &s.Processes[j], settings)
		}
	}
	return out.Flush()
}

// filesOf tells the flags of jvm.config, with those of every JVM of Druid, from the
// other figures.
func filesOf(p *sizing.Process, everywhere []sizing.Figure) (flags, settings []sizing.Figure) {
	for _, f := range p.Figures {
		if strings.HasPrefix(f.Key, "-") {
			flags = append(flags, f)
		} else {
			settings = append(settings, f)
		}
	}
	if druid := p.Service != "zookeeper"; druid && len(flags) > 0 {
		flags = append(flags, everywhere...)
	}
	return flags, settings
}

func writeFlags(out *bufio.Writer, p *sizing.Process, flags []sizing.Figure) {
	if len(flags) == 0 {
		return
	}
	fmt.Fprintf(out, "\n# %s/jvm.config: paste the flags only, comments there are handed to java\n", folder(p))
	for i := range flags {
		if why := reason(&flags[i]); why != "" {
			fmt.Fprintf(out, "# %s: %s\n", printable(flags[i].Key), printable(why))
		}
	}
	for i := range flags {
		fmt.Fprintln(out, printable(assign(&flags[i])))
	}
}

// settingsFiles are where services other than Druid's have their settings.
var settingsFiles = lazy.Value[map[string]struct{ name, separator string }]{New: func() map[string]struct{ name, separator string } {
	return map[string]struct{ name, separator string }{
		"zookeeper": {"zoo.cfg", "="},
		"pivot":     {"config.yaml", ": "},
	}
}}

func writeSettings(out *bufio.Writer, p *sizing.Process, settings []sizing.Figure) {
	if len(settings) == 0 {
		return
	}
	name, separator := settingsFile(p)
	fmt.Fprintf(out, "\n# %s/%s\n", folder(p), name)
	for i := range settings {
		f := &settings[i]
		if why := reason(f); why != "" {
			fmt.Fprintf(out, "# %s\n", printable(why))
		}
		fmt.Fprintln(out, settingLine(f, separator))
	}
}

// settingsFile is the file with a process's settings, and what separates a key
// from its value there.
func settingsFile(p *sizing.Process) (name, separator string) {
	if file, ok := settingsFiles.Get()[p.Service]; ok {
		return file.name, file.separator
	}
	return "runtime.properties", "="
}

func settingLine(f *sizing.Figure, separator string) string {
	return escapeProperty(f.Key, ":= ") + separator + escapeProperty(f.Value, "")
}

// folder is where a process has its files.
func folder(p *sizing.Process) string {
	if p.Service == "zookeeper" {
		return "zk"
	}
	return printable(p.Service)
}

// escapeProperty writes text so that java.util.Properties reads it back, in any
// encoding. What is special in a key is not in a value.
func escapeProperty(text, special string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\\' || strings.ContainsRune(special, r) || i == 0 && strings.ContainsRune(" #!", r):
			b.WriteString(`\` + string(r))
		case r < ' ' || r > '~':
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
